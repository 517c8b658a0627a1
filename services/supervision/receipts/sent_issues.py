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
from shared.platform.topology import REPORT_KEYS

REPORT_TYPES = tuple(f"supervision.{key}" for key in REPORT_KEYS)
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
        known = {it["_id"]: it["version"] for it in self._issues.find({}, {"version": 1})}
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
        reports = [_report(*it) for it in events if it[0]["type"] in REPORT_TYPES]
        issue["events"] = sorted(reports, key=itemgetter("at", "number"))
        self._issues.replace_one({"_id": identity}, issue, upsert=True)
        return True

    def all(self) -> list[Document]:
        """In the order in which they were sent."""
        return sorted(self._issues.find({"events.0": {"$exists": True}}), key=_first_sent)

    def find(self, period: str, revision: int | None) -> Document | None:
        """An issue, the last revision where `revision` is None."""
        wanted: Document = {"period": period, "events.0": {"$exists": True}}
        if revision is not None:
            wanted["revision"] = revision
        return self._issues.find_one(wanted, sort=[("revision", -1)])


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
