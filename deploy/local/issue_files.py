"""The forms of an issue that are files, made from its document on this machine."""

import json

from deploy.local.errors import CannotRun
from services.supervision.forms.catalogue import PRINTED_FORMS, TABLE_FORMS
from services.supervision.forms.fonts import FontsMissing
from services.supervision.forms.renderer import RENDERER, renderer_of

FORMS = {form.name: form for form in (*PRINTED_FORMS, *TABLE_FORMS)}
NAMES = ", ".join(FORMS)


def issue_file(document: str, form: str, lang: str) -> bytes:
    """The file. The same document always gives the same bytes.

    Raises CannotRun for an issue of an earlier release, because its document has other parts, and
    for a PDF without its fonts.
    """
    issue = json.loads(document)
    renderer = renderer_of(issue["freeze"])
    if renderer != RENDERER:
        raise CannotRun(
            f"This issue was made by renderer {renderer}, and {form} can be made only of those"
            f" of renderer {RENDERER}.",
            "Take --format json, text or html.",
        )
    try:
        return FORMS[form].make(issue, lang)
    except FontsMissing as error:
        raise CannotRun(f"The PDF's fonts are missing: {error}.", "Take --format docx.") from error
