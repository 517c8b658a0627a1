"""Facts as commands: which command, when it is entered, and when the fact happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from deploy.local.facts.fields import Fields
from shared.aggregates.aggregate import new_id
from shared.domain.periods import SHANGHAI, Period, format_instant
from shared.domain.types import Json

ACTOR = "person:programme-office"
NOON = time(12)

# Part of the day → its start, and the time at which a fact that happened in it is entered.
PARTS_OF_DAY = {
    "morning": (time(6), NOON),
    "afternoon": (NOON, time(18)),
    "evening": (time(18), time(23)),
}


@dataclass(frozen=True)
class Step:
    """One command, entered at `entered`."""

    entered: datetime
    service: str
    method: str
    arguments: Json


@dataclass(frozen=True)
class Fact:
    """One thing that happened, as one or more commands in order."""

    key: str
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class FactTime:
    """When something happened, how precisely that is known, and when it is entered."""

    start: datetime
    precision: str
    entered: datetime

    @property
    def day(self) -> date:
        """The day of entry. Where only the week is known, this is its first day."""
        return self.entered.date()

    def arguments(self) -> dict[str, str]:
        return {"time": format_instant(self.start), "timeprecision": self.precision}


def on(day: date, precision: str = "day", start: time = time.min, entered: time = NOON) -> FactTime:
    """Known to the day, and entered at its noon."""
    return FactTime(
        datetime.combine(day, start, SHANGHAI), precision, datetime.combine(day, entered, SHANGHAI)
    )


def within(week: Period) -> FactTime:
    """Known to the week only."""
    return on(week.first_day, "week")


@dataclass(frozen=True)
class FileContext:
    """Properties of the whole file: the week that undated facts belong to, the district, and the
    ids of the entries."""

    week: Period
    district: str | None
    keys: frozenset[str]

    def when(self, fields: Fields, name: str = "date") -> FactTime:
        """When the fact happened, by the day in field `name`, or else within the file's week."""
        day = fields.day(name)
        part = fields.choice("part_of_day", PARTS_OF_DAY) if name == "date" else None
        if day is None:
            if part:
                raise fields.error("part_of_day", "of which day? date is missing")
            return within(self.week)
        return on(day, "part_of_day", *PARTS_OF_DAY[part]) if part else on(day)

    def place(self, fields: Fields) -> str:
        """The unit in the fields, or else the district."""
        if fields.get("orgunit") is None and self.district:
            return self.district
        return fields.orgunit()

    def occasion(self, fields: Fields) -> str | None:
        """The `activity_key` of an occasion that two services share: the id of another entry of
        the file, or a key of its own."""
        key = fields.code("activity_key")
        return new_id(f"{key}:1") if key in self.keys else key


class FactBuilder:
    """Collects the commands of one fact. Arguments that are None are not sent."""

    def __init__(self, service: str, key: str) -> None:
        self.service = service
        self.fact = Fact(key)
        # Id → when its last command is entered.
        self._entered: dict[str, datetime] = {}

    def create(
        self, method: str, when: FactTime, after: str | None = None, **arguments: Any
    ) -> str:
        """Add a command that creates something, and return its id.

        It is entered no earlier than the commands of `after`, the id of what it belongs to.
        """
        created = new_id(self._command_id())
        earliest = self._entered[after] if after else None
        self._add(created, method, when, earliest, arguments)
        return created

    def then(
        self, method: str, id: str, when: FactTime, actor: str = ACTOR, **arguments: Any
    ) -> None:
        """Add a command that changes `id`, entered no earlier than the last one about it."""
        self._add(id, method, when, self._entered[id], {"id": id, **arguments}, actor)

    def _add(
        self,
        id: str,
        method: str,
        when: FactTime,
        earliest: datetime | None,
        arguments: Json,
        actor: str = ACTOR,
    ) -> None:
        entered = max(when.entered, earliest) if earliest else when.entered
        identity = {"command_id": self._command_id(), "actor": actor, **when.arguments()}
        given = {name: value for name, value in arguments.items() if value is not None}
        self._entered[id] = entered
        self.fact.steps.append(Step(entered, self.service, method, identity | given))

    def _command_id(self) -> str:
        return f"{self.fact.key}:{len(self.fact.steps) + 1}"


def check_order(fields: Fields, names: Mapping[str, str]) -> None:
    """Raises ValueError for days in the wrong order. `names` maps a field to what happened then."""
    given = {name: what for name, what in names.items() if fields.get(name)}
    days = [(what, day) for name, what in given.items() if (day := fields.day(name))]
    for (before, earlier), (after, later) in pairwise(days):
        if later < earlier:
            raise ValueError(f"{fields.path}{after} before it was {before}")
