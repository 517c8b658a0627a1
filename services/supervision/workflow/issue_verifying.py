"""Finds what `verify` compares: an issue, the events of its publication, the issues before it."""

import json
from collections.abc import Iterable

from mongoengine import FieldDoesNotExist, InvalidDocumentError, ValidationError

from services.supervision.briefing.differences import difference
from services.supervision.briefing.signing import Verifier
from services.supervision.documents import DISCARDED, Briefing, of_period, revision_of
from services.supervision.proof.verify import UNREADABLE, Verification, unusable
from services.supervision.proof.verify_public import PublicVerification
from services.supervision.workflow.issue_editions import IssueEditions
from services.supervision.workflow.issue_maker import NotMade
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.issue_reading import WHOLE
from shared.contracts.series import event_types, issue_id
from shared.domain.errors import NotFound
from shared.domain.form_names import PUBLIC
from shared.domain.periods import Period
from shared.domain.types import Json

PUBLISHED = event_types("published", "revised")
PUBLISHED_INTERNAL = event_types("published_internal", "revised_internal")
WITHDRAWAL = event_types("withdrawn")
# The errors to which the document of an issue leads that was changed by hand.
UNLOADABLE = (*UNREADABLE, FieldDoesNotExist, InvalidDocumentError, ValidationError)


class IssueVerifying:
    """`keys` checks the signatures of every key that issues were signed with."""

    def __init__(self, issues: IssueQueries, editions: IssueEditions, keys: Verifier) -> None:
        self.issues = issues
        self.editions = editions
        self.keys = keys

    def verify(self, period: Period, revision: int | None, edition: str, quick: bool) -> Json:
        """Recompute an edition of a published issue; see proof/verify.py. A `quick` verification of
        the internal edition folds nothing. An issue of which only the event of its publication is
        left is not equal."""
        published = self._published(period, edition)
        identity = (
            self._newest(period, published) if revision is None else issue_id(period, revision)
        )
        event = published.get(identity)
        try:
            briefing = self.issues.issue(period, revision_of(identity))
        except NotFound:
            if event is None:
                raise
            return _lost(period, identity, edition, event, "published")
        except UNLOADABLE:
            return _lost(period, identity, edition, event or {}, "unreadable")
        if event is None and briefing.status != "published" and not briefing.document:
            reason = "only a published issue can be verified"
            briefing.refuse(action="verify", status=briefing.status, reason=reason)
        if edition == PUBLIC:
            return self._public(briefing, event)
        return self._internal(briefing, period, event, quick)

    def _published(self, period: Period, edition: str) -> dict[str, Json]:
        """Issue → the data of the event that carried its edition. Issues of earlier releases have
        one event, which is taken for the internal edition."""
        facts = self.issues.projection.facts
        public = facts.latest_data(of_period(period), PUBLISHED)
        if edition == PUBLIC:
            return {issue: it for issue, it in public.items() if "manifest" in it}
        internal = facts.latest_data(of_period(period), PUBLISHED_INTERNAL)
        of_earlier = {issue: it for issue, it in public.items() if "manifest" not in it}
        return of_earlier | internal

    def _internal(
        self, briefing: Briefing, period: Period, event: Json | None, quick: bool
    ) -> Json:
        issues, projection = self.issues, self.issues.projection
        withdrawal = projection.facts.latest_data(briefing.id, WITHDRAWAL)
        return Verification(
            briefing,
            period,
            projection.facts,
            projection.sealed,
            self.keys,
            lambda: issues.replaced_document(briefing.id),
            issues.named_document,
            event,
            withdrawal.get(briefing.id),
            self.editions.kept.body,
            quick,
        ).verdict()

    def _public(self, briefing: Briefing, event: Json | None) -> Json:
        if not briefing.public and event is None:
            briefing.refuse(action="verify", edition=PUBLIC, reason=WHOLE)
        return PublicVerification(
            briefing, self.keys, self.editions.kept.body, self._made_again, event
        ).verdict()

    def _made_again(self, briefing: Briefing, printed: Json) -> Json | None:
        """The public edition of the internal one, without signature; None where it can't be
        made."""
        how = printed["notes"]["public"]
        internal = json.loads(briefing.document)
        try:
            return self.editions.public_again(internal, how["earlier"], how["threshold"])
        except NotMade:
            return None

    def _newest(self, period: Period, published: Iterable[str]) -> str:
        """The id of the week's last revision, by what is stored and by what was published."""
        query = {"_id": of_period(period), "status": {"$ne": DISCARDED}}
        stored = self.issues.repository.ids(Briefing, **query)
        return max({*stored, *published}, key=revision_of, default=issue_id(period))


def _lost(period: Period, identity: str, edition: str, event: Json, how: str) -> Json:
    """The verdict on an issue that isn't stored any more, or can't be read."""
    known = {name: event.get(name) for name in ("issue", "digest")}
    return unusable(
        "the issue can't be read" if how == "unreadable" else "the issue is missing",
        difference("issue", identity, how),
        period=str(period),
        edition=edition,
        revision=revision_of(identity),
        **known,
    )
