"""The issues that went to subscribers, with the events that brought them."""

from collections.abc import Mapping
from operator import itemgetter

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database

from services.supervision.documents import Briefing
from shared.contracts.messages import event_of
from shared.domain.types import Document, Json
from shared.platform.database import Indexes
from shared.platform.declarations import EDITION_KEYS

# Edition → the types of the events that carry it.
REPORT_TYPES = {
    edition: tuple(f"supervision.{key}" for key in keys) for edition, keys in EDITION_KEYS.items()
}
ALL_TYPES = frozenset(name for types in REPORT_TYPES.values() for name in types)
# Releases before 0.4 copied the events of the public edition alone.
WHOLE: Document = {"editions": sorted(EDITION_KEYS)}
PUBLISHED: Document = {"_cls": Briefing.class_name(), "published_at": {"$gt": ""}}
INDEXES: Indexes = {"sent_issues": [IndexModel([("period", ASCENDING), ("revision", ASCENDING)])]}


class SentIssues:
    """A copy of what is needed of each published issue, in the database: `version` of the issue,
    and its `events`, each with `id`, `type`, `at`, `number` and `digest`."""

    def __init__(self, database: Database[Document]) -> None:
        self._issues: Collection[Document] = database["sent_issues"]
        self._aggregates = database["aggregates"]
        self._facts = database["facts"]

    def versions(self) -> Mapping[str, int] | None:
        """Issue → its version, once all their events have left for the broker and are known here;
        None as long as some aren't."""
        wanted = {"_id": 1, "version": 1}
        found = {it["_id"]: it["version"] for it in self._aggregates.find(PUBLISHED, wanted)}
        known = {it["_id"]: it["version"] for it in self._issues.find(WHOLE, {"version": 1})}
        complete = [self._add(issue) for issue in found if known.get(issue) != found[issue]]
        return found if all(complete) else None

    def _add(self, identity: str) -> bool:
        """Copy an issue. False as long as not all its events are known."""
        names = ("period", "revision", "issue", "version", "pending.id")
        issue = self._aggregates.find_one({"_id": identity}, dict.fromkeys(names, 1)) or {}
        if not issue or issue.pop("pending", None):
            return False
        facts = list(self._facts.find({"subject": identity, "source": "supervision"}))
        events = [(fact, event_of(fact)) for fact in facts]
        if max((it["subjectsequence"] for _, it in events), default=0) < issue["version"]:
            return False
        reports = [_report(*it) for it in events if it[0]["type"] in ALL_TYPES]
        issue["events"] = sorted(reports, key=itemgetter("at", "number"))
        self._issues.replace_one({"_id": identity}, issue | WHOLE, upsert=True)
        return True

    def all(self, edition: str) -> list[Document]:
        """Those that were sent in this edition, with the events that carried it, in their order."""
        found = (of_edition(it, edition) for it in self._issues.find({}))
        return sorted((it for it in found if it["events"]), key=_first_sent)

    def digests(self) -> dict[str, str | None]:
        """Event → the digest of the document in it."""
        return {it["id"]: it["digest"] for issue in self._issues.find({}) for it in issue["events"]}

    def find(self, period: str, revision: int | None) -> Document | None:
        """An issue, the last revision where `revision` is None."""
        wanted: Document = {"period": period, "events.0": {"$exists": True}}
        if revision is not None:
            wanted["revision"] = revision
        return self._issues.find_one(wanted, sort=[("revision", -1)])


def of_edition(issue: Document, edition: str) -> Document:
    """The issue with the events of this edition alone."""
    types = REPORT_TYPES[edition]
    return {**issue, "events": [it for it in issue["events"] if it["type"] in types]}


def current_events(issue: Document) -> list[str]:
    """The ids of the events that count for an issue: those of its newest type, since a withdrawal
    is another thing to know than the issue. There are several where several versions of an event
    are published."""
    newest = issue["events"][-1]["type"]
    return [it["id"] for it in issue["events"] if it["type"] == newest]


def name_of(issue: Document) -> str:
    return f"{issue['period']} R{issue['revision']}"


def _report(fact: Document, event: Json) -> Json:
    return {
        "id": fact["_id"],
        "type": fact["type"],
        "at": event["recordedtime"],
        "number": fact["seq"],
        "digest": event["data"].get("digest"),
    }


def _first_sent(issue: Document) -> tuple[str, int]:
    first = issue["events"][0]
    return first["at"], first["number"]
