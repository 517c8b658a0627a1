"""The seal of a period, and nil reports of units: every service has both."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from mongoengine import DictField, IntField, ListField, StringField

from shared.aggregates.aggregate import Aggregate, Command, Step, moment_of
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.reports import is_report, is_void
from shared.contracts.week_summary import SEALED, WeekSummary
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.orgunits import path
from shared.domain.periods import Period, Week, format_instant, parse_instant
from shared.domain.types import Event, Json
from shared.service.service_context import ServiceContext


def seal(
    context: ServiceContext, repository: Repository, service: str, command: Command, period: Period
) -> Json:
    """Seal a period of the service, with all pending events. If there are no new events, the
    present seal stands; but one made before the cut-off doesn't stand after it. The seal itself is
    in the log when this returns.

    Raises Conflict before the registry is loaded.
    """
    district = context.orgunits.district()
    if district is None:
        raise Conflict({"kind": "periodseal", "reason": "the registry of org units is empty"})
    context.outbox.number()
    last = context.event_log.last()
    content = WeekSummary(context.event_log.of_period(period, last)).content()
    result = _standing_seal(repository, period, content, command.recorded) or repository.put(
        PeriodSeal,
        seal_id(period),
        command,
        lambda seal: seal.seal(service, last, content, Moment(command.recorded)),
        orgunit=district,
        period=str(period),
    )
    context.outbox.number()
    return result


def seal_id(period: Period) -> str:
    return f"seal:{period}"


def _standing_seal(
    repository: Repository, period: Period, content: Json, now: datetime
) -> Json | None:
    """The result for a seal that has this content already, and isn't earlier than the cut-off when
    that has passed."""
    with suppress(NotFound):
        present = repository.get(PeriodSeal, seal_id(period))
        if present.has(content) and (now < period.cutoff or present.is_late(period.cutoff)):
            return {"id": present.id, "version": present.version}
    return None


def require_begun(period: Period, now: datetime) -> None:
    """Raise ValidationFailed for a period of the future."""
    if now < period.start:
        wanted = f"a period that has begun, such as {type(period).of(now)}"
        raise ValidationFailed({"period": [f"Must be {wanted}: {period} has not."]})


def nil(
    context: ServiceContext,
    repository: Repository,
    service: str,
    action: str,
    command: Command,
    orgunit: str,
    moment: Moment,
) -> Json:
    """Report or withdraw the nil report of a unit for the week of the moment.

    Raises Conflict for a nil report of a unit that has reported something.
    """
    period = Week.of(moment.time)

    def act(report: Nil) -> None:
        if action == "report":
            context.outbox.number()
            events = context.event_log.of_period(period, context.event_log.last())
            standing = _reports(repository, orgunit, period, events)
            report.refuse_while("report", "the unit has reported for this week", reports=standing)
        report.move(action, service, moment)

    return repository.put(
        Nil,
        f"nil:{orgunit}:{period}",
        command,
        act,
        orgunit=orgunit,
        period=str(period),
    )


def _reports(
    repository: Repository, orgunit: str, period: Period, events: Iterable[Event]
) -> list[str]:
    """The ids of what the unit and those below it have reported of the week, and not taken back."""
    verbs: dict[str, set[str]] = {}
    for event in events:
        _, entity, verb = event["type"].split(".")
        if is_report(event) and entity not in ("nil", "period"):
            verbs.setdefault(event["subject"], set()).add(verb)
    return [
        found.id
        for found in repository.having(verbs)
        if orgunit in path(found.orgunit)
        and not is_void(found.state())
        and any(found.is_in(period, verb) for verb in verbs[found.id])
    ]


class PeriodSeal(Aggregate):
    """The seal of a period: its events by count and digest. Sealed again if more events come."""

    entity = "*.period"

    period = StringField(required=True)
    last = IntField(required=True, default=0)
    events = IntField(required=True, default=0)
    counts = ListField(DictField())
    digest = StringField()
    # Not known of seals of releases before 0.3.
    sealed_at = StringField()

    def state(self) -> Json:
        plain = {name: getattr(self, name) for name in ("period", "last", "events", "digest")}
        return plain | {"counts": [dict(count) for count in self.counts]}

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)
        self.sealed_at = format_instant(moment_of(events[-1]).time)

    def has(self, content: Json) -> bool:
        """Whether the seal has this content already."""
        return bool(self.digest == content["digest"])

    def is_late(self, cutoff: datetime) -> bool:
        """Was it made at the cut-off or after it?"""
        return bool(self.sealed_at) and parse_instant(self.sealed_at) >= cutoff

    def seal(self, service: str, last: int, content: Json, moment: Moment) -> None:
        """Seal the content of the period, with the log up to number `last`."""
        self.last, self.events = last, content["events"]
        self.counts, self.digest = content["counts"], content["digest"]
        self.sealed_at = format_instant(moment.time)
        self.record(f"{service}{SEALED}", moment)


class Nil(Aggregate):
    """A unit's nil report of a week: reported, withdrawn, reported again."""

    entity = "*.nil"

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
