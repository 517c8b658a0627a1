"""Reads a file of facts and turns it into the commands that enter them.

A fact is entered on its own day, through the RPC of the service that owns it. Command ids follow
from the fact (identity.py), so that entering the same facts again changes nothing. A field or value
that is not understood is refused: nothing in a file is dropped silently.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from deploy.local.facts import clinics, inspections, jobfairs, oversight, relief, volunteering
from deploy.local.facts.fact_builder import Fact, FileContext, Step, first_command
from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key, key_by_content
from deploy.local.facts.unquoted_commas import rejoined
from shared.aggregates.aggregate import new_id
from shared.domain.periods import Period, Week
from shared.domain.types import Json
from shared.platform.yaml_reader import read_yaml

# Sections with fields of their own.
SECTIONS: dict[str, Callable[[Fields, FileContext], Iterable[Fact]]] = {
    "programme": oversight.section,
    "volunteering": volunteering.section,
    "relief": relief.section,
}


class _List(NamedTuple):
    """A list of entries: what their labels begin with, the service that gets them, and their
    facts."""

    prefix: str
    service: str
    facts: Callable[[Key, Fields, FileContext], Iterable[Fact]]


# Place in the file → the list.
LISTS = {
    "platforms": _List("platform", "supervision", oversight.platform),
    "programme.meetings": _List("meeting", "supervision", oversight.meeting),
    "programme.group_reports": _List("group_report", "supervision", oversight.group_report),
    "volunteering.activities": _List("activity", "volunteering", volunteering.activity),
    "gatherings": _List("gathering", "volunteering", volunteering.gathering),
    "relief.orders": _List("order", "relief", relief.order),
    "relief.visits": _List("visits", "relief", relief.visits),
    "clinics": _List("clinic", "clinics", clinics.clinic),
    "job_fairs": _List("fair", "jobfairs", jobfairs.fair),
    "inspections": _List("inspection", "supervision", inspections.inspection),
}
# Fields with the day on which something happened: the week of the file follows from these.
DAYS = ("date", *relief.ORDER_DAYS)


class BadFacts(Exception):
    """The file of facts can't be used: the message says where and why."""


class _Entry(NamedTuple):
    """An entry of a list, at place `number` of it, with its id where it has one."""

    list: _List
    number: int
    id: str | None
    fields: Fields

    @property
    def label(self) -> str:
        return self.id or f"{self.list.prefix}-{self.number}"

    def key(self, week: Period) -> Key:
        """Its key; `week` is that of an entry without a day. Raises ValueError."""
        with _errors_named(self.label):
            day = _first_day(self.fields.given)
        happened = Week.of_day(day) if day else week
        if self.id:
            return Key(self.id, self.id, happened, given=True)
        return key_by_content(self.list.prefix, self.number, self.fields.given, happened)


def read_facts(path: Path) -> tuple[list[Fact], list[Period]]:
    """(facts, weeks) of a file of facts, the weeks in order. Raises BadFacts."""
    try:
        root = Fields(rejoined(read_yaml(path)))
        sections = {name: root.part(name) for name in SECTIONS}
        entries = list(_entries(root, sections))
        _refuse_duplicates(entry.label for entry in entries)
        week = _undated_week(root, entries)
        keys = {entry.label: entry.key(week) for entry in entries}
        context = _context(week, sections["programme"], entries, keys)
        facts = list(_facts(sections, entries, keys, context))
        root.refuse_unread()
        _refuse_duplicates(fact.key for fact in facts)
        _refuse_the_same(facts)
    except ValueError as error:
        raise BadFacts(f"{path}: {error}") from error
    except OSError as error:
        raise BadFacts(f"{path}: {type(error).__name__}: {error}") from error
    return facts, _weeks(facts, week)


def in_order(facts: Iterable[Fact]) -> list[Step]:
    """The commands of all facts, in the order in which they are entered."""
    return sorted((step for fact in facts for step in fact.steps), key=lambda step: step.entered)


def _entries(root: Fields, sections: dict[str, Fields]) -> Iterator[_Entry]:
    """The entries of all lists of the file. Raises ValueError."""
    for path, entries in LISTS.items():
        *section, name = path.split(".")
        holder = sections[section[0]] if section else root
        for number, entry in enumerate(holder.many(name), 1):
            yield _entry(entries, number, entry)


def _entry(entries: _List, number: int, given: Any) -> _Entry:
    label = f"{entries.prefix}-{number}"
    if not isinstance(given, dict):
        raise ValueError(f"{label}: must have named fields, not {given!r}")
    fields = Fields(given)
    with _errors_named(label):
        return _Entry(entries, number, fields.code("id"), fields)


@contextmanager
def _errors_named(label: str) -> Iterator[None]:
    """Put the label of the entry before each error."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from error


def _facts(
    sections: dict[str, Fields],
    entries: Iterable[_Entry],
    keys: dict[str, Key],
    context: FileContext,
) -> Iterator[Fact]:
    """Everything in the file that is entered. Raises ValueError for fields that are not facts."""
    for name, section_facts in SECTIONS.items():
        yield from section_facts(sections[name], context)
    for entry in entries:
        with _errors_named(entry.label):
            yield from entry.list.facts(keys[entry.label], entry.fields, context)
            entry.fields.refuse_unread()


def _context(
    week: Period, programme: Fields, entries: Iterable[_Entry], keys: dict[str, Key]
) -> FileContext:
    has_district = programme.get("district") is not None
    return FileContext(
        week,
        programme.orgunit("district") if has_district else None,
        {
            entry.label: new_id(entry.list.service, first_command(keys[entry.label]))
            for entry in entries
        },
    )


def _undated_week(root: Fields, entries: Iterable[_Entry]) -> Period:
    """Undated facts belong to the week that the file names, or else that most dates fall in."""
    if root.get("week"):
        return Week.parse(str(root.get("week")))
    counts = Counter(map(Week.of_day, _days_in(entries)))
    if not counts:
        raise ValueError("no date anywhere: add `week: 2017-W06`")
    return max(sorted(counts), key=lambda week: counts[week])


def _days_in(entries: Iterable[_Entry]) -> Iterator[date]:
    for entry in entries:
        with _errors_named(entry.label):
            yield from _days(entry.fields.given)


def _days(entry: Any) -> Iterator[date]:
    """The days in an entry, at any depth. They are read through new Fields: a field that is only
    looked at here still counts as unread."""
    values = entry.values() if isinstance(entry, dict) else entry
    if isinstance(entry, dict):
        days = (Fields(entry).day(name) for name in DAYS if entry.get(name))
        yield from (day for day in days if day)
    for value in values:
        if isinstance(value, dict | list):
            yield from _days(value)


def _first_day(entry: Json) -> date | None:
    """The day on which the entry's first command happened; None where it isn't known."""
    return Fields(entry).day("placed" if "placed" in entry else "date")


def _refuse_duplicates(keys: Iterable[str]) -> None:
    duplicates = [key for key, count in Counter(keys).items() if count > 1]
    if duplicates:
        raise ValueError(f"{duplicates[0]}: this id is given twice")


def _refuse_the_same(facts: Iterable[Fact]) -> None:
    """Entries that say the same may be one that is there twice, or two: the file has to say."""
    first: dict[tuple[str, str], str] = {}
    for fact in facts:
        for step in fact.steps:
            command = (step.service, step.command_id)
            if command in first:
                same = f"the same as {first[command]}" if first[command] != fact.key else "it twice"
                raise ValueError(
                    f"{fact.key}: says {same}: take one out or, if both happened, give each an id"
                )
            first[command] = fact.key


def _weeks(facts: Iterable[Fact], week: Period) -> list[Period]:
    """The weeks in which the subjects of the facts reached their last state, and `week`."""
    last = {_subject(step): step.week for fact in facts for step in fact.steps}
    return sorted({*last.values(), week})


def _subject(step: Step) -> str:
    """The id of the aggregate that a command creates or changes."""
    return str(step.creates or step.arguments["id"])
