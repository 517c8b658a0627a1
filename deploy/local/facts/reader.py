"""Reads a file of facts and turns it into the commands that enter them.

A fact is entered on its own day, through the RPC of the service that owns it. Command ids follow
from the fact, so that entering the same facts again changes nothing. A field or value that is not
understood is refused: nothing in a file is dropped silently.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from deploy.local.facts import clinics, inspections, jobfairs, oversight, relief, volunteering
from deploy.local.facts.fact_builder import Fact, FileContext, Step
from deploy.local.facts.fields import Fields
from deploy.local.facts.unquoted_commas import rejoined
from shared.aggregates.aggregate import new_id
from shared.domain.periods import Period

# Sections with fields of their own.
SECTIONS: dict[str, Callable[[Fields, FileContext], Iterable[Fact]]] = {
    "programme": oversight.section,
    "volunteering": volunteering.section,
    "relief": relief.section,
}
# Lists of entries: place in the file → beginning of the ids that entries get, and their facts.
LISTS: dict[str, tuple[str, Callable[[str, Fields, FileContext], Iterable[Fact]]]] = {
    "platforms": ("platform", oversight.platform),
    "programme.meetings": ("meeting", oversight.meeting),
    "volunteering.activities": ("activity", volunteering.activity),
    "gatherings": ("gathering", volunteering.gathering),
    "relief.orders": ("order", relief.order),
    "relief.visits": ("visits", relief.visits),
    "clinics": ("clinic", clinics.clinic),
    "job_fairs": ("fair", jobfairs.fair),
    "inspections": ("inspection", inspections.inspection),
}
# Fields with the day on which something happened: the week of the file follows from these.
DAYS = ("date", *relief.ORDER_DAYS)


class BadFacts(Exception):
    """The file of facts can't be used: the message says where and why."""


class _Entry(NamedTuple):
    """A section (without a key) or an entry of a list; `facts` makes its facts."""

    key: str | None
    fields: Fields
    facts: Callable[[FileContext], Iterable[Fact]]


def read_facts(path: Path) -> tuple[list[Fact], list[Period]]:
    """(facts, weeks) of a file of facts, the weeks in order. Raises BadFacts."""
    try:
        root = Fields(rejoined(yaml.safe_load(path.read_text(encoding="utf-8"))))
        sections = {name: root.part(name) for name in SECTIONS}
        entries = list(_entries(root, sections))
        _refuse_duplicates(entry.key for entry in entries if entry.key)
        context = _context(root, sections["programme"], entries)
        facts = list(_facts(entries, context))
        root.refuse_unread()
        _refuse_duplicates(fact.key for fact in facts)
    except ValueError as error:
        raise BadFacts(f"{path}: {error}") from error
    except (OSError, yaml.YAMLError) as error:
        raise BadFacts(f"{path}: {type(error).__name__}: {error}") from error
    return facts, _weeks(facts, context.week)


def in_order(facts: Iterable[Fact]) -> list[Step]:
    """The commands of all facts, in the order in which they are entered."""
    return sorted((step for fact in facts for step in fact.steps), key=lambda step: step.entered)


def _entries(root: Fields, sections: dict[str, Fields]) -> Iterator[_Entry]:
    """Everything in the file that is entered. Raises ValueError."""
    for name, section_facts in SECTIONS.items():
        yield _Entry(None, sections[name], partial(section_facts, sections[name]))
    for path, (prefix, entry_facts) in LISTS.items():
        *section, name = path.split(".")
        holder = sections[section[0]] if section else root
        for number, entry in enumerate(holder.many(name), 1):
            key, fields = _key_and_fields(f"{prefix}-{number}", entry)
            yield _Entry(key, fields, partial(entry_facts, key, fields))


def _key_and_fields(numbered: str, entry: Any) -> tuple[str, Fields]:
    if not isinstance(entry, dict):
        raise ValueError(f"{numbered}: must have named fields, not {entry!r}")
    fields = Fields(entry)
    with _errors_named(numbered):
        return fields.code("id") or numbered, fields


@contextmanager
def _errors_named(key: str | None) -> Iterator[None]:
    """Put the key of the entry before each error; errors of a section name their place already."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{key}: {error}" if key else str(error)) from error


def _facts(entries: Iterable[_Entry], context: FileContext) -> Iterator[Fact]:
    """The facts of the entries. Raises ValueError for fields that are not facts."""
    for entry in entries:
        with _errors_named(entry.key):
            yield from entry.facts(context)
            if entry.key:
                entry.fields.refuse_unread()


def _context(root: Fields, programme: Fields, entries: list[_Entry]) -> FileContext:
    has_district = programme.get("district") is not None
    return FileContext(
        _undated_week(root, entries),
        programme.orgunit("district") if has_district else None,
        frozenset(entry.key for entry in entries if entry.key),
    )


def _undated_week(root: Fields, entries: Iterable[_Entry]) -> Period:
    """Undated facts belong to the week that the file names, or else that most dates fall in."""
    if root.get("week"):
        return Period.parse(str(root.get("week")))
    counts = Counter(map(Period.of_day, _days_in(entries)))
    if not counts:
        raise ValueError("no date anywhere: add `week: 2017-W06`")
    return max(sorted(counts), key=lambda week: counts[week])


def _days_in(entries: Iterable[_Entry]) -> Iterator[date]:
    for entry in entries:
        if entry.key:
            with _errors_named(entry.key):
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


def _refuse_duplicates(keys: Iterable[str]) -> None:
    duplicates = [key for key, count in Counter(keys).items() if count > 1]
    if duplicates:
        raise ValueError(f"{duplicates[0]}: this id is given twice")


def _weeks(facts: Iterable[Fact], week: Period) -> list[Period]:
    """The weeks in which the subjects of the facts reached their last state, and `week`."""
    last = {_subject(step): step.arguments["time"] for fact in facts for step in fact.steps}
    dated = {Period.of(datetime.fromisoformat(time)) for time in last.values()}
    return sorted(dated | {week})


def _subject(step: Step) -> str:
    """The id of the aggregate that a command creates or changes."""
    subject: str = step.arguments.get("id") or new_id(step.arguments["command_id"])
    return subject
