"""Issues that came back from their events, after supervision's database was restored."""

import json
from collections.abc import Iterable

from services.supervision.documents import Briefing
from services.supervision.facts.evidence import Evidence
from services.supervision.forms import rendering
from shared.aggregates.repository import Repository
from shared.domain.types import Json
from shared.platform import logging_setup

log = logging_setup.get(__name__)


def complete_issues(repository: Repository, evidence: Evidence, subjects: Iterable[str]) -> None:
    """Make the readable forms of restored issues again, each from its document, and seal the facts
    that it was made from.

    A form that this release makes otherwise is left out: subscribers and files have it.
    """
    for issue in repository.having(subjects):
        if isinstance(issue, Briefing) and issue.document:
            document = json.loads(issue.document)
            evidence.seal(document["freeze"]["sources"])
            forms = [_with_text(form, document) for form in issue.renderings]
            found = [form for form in forms if "text" in form]
            if len(found) < len(forms):
                log.warning("forms of a restored issue not made again", issue=issue.id)
            repository.collection.update_one({"_id": issue.id}, {"$set": {"renderings": forms}})


def _with_text(form: Json, document: Json) -> Json:
    if "text" in form:
        return form
    made = {**form, "text": rendering.render(document, form["format"], form["lang"])}
    return made if rendering.is_intact(made) else form
