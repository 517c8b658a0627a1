"""The subscribers in the database: the one place where it is kept who they are."""

from collections.abc import Sequence
from typing import Any

from mongoengine import DictField, ListField, StringField
from pymongo.database import Database

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.envelope import Moment
from shared.contracts.events.subscribers import SubscriberState
from shared.domain import canonical
from shared.domain.periods import format_instant
from shared.domain.types import Document, Event, Json
from shared.platform.subscribers import ARCHIVE, Account

# So many tests are kept of each.
MOST_TESTS = 20


def entry_id(name: str) -> str:
    return f"subscriber:{name}"


class SubscriberEntry(SchemaState, Aggregate):
    """active → removed → active, when a name is given again.

    The hash of the password is in no event. It is in every backup of the database.
    """

    entity = "supervision.subscriber"
    state_schema = SubscriberState
    steps = {
        "add": Step(("removed",), "active"),
        "rotate": Step(("active",)),
        "test": Step(("active",)),
        "remove": Step(("active",), "removed"),
    }

    name = StringField(required=True)
    status = StringField(required=True, default="removed")
    reports = StringField()
    events = ListField(StringField())
    since = StringField(required=True)
    password_since = StringField()
    password_hash = StringField()
    # The test messages, each with `event`, `at` and `digest`.
    tests = ListField(DictField())

    @property
    def account(self) -> Account:
        return Account(self.name, self.reports, tuple(self.events))

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        """The hash is in no event: the subscriber needs a new password."""
        super().restore_state({**data, "password_since": None}, events)

    def add(self, password_hash: str, moment: Moment, **gets: Any) -> None:
        self.step("add")
        self.since, self.tests = format_instant(moment.time), []
        self.reports, self.events = gets["reports"], gets["events"]
        self._set_password(password_hash, moment)
        self.record("supervision.subscriber.added", moment)

    def rotate(self, password_hash: str, moment: Moment) -> None:
        self.step("rotate")
        self._set_password(password_hash, moment)
        self.record("supervision.subscriber.changed", moment)

    def remove(self, moment: Moment) -> None:
        self.step("remove")
        self.password_hash = self.password_since = None
        self.record("supervision.subscriber.removed", moment)

    def test(self, event: str, moment: Moment) -> None:
        """`event` is the id that the test message will have."""
        self.step("test")
        state = self.state()
        sent = {
            "event": event,
            "at": format_instant(moment.time),
            "digest": canonical.sha256(state),
        }
        self.tests = [*self.tests, sent][-MOST_TESTS:]
        self.record_state(
            "supervision.subscriber.tested", moment, {**state, "digest": sent["digest"]}
        )

    def _set_password(self, password_hash: str, moment: Moment) -> None:
        self.password_hash, self.password_since = password_hash, format_instant(moment.time)


class SubscriberEntries:
    """Read without loading aggregates: every few seconds somebody asks who they are."""

    def __init__(self, database: Database[Document]) -> None:
        self._aggregates = database["aggregates"]

    def stored(self) -> dict[str, Document]:
        """Name → the stored fields, of those that were ever added."""
        found = self._aggregates.find({"_cls": SubscriberEntry.class_name()}, {"pending": 0})
        return {it["name"]: it for it in found.sort("_id", 1)}

    def accounts(self) -> dict[str, Account]:
        """Name → the account of each active subscriber, the deployment's own first."""
        active = {
            name: Account(name, it.get("reports"), tuple(it.get("events", ())))
            for name, it in self.stored().items()
            if it["status"] == "active"
        }
        return {ARCHIVE.name: ARCHIVE} | active

    def tests(self) -> list[Document]:
        """The test messages of all, each with the subscriber's `name`."""
        return [
            {"name": name, **test}
            for name, it in self.stored().items()
            for test in it.get("tests", ())
        ]
