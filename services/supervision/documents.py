"""Supervision's aggregates: the units of the registry, and the issues of the briefing."""

from datetime import date

from mongoengine import BooleanField, DictField, IntField, ListField, StringField
from pymongo import ASCENDING, IndexModel

from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.domain import canonical
from shared.domain.periods import Period
from shared.domain.types import Document, Json
from shared.platform import database

INDEXES: database.Indexes = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        IndexModel(
            [("issue", ASCENDING)],
            unique=True,
            partialFilterExpression={"revision": 0, "issue": {"$exists": True}},
        ),
        # Which drafts are open, without reading them.
        IndexModel(
            [("_cls", ASCENDING), ("status", ASCENDING)],
            partialFilterExpression={"prepared_at": {"$exists": True}},
        ),
        # Issues are long, and every few seconds a query asks which weeks have one.
        IndexModel([("_cls", ASCENDING), ("period", ASCENDING), ("issue", ASCENDING)]),
        IndexModel(
            [("asset_key", ASCENDING), ("orgunit", ASCENDING)],
            partialFilterExpression={"asset_key": {"$exists": True}},
        ),
        # One root: the registry is one district's.
        IndexModel(
            [("level", ASCENDING)],
            unique=True,
            partialFilterExpression={"level": "district"},
        ),
    ]
}


class OrgUnit(Aggregate):
    """A division code with the dates between which it was valid. A code never changes meaning."""

    parent = StringField()
    level = StringField(required=True)
    name = StringField(required=True)
    valid_from = StringField()
    valid_to = StringField()
    successor = StringField()
    # The unit of which this one was a part before it began.
    split_from = StringField()
    retired = BooleanField(default=False)
    # Of the last correction.
    reason = StringField()

    def state(self) -> Json:
        plain = ("parent", "level", "name", "valid_from", "valid_to", "successor", "retired")
        more = ("split_from", "reason")
        given = {name: getattr(self, name) for name in more if getattr(self, name)}
        return {"code": self.id} | {name: getattr(self, name) for name in plain} | given

    def register(self, moment: Moment) -> None:
        self.record("supervision.orgunit.registered", moment)

    def change(self, name: str, moment: Moment) -> None:
        """Rename the unit. Earlier reports keep the old name."""
        self._refuse_retired("change")
        self.name = name
        self.record("supervision.orgunit.changed", moment)

    def retire(self, valid_to: str | None, successor: str | None, moment: Moment) -> None:
        """`valid_to` is the first day without the unit; None where it isn't known."""
        self._refuse_retired("retire")
        self.retired, self.valid_to, self.successor = True, valid_to, successor
        self.record("supervision.orgunit.retired", moment)

    def correct(self, parts: Json, reason: str, moment: Moment) -> None:
        """Restate what was entered wrongly; a part that is left out keeps its value.

        A name that is corrected was meant from its entry on. With `retired` false, the unit never
        was retired.
        """
        for name, value in parts.items():
            setattr(self, name, value.isoformat() if isinstance(value, date) else value)
        if not self.retired:
            self.valid_to = parts.get("valid_to") and self.valid_to
            self.successor = parts.get("successor")
        self.reason = reason
        self.record("supervision.orgunit.corrected", moment)

    def _refuse_retired(self, action: str) -> None:
        if self.retired:
            self.refuse(action=action, reason="retired already")


def issue_id(period: Period | str, revision: int = 0) -> str:
    return f"briefing:{period}:r{revision}"


def of_period(period: Period) -> Document:
    """A query for the ids of all revisions of a week."""
    return {"$regex": f"^briefing:{period}:r"}


def revision_of(issue: str) -> int:
    """The revision in the id of an issue."""
    return int(issue.rsplit(":r", 1)[1])


def replaced_by(issue: str) -> str | None:
    """The id of the revision before that of `issue`; None for a first issue."""
    revision = revision_of(issue)
    return f"{issue.rsplit(':r', 1)[0]}:r{revision - 1}" if revision else None


DISCARDED = "discarded"


class Briefing(Aggregate):
    """One issue of one week: draft → approved → published. A published issue never changes.

    A draft that is discarded is no longer there for any query. It can be drafted again.
    """

    steps = {
        "draft": Step(("draft", "approved", DISCARDED), "draft"),
        "approve": Step(("draft",), "approved"),
        "publish": Step(("approved",), "published"),
        "discard": Step(("draft", "approved"), DISCARDED),
    }

    status = StringField(required=True, default="draft")
    period = StringField(required=True)
    revision = IntField(required=True, default=0)
    issue = IntField()
    # Of a revision: the urn of the issue that it replaces, the reason, and the changes.
    replaces = StringField()
    reason = DictField()
    changes = ListField(DictField())
    freeze = DictField(required=True)
    content_digest = StringField(required=True)
    prepared_by = StringField(required=True)
    prepared_at = StringField(required=True)
    approved_by = StringField()
    discarded_at = StringField()
    discarded_because = StringField()
    published_at = StringField()
    # The drafted document, until it is published: it is shown and approved.
    drafted = StringField()
    document = StringField()
    digest = StringField()
    signature = StringField()
    keyid = StringField()
    renderings = ListField(DictField())

    @property
    def urn(self) -> str:
        return f"urn:warm:briefing:{self.period}:r{self.revision}"

    def state(self) -> Json:
        """The data of the event that led to the present status."""
        if self.status == DISCARDED:
            return _drafted(self) | {"reason": self.discarded_because}
        return _published(self) if self.status == "published" else _drafted(self)

    def draft(self, drafted: Json, actor: str, at: str, moment: Moment) -> None:
        """`drafted` is the result of assemble.draft. A new draft cancels an approval."""
        self.step("draft")
        self.approved_by = self.discarded_at = self.discarded_because = None
        self.freeze, self.content_digest = drafted["freeze"], drafted["content_digest"]
        self.drafted = canonical.dumps(drafted).decode()
        self.prepared_by, self.prepared_at = actor, at
        self.record("supervision.briefing.drafted", moment)

    def approve(self, actor: str, content_digest: str, moment: Moment) -> None:
        """`content_digest`, perhaps shortened, is that of the content that `actor` has read.

        Raises Conflict when the draft has other content by now.
        """
        self.require("approve")
        if not self.content_digest.startswith(content_digest):
            self.refuse(
                action="approve",
                content_digest=content_digest,
                draft=self.content_digest,
                reason="the draft changed since you read it",
            )
        self.step("approve")
        self.approved_by = actor
        self.record("supervision.briefing.approved", moment)

    def discard(self, reason: str, at: str, moment: Moment) -> None:
        """Give up a draft, approved or not: what it says is gone, who drafted it is kept."""
        self.step("discard")
        self.drafted = self.approved_by = None
        self.discarded_at, self.discarded_because = at, reason
        self.record("supervision.briefing.discarded", moment)

    def publish(self, printed: Json, moment: Moment) -> None:
        """`printed` holds the document, its number, digests, signature and other forms, and the
        changes of a revision."""
        self.step("publish")
        self.drafted = None
        for name, value in printed.items():
            setattr(self, name, value)
        verb = "revised" if self.revision else "published"
        self.record(f"supervision.briefing.{verb}", moment)


def _drafted(briefing: Briefing) -> Json:
    names = ("period", "revision", "content_digest")
    return {name: getattr(briefing, name) for name in names}


def _published(briefing: Briefing) -> Json:
    names: tuple[str, ...] = ("issue", "period", "revision", "replaces", "content_digest")
    names += ("digest", "keyid", "signature")
    revised = {"reason": dict(briefing.reason), "changes": [dict(row) for row in briefing.changes]}
    return {name: getattr(briefing, name) for name in names} | {
        **(revised if briefing.revision else {}),
        "status": "final",
        "document": briefing.document,
        "renderings": [
            {name: value for name, value in rendering.items() if name != "text"}
            for rendering in briefing.renderings
        ],
    }
