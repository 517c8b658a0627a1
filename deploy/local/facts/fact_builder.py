"""Facts as commands: what is entered, when, and when it happened."""

from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import pairwise

from shared.aggregates.aggregate import new_id
from shared.domain.periods import SHANGHAI, Period, format_instant

ACTOR = "person:programme-office"
NOON = time(12)

# When a part of the day starts, and when something known to happen in it is entered.
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
    arguments: dict


@dataclass(frozen=True)
class Fact:
    """One thing that happened, as one or more commands in order."""

    key: str
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class When:
    """When something happened, how precisely that is known, and when it is entered."""

    start: datetime
    precision: str
    entered: datetime

    @property
    def day(self):
        """The day it was entered: where only the week is known, the first of it."""
        return self.entered.date()

    def told(self):
        return {"time": format_instant(self.start), "timeprecision": self.precision}


def on(day, precision="day", start=time.min, entered=NOON):
    """Known to the day, and entered at its noon."""
    return When(
        datetime.combine(day, start, SHANGHAI), precision, datetime.combine(day, entered, SHANGHAI)
    )


def within(week):
    """Known to the week only."""
    return on(week.first_day, "week")


@dataclass(frozen=True)
class Frame:
    """What holds for the whole file: the week that undated facts belong to, the district, and the
    ids of the entries."""

    week: Period
    district: str | None
    keys: frozenset

    def when(self, fields, name="date"):
        """When it happened, by the day in field `name` or else the file's week."""
        day = fields.day(name)
        part = fields.choice("part_of_day", PARTS_OF_DAY) if name == "date" else None
        if part and day is None:
            raise fields.wrong("part_of_day", "of which day? date is missing")
        if part:
            return on(day, "part_of_day", *PARTS_OF_DAY[part])
        return on(day) if day else within(self.week)

    def place(self, fields):
        """The unit that the fields name, or else the district."""
        if fields.get("orgunit") is None and self.district:
            return self.district
        return fields.orgunit()

    def occasion(self, fields):
        """What another service has as well: an entry of the file by its id, or a key of its own."""
        key = fields.code("activity_key")
        return new_id(f"{key}:1") if key in self.keys else key


class Story:
    """Collects the commands of one fact. What the file doesn't say isn't sent."""

    def __init__(self, service, key):
        self.service = service
        self.fact = Fact(key)
        self._entered = {}

    def create(self, method, when, after=None, **arguments):
        """Something new, entered no earlier than `after`, which it belongs to. Returns its id."""
        made = new_id(self._command_id())
        self._tell(made, method, when, self._entered.get(after), arguments)
        return made

    def then(self, method, what, when, actor=ACTOR, **arguments):
        """What became of it, entered no earlier than what was told of it before."""
        self._tell(what, method, when, self._entered[what], {"id": what, **arguments}, actor)

    def _tell(self, what, method, when, before, arguments, actor=ACTOR):
        entered = max(filter(None, (when.entered, before)))
        identity = {"command_id": self._command_id(), "actor": actor, **when.told()}
        told = {name: value for name, value in arguments.items() if value is not None}
        self._entered[what] = entered
        self.fact.steps.append(Step(entered, self.service, method, identity | told))

    def _command_id(self):
        return f"{self.fact.key}:{len(self.fact.steps) + 1}"


def check_order(fields, names):
    """Raises ValueError for days that can't have followed each other: field → what happened."""
    told = [(said, fields.day(name)) for name, said in names.items() if fields.get(name)]
    for (before, earlier), (after, later) in pairwise(told):
        if later < earlier:
            raise ValueError(f"{fields.path}{after} before it was {before}")
