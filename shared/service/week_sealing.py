"""What every service says of a week: that it is sealed, and that a unit has nothing to report."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from mongoengine import DictField, IntField, ListField, StringField

from shared.aggregates.aggregate import Aggregate, Command, Step
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.canonical import event_digest
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import Period
from shared.domain.types import Event, Json
from shared.service.service_context import ServiceContext

SEALED = ".period.sealed"


def seal(
    context: ServiceContext, repository: Repository, service: str, command: Command, period: Period
) -> Json:
    """Say what the service has told of a week, everything pending included; where nothing is new,
    the seal that is there stands. The seal itself is in the log when this returns.

    Raises Conflict before the registry is loaded.
    """
    district = context.orgunits.district()
    if district is None:
        raise Conflict({"kind": "periodseal", "reason": "the registry of org units is empty"})
    context.outbox.number()
    last = context.event_log.last()
    told = summary(context.event_log.of_week(period, last))
    result = _standing(repository, period, told) or repository.put(
        PeriodSeal,
        seal_id(period),
        command,
        lambda seal: seal.seal(service, last, told, Moment(command.recorded)),
        orgunit=district,
        period=str(period),
    )
    context.outbox.number()
    return result


def seal_id(period: Period) -> str:
    return f"seal:{period}"


def _standing(repository: Repository, period: Period, told: Json) -> Json | None:
    with suppress(NotFound):
        known = repository.get(PeriodSeal, seal_id(period))
        if known.says(told):
            return {"id": known.id, "version": known.version}
    return None


def summary(events: Iterable[Event]) -> Json:
    """Number, counts by type and digest of a week's events in the order of their numbers, seals
    left out: what both sides of a seal compare."""
    told = [event for event in events if not event["type"].endswith(SEALED)]
    told.sort(key=lambda event: event["sourcesequence"])
    counts = Counter(event["type"] for event in told)
    return {
        "events": len(told),
        "counts": [{"type": name, "count": count} for name, count in sorted(counts.items())],
        "digest": event_digest([event_digest(event) for event in told]),
    }


class PeriodSeal(Aggregate):
    """What the service has told of a week. Sealed again when more came."""

    period = StringField(required=True)
    last = IntField(required=True, default=0)
    events = IntField(required=True, default=0)
    counts = ListField(DictField())
    digest = StringField()

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("period", "last", "events", "digest")}
        return plain | {"counts": [dict(count) for count in self.counts]}

    def says(self, told: Json) -> bool:
        """Is this what the seal says already?"""
        return bool(self.digest == told["digest"])

    def seal(self, service: str, last: int, told: Json, moment: Moment) -> None:
        self.last = last
        self.events, self.counts, self.digest = told["events"], told["counts"], told["digest"]
        self.record(f"{service}{SEALED}", moment)


class Nil(Aggregate):
    """A unit's nil report of a week: reported → withdrawn, and again."""

    steps = {
        "report": Step(("new", "withdrawn"), "reported"),
        "withdraw": Step(("reported",), "withdrawn"),
    }

    status = StringField(required=True, default="new")
    period = StringField(required=True)

    def state(self) -> Json:
        return {"status": self.status, "period": self.period}

    def move(self, action: str, service: str, moment: Moment) -> None:
        self.step(action)
        self.record(f"{service}.nil.reported", moment)
