"""Facts as commands: which command, when it is entered, and when the fact happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key, part
from shared.aggregates.aggregate import new_id
from shared.domain.periods import SHANGHAI, Period, Week, format_instant
from shared.domain.types import Json

ACTOR = "person:programme-office"
NOON = time(12)
# The first command of a fact, in its command id; the others are named by what they do.
FIRST = "1"

# Part of the day → its start, and the time at which a fact that happened in it is entered.
PARTS_OF_DAY = {
    "morning": (time(6), NOON),
    "afternoon": (NOON, time(18)),
    "evening": (time(18), time(23)),
}


@dataclass(frozen=True)
class Step:
    """One command, entered at `entered`: the one with this number of the fact with this key."""

    entered: datetime
    service: str
    method: str
    arguments: Json
    key: Key
    number: int

    @property
    def command_id(self) -> str:
        return str(self.arguments["command_id"])

    @property
    def creates(self) -> str | None:
        """The id of what the command creates; None where it changes something."""
        return None if "id" in self.arguments else new_id(self.service, self.command_id)

    @property
    def week(self) -> Week:
        """The week in which it happened."""
        if "period" in self.arguments:
            return Week.parse(self.arguments["period"])
        return Week.of(datetime.fromisoformat(self.arguments["time"]))


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


@dataclass(frozen=True)
class WholeWeek(FactTime):
    """A week of which something is reported."""

    def arguments(self) -> dict[str, str]:
        return {"period": str(Week.of(self.start))}


def on(day: date, precision: str = "day", start: time = time.min, entered: time = NOON) -> FactTime:
    """Known to the day, and entered at its noon."""
    return FactTime(
        datetime.combine(day, start, SHANGHAI), precision, datetime.combine(day, entered, SHANGHAI)
    )


def within(week: Period) -> FactTime:
    """Known to the week only."""
    return on(week.first_day, "week")


def at_the_end_of(week: Period) -> WholeWeek:
    """Of the whole week, and entered on its last day."""
    return WholeWeek(week.start, "week", datetime.combine(week.last_day, NOON, SHANGHAI))


@dataclass(frozen=True)
class FileContext:
    """Properties of the whole file: the week that undated facts belong to, the district, and the
    label of each entry with the id of what it creates."""

    week: Period
    district: str | None
    subjects: Mapping[str, str]

    def when(self, fields: Fields, name: str = "date") -> FactTime:
        """When the fact happened, by the day in field `name`, or else within the file's week."""
        day = fields.day(name)
        part = fields.choice("part_of_day", PARTS_OF_DAY) if name == "date" else None
        if day is None:
            if part:
                raise fields.error("part_of_day", "of which day? date is missing")
            return within(self.week)
        return on(day, "part_of_day", *PARTS_OF_DAY[part]) if part else on(day)

    def key(self, name: str, when: FactTime) -> Key:
        """The key of what a section says by a field of this name."""
        return Key(name, name, Week.of(when.start))

    def place(self, fields: Fields) -> str:
        """The unit in the fields, or else the district."""
        if fields.get("orgunit") is None and self.district:
            return self.district
        return fields.orgunit()

    def occasion(self, fields: Fields) -> str | None:
        """The `activity_key` of an occasion that two services share: the id of another entry of
        the file, or a key of its own."""
        key = fields.code("activity_key")
        return self.subjects.get(key, key) if key else None


def first_command(key: Key) -> str:
    """The id of the command that creates what an entry is about."""
    return key.command_id(FIRST)


class FactBuilder:
    """Collects the commands of one fact. Arguments that are None are not sent.

    Its first command has the name `first`. `part_of` of another is what tells it from others of the
    same kind.
    """

    def __init__(self, service: str, key: Key, first: str = FIRST) -> None:
        self.service = service
        self.key = key
        self.fact = Fact(key.label)
        self._first = first
        # Id → when its last command is entered.
        self._entered: dict[str, datetime] = {}

    def create(
        self,
        method: str,
        when: FactTime,
        after: str | None = None,
        part_of: Any = None,
        **arguments: Any,
    ) -> str:
        """Add a command that creates something, and return its id.

        It is entered no earlier than the commands of `after`, the id of what it belongs to.
        """
        command_id = self._command_id(method, part_of)
        created = new_id(self.service, command_id)
        earliest = self._entered[after] if after else None
        self._add(command_id, created, method, when, earliest, arguments)
        return created

    def then(
        self,
        method: str,
        id: str,
        when: FactTime,
        actor: str = ACTOR,
        part_of: Any = None,
        **arguments: Any,
    ) -> None:
        """Add a command that changes `id`, entered no earlier than the last one about it."""
        command_id = self._command_id(method, part_of)
        about = {"id": id, **arguments}
        self._add(command_id, id, method, when, self._entered[id], about, actor)

    def _add(
        self,
        command_id: str,
        id: str,
        method: str,
        when: FactTime,
        earliest: datetime | None,
        arguments: Json,
        actor: str = ACTOR,
    ) -> None:
        entered = max(when.entered, earliest) if earliest else when.entered
        identity = {"command_id": command_id, "actor": actor, **when.arguments()}
        given = {name: value for name, value in arguments.items() if value is not None}
        number = len(self.fact.steps) + 1
        self._entered[id] = entered
        self.fact.steps.append(
            Step(entered, self.service, method, identity | given, self.key, number)
        )

    def _command_id(self, method: str, part_of: Any) -> str:
        """By what the command does, not by its place: what is put in between shifts no id."""
        if not self.fact.steps:
            return self.key.command_id(self._first)
        verb = method.partition("_")[0]
        return self.key.command_id(verb if part_of is None else part(verb, part_of))


def check_order(fields: Fields, names: Mapping[str, str]) -> None:
    """Raises ValueError for days in the wrong order. `names` maps a field to what happened then."""
    given = {name: what for name, what in names.items() if fields.get(name)}
    days = [(what, day) for name, what in given.items() if (day := fields.day(name))]
    for (before, earlier), (after, later) in pairwise(days):
        if later < earlier:
            raise ValueError(f"{fields.path}{after} before it was {before}")
