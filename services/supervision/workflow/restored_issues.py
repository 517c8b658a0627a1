"""Issues that came back from their events, after supervision's database was restored."""

import json
from collections.abc import Iterable

from services.supervision.documents import Briefing
from services.supervision.facts.evidence import Evidence
from services.supervision.forms import rendering
from services.supervision.workflow.issue_forms import IssueForms, digest_of
from services.supervision.workflow.issue_maker import NotMade, make_again
from shared.aggregates.repository import Repository
from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.types import Json
from shared.platform import logging_setup

log = logging_setup.get(__name__)


def complete_issues(
    repository: Repository, evidence: Evidence, kept: IssueForms, subjects: Iterable[str]
) -> None:
    """Make the forms of restored issues again, each from its document, and seal the facts that it
    was made from.

    A form that this release makes otherwise is left out: subscribers and files have it.
    """
    for issue in repository.having(subjects):
        if isinstance(issue, Briefing) and issue.document:
            document = json.loads(issue.document)
            evidence.seal(document["freeze"]["sources"])
            if not (_keep_forms(issue, kept) if issue.manifest else _add_texts(issue, repository)):
                log.warning("forms of a restored issue not made again", issue=issue.id)


def _keep_forms(issue: Briefing, kept: IssueForms) -> bool:
    """Are all forms kept that the manifests name?"""
    editions = [issue.edition(name) for name in (INTERNAL, PUBLIC)]
    listed = [form for it in editions for form in it["manifest"]["renderings"]]
    named = {form["sha256"] for form in listed}
    if all(kept.body(digest) for digest in named):
        return True
    internal, public = (json.loads(it["document"]) for it in editions)
    try:
        made = make_again(internal, public, sorted({form["format"] for form in listed}))
    except NotMade:
        return False
    same = {digest_of(form.body): form for form in made if digest_of(form.body) in named}
    kept.keep(same.values())
    return named == same.keys()


def _add_texts(issue: Briefing, repository: Repository) -> bool:
    """Of an issue of an earlier release: its texts stand in the issue itself."""
    document = json.loads(issue.document)
    texts = [_with_text(form, document) for form in issue.renderings]
    found = [form for form in texts if "text" in form]
    repository.collection.update_one({"_id": issue.id}, {"$set": {"renderings": texts}})
    return len(found) == len(texts)


def _with_text(form: Json, document: Json) -> Json:
    if "text" in form:
        return form
    made = {**form, "text": rendering.render(document, form["format"], form["lang"])}
    return made if rendering.is_intact(made) else form
