"""The forms of an issue as files: those that were made at its publication, and those of a draft."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from deploy.local.errors import CannotRun
from services.supervision.forms.catalogue import FORMS, READABLE_FORMS
from services.supervision.forms.fonts import FontsMissing
from services.supervision.forms.renderer import RENDERER, renderer_of
from shared.domain.types import Json

# A method of supervision with its arguments → the answer.
Ask = Callable[..., Any]

NAMES = ", ".join(("json", *FORMS))
# Those that are text, and may be printed.
TEXTS = ("json", *(form.name for form in READABLE_FORMS))


def shown(ask: Ask, state: Json, form: str, lang: str, **issue: Any) -> bytes:
    """An issue, or a draft, in one of the forms of NAMES. `state` is the answer of `issue_state`,
    `issue` has period, revision and edition. Raises CannotRun where this machine can't make it."""
    if form == "json" or (form in TEXTS and not state["published_at"]):
        text: str = ask("briefing", format=form, lang=lang, **issue)
        return text.encode()
    if state["published_at"]:
        return published(ask, form, lang, **issue)
    return issue_file(ask("briefing", format="json", lang=lang, **issue), form, lang)


def published(ask: Ask, form: str, lang: str, **issue: Any) -> bytes:
    """A form as it was made at publication. Raises CannotRun where it came with another digest."""
    answer = ask("issue_form", format=form, lang=lang, **issue)
    body = base64.b64decode(answer["content"])
    if hashlib.sha256(body).hexdigest() != answer["sha256"]:
        raise CannotRun("The form has another digest than its manifest says.", "Run verify.")
    return body


def issue_file(document: str, form: str, lang: str) -> bytes:
    """A form of a draft, made on this machine from its document. The same document always gives the
    same bytes.

    Raises CannotRun for a draft of an earlier release, because its document has other parts, and
    for a PDF without its fonts.
    """
    issue = json.loads(document)
    renderer = renderer_of(issue["freeze"])
    if renderer != RENDERER:
        raise CannotRun(
            f"This draft was made by renderer {renderer}, and {form} can be made only of those"
            f" of renderer {RENDERER}.",
            "Draft it again.",
        )
    try:
        return FORMS[form].make(issue, lang)
    except FontsMissing as error:
        raise CannotRun(f"The PDF's fonts are missing: {error}.", "Take --format docx.") from error
