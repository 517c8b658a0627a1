"""Supervision's aggregates: the registry's units, and each issue of the briefing."""

from mongoengine import BooleanField, DictField, IntField, ListField, StringField
from pymongo import ASCENDING, IndexModel

from shared.aggregates.aggregate import Aggregate, Step
from shared.domain import canonical
from shared.platform import database

INDEXES = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        IndexModel(
            [("issue", ASCENDING)],
            unique=True,
            partialFilterExpression={"revision": 0, "issue": {"$exists": True}},
        ),
        # An issue is long, and which weeks have one is asked every few seconds.
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
    retired = BooleanField(default=False)

    def state(self):
        plain = ("parent", "level", "name", "valid_from", "valid_to", "successor", "retired")
        return {"code": self.id} | {name: getattr(self, name) for name in plain}

    def register(self, moment):
        self.record("supervision.orgunit.registered", moment)

    def change(self, name, moment):
        """A unit is renamed; reports made before keep the old name."""
        self._refuse_retired("change")
        self.name = name
        self.record("supervision.orgunit.changed", moment)

    def retire(self, valid_to, successor, moment):
        """`valid_to` is the first day without the unit; None where nobody knows it."""
        self._refuse_retired("retire")
        self.retired, self.valid_to, self.successor = True, valid_to, successor
        self.record("supervision.orgunit.retired", moment)

    def _refuse_retired(self, action):
        if self.retired:
            self.refuse(action=action, reason="retired already")


def issue_id(period, revision=0):
    return f"briefing:{period}:r{revision}"


def of_period(period):
    """A query for the ids of all revisions of a week."""
    return {"$regex": f"^briefing:{period}:r"}


def revision_of(issue):
    """The revision that an issue's id names."""
    return int(issue.rsplit(":r", 1)[1])


def replaced_by(issue):
    """The id of the revision before that of `issue`; None for a first issue."""
    revision = revision_of(issue)
    return f"{issue.rsplit(':r', 1)[0]}:r{revision - 1}" if revision else None


class Briefing(Aggregate):
    """One issue of one week: draft → approved → published. Published, it never changes."""

    steps = {
        "draft": Step(("draft", "approved"), "draft"),
        "approve": Step(("draft",), "approved"),
        "publish": Step(("approved",), "published"),
    }

    status = StringField(required=True, default="draft")
    period = StringField(required=True)
    revision = IntField(required=True, default=0)
    issue = IntField()
    # Of a revision: the urn of what it replaces, why, and what differs.
    replaces = StringField()
    reason = DictField()
    changes = ListField(DictField())
    freeze = DictField(required=True)
    content_digest = StringField(required=True)
    prepared_by = StringField(required=True)
    prepared_at = StringField(required=True)
    approved_by = StringField()
    published_at = StringField()
    # The document as it was drafted, until it is published: what is shown and approved.
    drafted = StringField()
    document = StringField()
    digest = StringField()
    signature = StringField()
    keyid = StringField()
    renderings = ListField(DictField())

    def state(self):
        """The data of the event that the present status stands for."""
        return _published(self) if self.status == "published" else _drafted(self)

    def draft(self, drafted, actor, at, moment):
        """Made from what is known now, or made again: an approval doesn't outlive it. `drafted` is
        compose.py's draft."""
        self.step("draft")
        self.approved_by = None
        self.freeze, self.content_digest = drafted["freeze"], drafted["content_digest"]
        self.drafted = canonical.dumps(drafted).decode()
        self.prepared_by, self.prepared_at = actor, at
        self.record("supervision.briefing.drafted", moment)

    def approve(self, actor, content_digest, moment):
        """A person answers for it: for the content that was read, where `content_digest` is given.

        Raises Conflict when the draft is another by now.
        """
        self.require("approve")
        if content_digest not in (None, self.content_digest):
            self.refuse(
                action="approve",
                content_digest=content_digest,
                draft=self.content_digest,
                reason="the draft changed since you read it",
            )
        self.step("approve")
        self.approved_by = actor
        self.record("supervision.briefing.approved", moment)

    def publish(self, printed, moment):
        """`printed` holds the document, its number, its digests and signature, its other forms and
        what a revision changes."""
        self.step("publish")
        self.drafted = None
        for name, value in printed.items():
            setattr(self, name, value)
        verb = "revised" if self.revision else "published"
        self.record(f"supervision.briefing.{verb}", moment)


def _drafted(briefing):
    names = ("period", "revision", "content_digest")
    return {name: getattr(briefing, name) for name in names}


def _published(briefing):
    names = ("issue", "period", "revision", "replaces", "content_digest")
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
