"""Issues as people and programs read them: editions, forms, manifests."""

import base64
import json
from contextlib import suppress
from typing import NoReturn

from services.supervision.briefing.assemble import document
from services.supervision.documents import Briefing
from services.supervision.forms import rendering
from services.supervision.proof.verify import UNREADABLE
from services.supervision.workflow.issue_forms import IssueForms
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.publication_checks import require_present_form
from shared.domain import canonical
from shared.domain.form_names import PUBLIC
from shared.domain.periods import Period
from shared.domain.types import Json

WHOLE = "it was published before there were editions, and is public as a whole"
GONE = "this form isn't stored any more; verify names what is missing"
OTHERS = "an issue of an earlier release has no other forms than text and html"


class IssueReading:
    def __init__(self, issues: IssueQueries, kept: IssueForms) -> None:
        self.issues = issues
        self.kept = kept

    def show(self, period: Period, form: str, lang: str, revision: int | None, edition: str) -> str:
        """The briefing as canonical JSON (`form` "json"), text or HTML: an issue as it was
        published, a draft as it would be. A draft has no public edition. Raises NotFound and
        Conflict."""
        briefing = self.issues.issue(period, revision)
        if not briefing.document:
            return self._draft(briefing, form, lang, edition)
        if form != "json":
            return self._file(briefing, edition, form, lang)[1].decode()
        text: str = self._edition(briefing, edition, "show")["document"]
        return text

    def _draft(self, briefing: Briefing, form: str, lang: str, edition: str) -> str:
        require_present_form(briefing, "show")
        if edition == PUBLIC:
            briefing.refuse(action="show", reason="the public edition is made at publication")
        drafted = document(json.loads(briefing.drafted), self.issues.masthead(briefing, "draft"))
        if form == "json":
            return canonical.dumps(drafted).decode()
        return rendering.render(json.loads(canonical.dumps(drafted)), form, lang)

    def form(
        self, period: Period, form: str, lang: str, revision: int | None, edition: str
    ) -> Json:
        """A form of a published issue with its file. Raises NotFound, and Conflict where the issue
        has no such form."""
        briefing = self.issues.issue(period, revision)
        entry, body = self._file(briefing, edition, form, lang)
        return entry | {"content": base64.b64encode(body).decode()}

    def manifest(self, period: Period, revision: int | None, edition: str) -> Json:
        """The signed manifest of an edition. Raises NotFound, and Conflict where it has none."""
        briefing = self.issues.issue(period, revision)
        found = self._edition(briefing, edition, "issue_manifest")["manifest"]
        if not found:
            briefing.refuse(action="issue_manifest", reason=OTHERS)
        return {"manifest": canonical.dumps(found).decode()}

    def _edition(self, briefing: Briefing, name: str, action: str) -> Json:
        """What is stored of an edition. Raises Conflict where the issue has none."""
        if not briefing.document:
            reason = "only a published issue has editions"
            briefing.refuse(action=action, status=briefing.status, reason=reason)
        found = briefing.edition(name)
        if not found:
            briefing.refuse(action=action, edition=name, reason=WHOLE)
        return found

    def _file(self, briefing: Briefing, edition: str, form: str, lang: str) -> tuple[Json, bytes]:
        """A form as the manifest has it, and the file."""
        manifest = self._edition(briefing, edition, "show")["manifest"]
        if not manifest:
            return self._of_earlier_release(briefing, form, lang)
        for entry in manifest["renderings"]:
            with suppress(*UNREADABLE):
                if (entry["format"], entry["lang"]) == (form, lang):
                    body = self.kept.body(entry["sha256"])
                    return (entry, body) if body else _gone(briefing, form, lang, GONE)
        return _gone(briefing, form, lang, GONE)

    @staticmethod
    def _of_earlier_release(briefing: Briefing, form: str, lang: str) -> tuple[Json, bytes]:
        """Its texts stand in the issue itself."""
        if form not in rendering.MEDIA_TYPES:
            _gone(briefing, form, lang, OTHERS)
        for stored in briefing.renderings:
            with suppress(*UNREADABLE):
                if (stored["format"], stored["lang"]) == (form, lang):
                    entry = {name: value for name, value in stored.items() if name != "text"}
                    return entry, stored["text"].encode()
        return _gone(briefing, form, lang, GONE)


def _gone(briefing: Briefing, form: str, lang: str, reason: str) -> NoReturn:
    briefing.refuse(action="show", format=form, lang=lang, reason=reason)
