"""Supervision's aggregates: the units of the registry, and the issues of the briefing."""

import json
from collections.abc import Collection, Sequence
from datetime import date

from mongoengine import BooleanField, DictField, DynamicField, IntField, ListField, StringField
from pymongo import ASCENDING, IndexModel

from shared.aggregates.aggregate import Aggregate, Step, plain
from shared.contracts.envelope import Moment
from shared.contracts.series import SERIES_NAMES, series_of
from shared.domain import canonical
from shared.domain.form_names import INTERNAL, PUBLIC
from shared.domain.periods import Period, format_instant
from shared.domain.types import Document, Event, Json
from shared.platform import database

INDEXES: database.Indexes = {
    "aggregates": [
        *database.INDEXES["aggregates"],
        IndexModel(
            # Each series has numbers of its own.
            [("series", ASCENDING), ("issue", ASCENDING)],
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
        # The same for what subscribers were sent.
        IndexModel(
            [(name, ASCENDING) for name in ("_cls", "published_at", "version", "_id")],
            partialFilterExpression={"published_at": {"$gt": ""}},
        ),
        IndexModel(
            [("publication", ASCENDING)],
            unique=True,
            partialFilterExpression={"publication": {"$exists": True}},
        ),
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

    entity = "supervision.orgunit"

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

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        super().restore_state({"split_from": None, "reason": None} | data, events)

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


# Before the id of an issue.
URN = "urn:warm:"


def of_period(period: Period) -> Document:
    """A query for the ids of all revisions of a period."""
    return {"$regex": f"^{series_of(period).name}:{period}:r"}


def revision_of(issue: str) -> int:
    """The revision in the id of an issue."""
    return int(issue.rsplit(":r", 1)[1])


def replaced_by(issue: str) -> str | None:
    """The id of the revision before that of `issue`; None for a first issue."""
    revision = revision_of(issue)
    return f"{issue.rsplit(':r', 1)[0]}:r{revision - 1}" if revision else None


DISCARDED = "discarded"
WITHDRAWN = "withdrawn"
OWN_ACTOR = "service:supervision"
PERSON = "person:"
# The statuses of an issue that isn't published yet.
OPEN = ("draft", "in_review", "approved")
# The statuses of an issue that was published.
ISSUED = ("published", WITHDRAWN)
MOST_COMMENTS = 500
PREPARED = ("prepared_by", "prepared_at")
# What is stored of each edition, beside its manifest.
OF_EDITION = ("content_digest", "digest", "keyid", "signature", "document")
# What the masthead says of the people who made an issue, and of the times.
SIGNED_FOR = (
    *PREPARED,
    *("submitted_by", "submitted_at", "approved_by", "published_at"),
    *("preparer", "signer", "four_eyes"),
)
LOST_DRAFT = "lost with the database; draft it again"


class Briefing(Aggregate):
    """One issue of the report of one period: draft → in_review → approved →
    published. A published issue never changes.

    A draft that is discarded is no longer there for any query. It can be drafted again.
    """

    entity = "supervision.briefing"
    more_entities = tuple(f"supervision.{name}" for name in SERIES_NAMES[1:])
    unreported = {"draft": ("drafted", "submitted", "reviewed", "approved")}
    steps = {
        "draft": Step((*OPEN, DISCARDED), "draft"),
        "edit": Step(("draft", "in_review"), "draft"),
        "submit": Step(("draft",), "in_review"),
        "review": Step(("in_review",)),
        "approve": Step(("draft", "in_review"), "approved"),
        "publish": Step(("approved",), "published"),
        "discard": Step(OPEN, DISCARDED),
        "withdraw": Step(("published",), WITHDRAWN),
    }

    status = StringField(required=True, default="draft")
    # Releases before 0.4 had briefings alone.
    series = StringField(required=True, default="briefing")
    period = StringField(required=True)
    revision = IntField(required=True, default=0)
    issue = IntField()
    # Of a revision: the urn of the issue that it replaces, the reason, and the changes.
    replaces = StringField()
    reason = DictField()
    changes = ListField(DictField())
    # None where the words are those of another renderer.
    changed_parts = DynamicField()
    freeze = DictField(required=True)
    content_digest = StringField(required=True)
    prepared_by = StringField(required=True)
    prepared_at = StringField(required=True)
    submitted_by = StringField()
    submitted_at = StringField()
    approved_by = StringField()
    # The person who drafted it by hand, or edited it after that.
    maker = DictField()
    # By which name and office the people who prepared and signed it are printed.
    preparer = DictField()
    signer = DictField()
    # Of the approval: had it to be another person than who submitted it?
    # Read as it is stored: a BooleanField makes True of whatever was put there by hand.
    four_eyes = DynamicField()
    comments = ListField(DictField())
    sign_offs = ListField(DictField())
    discarded_at = StringField()
    discarded_because = StringField()
    published_at = StringField()
    # The drafted document, until it is published: it is shown and approved.
    drafted = StringField()
    document = StringField()
    digest = StringField()
    signature = StringField()
    keyid = StringField()
    # What is signed beside the document: its forms (workflow/issue_forms.py) and the root of its
    # facts.
    # Both are read as they are stored: a DictField fails on what was put there by hand.
    manifest = DynamicField()
    # The public edition: `document`, its digests, signature and keyid, and its `manifest`. Issues
    # of releases before 0.3 have none, and keep the texts of their forms here.
    public = DynamicField()
    renderings = ListField(DictField())
    # In which order issues were published. Each has a number of its own, so that each public
    # edition is made with all those before it.
    publication = IntField()
    # Of a withdrawn issue: the signed notice, who withdrew it, and when.
    withdrawal = DictField()

    @property
    def urn(self) -> str:
        return f"{URN}{self.id}"

    def state(self) -> Json:
        """The data of the event that led to the present status."""
        if self.status == DISCARDED:
            return _drafted(self) | {"reason": self.discarded_because}
        if self.status == "in_review":
            return _drafted(self) | _reviewed(self)
        if self.status == WITHDRAWN:
            return _withdrawn(self)
        return self.issued(PUBLIC) if self.status == "published" else _drafted(self)

    def edition(self, name: str) -> Json:
        """What is stored of an edition: `document` as text, its digests, signature and keyid, and
        its `manifest`. Empty where the issue has no such edition."""
        if name == PUBLIC:
            # Whatever else somebody put there by hand is no edition.
            return plain(self.public) if isinstance(self.public, dict) else {}
        return {it: plain(getattr(self, it)) for it in (*OF_EDITION, "manifest")}

    def issued(self, name: str) -> Json:
        """The data of the event that carries an edition of the issue."""
        of_issue = ("issue", "period", "revision", "replaces")
        edition = self.edition(name)
        document = json.loads(edition["document"])
        return {it: getattr(self, it) for it in of_issue} | {
            **_series(document),
            "edition": name,
            "status": "final",
            **edition,
            **(_revised(document) if self.revision else {}),
        }

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """A published issue comes back whole but for its other forms, which are made from its
        document. What a draft says is in no event: it counts as discarded."""
        if "notice" in data:
            self._restore_withdrawn(data, events)
            return
        if "edition" in data:
            editions = {it["data"].get("edition"): it["data"] for it in events}
            # Raises KeyError where one of them is in no event.
            public, data = editions[PUBLIC], editions[INTERNAL]
            self.public = {name: public[name] for name in (*OF_EDITION, "manifest")}
            earlier = json.loads(public["document"])["notes"]["public"]["earlier"]
            self.publication = earlier + 1
        is_published = "document" in data
        about = json.loads(data["document"]) if is_published else {}
        masthead = about.get("masthead", {})
        more = {name: masthead.get(name) for name in SIGNED_FOR if name not in PREPARED}
        plain = {name: value for name, value in data.items() if name != "reason" or is_published}
        super().restore_state(plain | more, events)
        self.status = "published" if is_published else DISCARDED
        self.drafted = None
        if "freeze" in about:
            # The digests of the facts are added at publication.
            self.freeze = about["freeze"] | {"facts": None}
        self.freeze = self.freeze or {"sources": {}}
        self.prepared_by = masthead.get("prepared_by") or self.prepared_by or OWN_ACTOR
        self.prepared_at = masthead.get("prepared_at") or self.prepared_at or events[-1]["time"]
        if is_published:
            self.changes = about.get("late", [])
            self.changed_parts = about.get("changed_parts", data.get("changed_parts"))
        else:
            self.discarded_at = events[-1]["recordedtime"]
            self.discarded_because = data.get("reason") or LOST_DRAFT

    def _restore_withdrawn(self, data: Json, events: Sequence[Event]) -> None:
        """The document is in the event of the publication, where it isn't stored already."""
        published = [event for event in events if "document" in event["data"]]
        if published:
            self.restore_state(published[-1]["data"], published)
        signed = {name: data[name] for name in ("notice", "keyid", "signature")}
        who = {"actor": None, **json.loads(data["notice"])["withdrawn_by"]}
        self.withdrawal = signed | {"by": who, "at": events[-1]["time"]}
        self.status = WITHDRAWN

    def still_missing(self, verbs: Collection[str]) -> list[str]:
        return super().still_missing(verbs) if self.discarded_because == LOST_DRAFT else []

    def draft(self, drafted: Json, who: Json, at: str, moment: Moment) -> None:
        """`drafted` is the result of assemble.draft; `who` drafted it. A new draft cancels review
        and approval; the comments stay."""
        self.step("draft")
        self._cancel_review()
        self.discarded_at = self.discarded_because = None
        self.freeze, self.content_digest = drafted["freeze"], drafted["content_digest"]
        self.drafted = canonical.dumps(drafted).decode()
        self.prepared_by, self.prepared_at = who["actor"], at
        self.maker = who if who["actor"].startswith(PERSON) else {}
        self.record(self._event("drafted"), moment)

    def edit(self, who: Json, drafted: Json, moment: Moment) -> None:
        """A person has put main points of the draft in other words. It has to be submitted again;
        the comments stay."""
        self.step("edit")
        self._cancel_review()
        self.maker, self.content_digest = who, drafted["content_digest"]
        self.drafted = canonical.dumps(drafted).decode()
        self.record(self._event("edited"), moment)

    def submit(self, who: Json, content_digest: str, moment: Moment) -> None:
        """A person hands the draft in for review, and is its preparer from now on. `who` has the
        actor, and name and office as they are printed."""
        self.step("submit")
        self.require_read("submit", content_digest)
        self.submitted_by, self.submitted_at = who["actor"], _at(moment)
        self.preparer = _printed(who)
        self.record(self._event("submitted"), moment)

    def comment(self, who: Json, part: str | None, text: str, moment: Moment) -> None:
        """Remark on a part of the document, or on the whole where `part` is None."""
        self.step("review")
        if len(self.comments) == MOST_COMMENTS:
            self.refuse(action="comment", reason=f"has {MOST_COMMENTS} comments already")
        self.comments.append(
            {
                "number": len(self.comments) + 1,
                "part": part,
                "author": who,
                "at": _at(moment),
                "text": text,
                "resolved_by": None,
                "resolved_at": None,
            }
        )
        self.record(self._event("reviewed"), moment)

    def resolve(self, who: Json, number: int, moment: Moment) -> None:
        """What a comment asks for is done, or is answered."""
        self.step("review")
        found = next((it for it in self.comments if it["number"] == number), None)
        if found is None or found["resolved_by"]:
            reason = "there is no such comment" if found is None else "it is resolved already"
            self.refuse(action="resolve", comment=number, reason=reason)
        found |= {"resolved_by": who, "resolved_at": _at(moment)}
        self.record(self._event("reviewed"), moment)

    def sign_off(self, who: Json, part: str | None, content_digest: str, moment: Moment) -> None:
        """A reviewer has read a part, or the whole where `part` is None, and agrees."""
        self.step("review")
        self.require_read("sign_off", content_digest)
        if any((it["part"], it["by"]["actor"]) == (part, who["actor"]) for it in self.sign_offs):
            self.refuse(action="sign_off", part=part, reason="signed off already by this person")
        self.sign_offs.append({"part": part, "by": who, "at": _at(moment)})
        self.record(self._event("reviewed"), moment)

    @property
    def prepared_for(self) -> str | None:
        """The person who answers for the draft: who submitted it, or else who edited it last or
        drafted it by hand. None where only the timer had to do with it."""
        actor: str | None = self.submitted_by or self.maker.get("actor")
        return actor

    def unresolved(self) -> list[int]:
        """The numbers of the comments that are open."""
        return [it["number"] for it in self.comments if not it["resolved_by"]]

    def require_read(self, action: str, content_digest: str) -> None:
        """`content_digest`, perhaps shortened, is that of the content that a person has read.

        Raises Conflict when the draft has other content by now.
        """
        if not self.content_digest.startswith(content_digest):
            self.refuse(
                action=action,
                content_digest=content_digest,
                draft=self.content_digest,
                reason="the draft changed since you read it",
            )

    def approve(self, who: Json, content_digest: str, four_eyes: bool, moment: Moment) -> None:
        """The signer, as `who` says, approves what was read. With `four_eyes` that is another
        person than the preparer.

        Raises Conflict when the draft has other content by now, when nobody has submitted it, or
        while comments are open.
        """
        self.require("approve")
        self.require_read("approve", content_digest)
        if four_eyes and self.prepared_for is None:
            reason = "drafted by the system; a person has to submit it for review first"
            self.refuse(action="approve", status=self.status, reason=reason)
        if numbers := self.unresolved():
            reason = "these comments are not resolved"
            self.refuse(action="approve", comments=numbers, reason=reason)
        self.step("approve")
        self.approved_by, self.signer = who["actor"], _printed(who)
        self.preparer = self.preparer or (_printed(self.maker) if self.maker else {})
        self.four_eyes = four_eyes
        self.record(self._event("approved"), moment)

    def discard(self, reason: str, at: str, moment: Moment) -> None:
        """Give up a draft, approved or not: what it says is gone, who drafted it is kept."""
        self.step("discard")
        self.drafted = None
        self._cancel_review()
        self.comments = []
        self.discarded_at, self.discarded_because = at, reason
        self.record(self._event("discarded"), moment)

    def publish(self, printed: Json, moment: Moment) -> None:
        """`printed` holds the document, its number, digests, signature and manifest, the public
        edition, and the changes of a revision."""
        self.step("publish")
        self.drafted = None
        for name, value in printed.items():
            setattr(self, name, value)
        verb = "revised" if self.revision else "published"
        self._announce("final", moment)
        self.record_state(self._event(f"{verb}_internal"), moment, self.issued(INTERNAL))
        self.record(self._event(verb), moment)

    def withdraw(self, who: Json, signed: Json, moment: Moment) -> None:
        """Take a published issue back. `signed` is the notice with its signature."""
        self.step("withdraw")
        self.withdrawal = signed | {"by": who, "at": _at(moment)}
        self._announce(WITHDRAWN, moment)
        self.record(self._event("withdrawn"), moment)

    def _event(self, verb: str) -> str:
        """The event type of the issue's series."""
        return f"supervision.{self.series}.{verb}"

    def _announce(self, status: str, moment: Moment) -> None:
        """For readers who want no document. It isn't the last event: that one has to carry the
        whole state, from which the issue can be restored."""
        said = {it: getattr(self, it) for it in ("issue", "period", "revision", "urn")}
        # Issues of releases before 0.3 have one edition.
        digest = self.edition(PUBLIC).get("digest", self.digest)
        said |= {"edition": PUBLIC, "status": status, "digest": digest}
        said["series"] = self.series
        self.record_state(self._event("announced"), moment, said)

    @property
    def notice(self) -> Json | None:
        """What the office says of an issue that it withdrew; None of any other."""
        return json.loads(self.withdrawal["notice"]) if self.withdrawal else None

    def _cancel_review(self) -> None:
        self.submitted_by = self.submitted_at = self.approved_by = self.four_eyes = None
        self.preparer, self.signer, self.sign_offs = {}, {}, []


def _at(moment: Moment) -> str:
    return format_instant(moment.time)


def _printed(who: Json) -> Json:
    """A person without the actor, as issues print it."""
    return {name: who[name] for name in ("name", "office")}


def _series(document: Json) -> Json:
    """What an event says of the series; nothing where the document of an earlier release doesn't
    either."""
    return {name: document[name] for name in ("series",) if name in document}


def _revised(document: Json) -> Json:
    """What the event of a revision says beside its document."""
    said = {"reason": document["masthead"]["reason"], "changes": document["late"]}
    parts = document.get("changed_parts")
    return said if parts is None else said | {"changed_parts": parts}


def _withdrawn(briefing: Briefing) -> Json:
    notice = briefing.notice or {}
    names = ("issue", "period", "revision", "digest", "reason", "successor")
    return {name: notice[name] for name in names} | {
        **_series(notice),
        "public_digest": briefing.edition(PUBLIC).get("digest"),
        "status": WITHDRAWN,
        **{name: briefing.withdrawal[name] for name in ("notice", "keyid", "signature")},
    }


def _reviewed(briefing: Briefing) -> Json:
    """How far the review is. What was said in it stays with the issue."""
    return {
        "comments_made": len(briefing.comments),
        "comments_unresolved": len(briefing.unresolved()),
        "sign_offs_given": len(briefing.sign_offs),
    }


def _drafted(briefing: Briefing) -> Json:
    names = ("period", "revision", "content_digest")
    return {name: getattr(briefing, name) for name in names} | {"series": briefing.series}
