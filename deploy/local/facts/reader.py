"""From a file of facts to the commands that enter them.

A fact is entered on its own day, through the RPC of the service that owns it. Command ids follow
from the fact, so that entering the same facts again changes nothing. What isn't understood is
refused: nothing in a file is dropped silently.
"""

from collections import Counter
from contextlib import contextmanager
from datetime import datetime

import yaml

from deploy.local.facts import clinics, inspections, jobfairs, oversight, relief, volunteering
from deploy.local.facts.fact_builder import Fact, Frame, Step
from deploy.local.facts.fields import Fields
from deploy.local.facts.unquoted_commas import rejoined
from shared.aggregates.aggregate import new_id
from shared.domain.periods import Period

__all__ = ["BadFacts", "Fact", "Step", "in_order", "read_facts"]

# Sections with fields of their own, and lists of entries: where in the file → the kind of entry.
SECTIONS = {
    "programme": oversight.section,
    "volunteering": volunteering.section,
    "relief": relief.section,
}
LISTS = {
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
# Days on which something happened: they tell which week the file is about.
DAYS = ("date", *relief.ORDER_DAYS)


class BadFacts(Exception):
    """The file of facts can't be used: says where and why."""


def read_facts(path):
    """(facts, weeks) of a programme file, the weeks in order. Raises BadFacts."""
    try:
        root = Fields(rejoined(yaml.safe_load(path.read_text(encoding="utf-8"))))
        sections = {name: root.part(name) for name in SECTIONS}
        entries = list(_entries(root, sections))
        _refuse_doubles(key for key, *_ in entries if key)
        frame = _frame(root, sections["programme"], entries)
        facts = list(_facts(entries, frame))
        root.refuse_unread()
        _refuse_doubles(fact.key for fact in facts)
    except ValueError as error:
        raise BadFacts(f"{path}: {error}") from error
    except (OSError, yaml.YAMLError) as error:
        raise BadFacts(f"{path}: {type(error).__name__}: {error}") from error
    return facts, _weeks(facts, frame.week)


def in_order(facts):
    """The commands of all facts, in the order in which they are entered."""
    return sorted((step for fact in facts for step in fact.steps), key=lambda step: step.entered)


def _entries(root, sections):
    """(key, fields, what makes facts of them) of everything that is entered. Raises ValueError."""
    for name, make in SECTIONS.items():
        yield None, sections[name], make
    for path, (prefix, make) in LISTS.items():
        *section, name = path.split(".")
        holder = sections[section[0]] if section else root
        for number, entry in enumerate(holder.many(name), 1):
            yield *_entry(f"{prefix}-{number}", entry), make


def _entry(numbered, entry):
    if not isinstance(entry, dict):
        raise ValueError(f"{numbered}: must have named fields, not {entry!r}")
    fields = Fields(entry)
    with _naming(numbered):
        return fields.code("id") or numbered, fields


@contextmanager
def _naming(key):
    """Errors say which entry they are about; those of a section say it themselves."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{key}: {error}" if key else str(error)) from error


def _facts(entries, frame):
    """The facts that the entries hold. Raises ValueError for what they say beside them."""
    for key, fields, make in entries:
        with _naming(key):
            yield from make(key, fields, frame)
            if key:
                fields.refuse_unread()


def _frame(root, programme, entries):
    told = programme.get("district") is not None
    return Frame(
        _undated_week(root, entries),
        programme.orgunit("district") if told else None,
        frozenset(key for key, *_ in entries if key),
    )


def _undated_week(root, entries):
    """Undated facts belong to the week that the file names, or else that most dates fall in."""
    if root.get("week"):
        return Period.parse(str(root.get("week")))
    counts = Counter(map(Period.of_day, _days_told(entries)))
    if not counts:
        raise ValueError("no date anywhere: add `week: 2017-W06`")
    return max(sorted(counts), key=counts.get)


def _days_told(entries):
    for key, fields, _ in entries:
        if key:
            with _naming(key):
                yield from _days(fields.given)


def _days(entry):
    """The days in an entry, however deep. Looking at them is no reading: Fields of its own."""
    values = entry.values() if isinstance(entry, dict) else entry
    if isinstance(entry, dict):
        yield from (Fields(entry).day(name) for name in DAYS if entry.get(name))
    for value in values:
        if isinstance(value, dict | list):
            yield from _days(value)


def _refuse_doubles(keys):
    doubles = [key for key, count in Counter(keys).items() if count > 1]
    if doubles:
        raise ValueError(f"{doubles[0]}: this id is given twice")


def _weeks(facts, week):
    """The weeks in which what the facts tell of came to its last state."""
    last = {_about(step): step.arguments["time"] for fact in facts for step in fact.steps}
    dated = {Period.of(datetime.fromisoformat(time)) for time in last.values()}
    return sorted(dated | {week})


def _about(step):
    return step.arguments.get("id") or new_id(step.arguments["command_id"])
