"""Whom the rules of a commendation nominate. The same figures in any order give the same list."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.supervision.commendation.rules import MOST, Category, CommendationRules, Rule
from shared.contracts.events.nominations import COMMUNITY, STATION, SUBDISTRICT, TEAM, VOLUNTEER
from shared.domain.quantities import Quantity, Sum
from shared.domain.types import Event

# Kinds that are org units: the number of digits of their codes.
UNIT_DIGITS = {SUBDISTRICT: 9, COMMUNITY: 12}


class Grouped(NamedTuple):
    """The indicator that is counted for single subjects, and the field of its events with their
    ids."""

    indicator: str
    field: str


GROUPED = {
    TEAM: Grouped("volunteering.activities_completed", "team"),
    STATION: Grouped("volunteering.activities_completed", "station"),
    VOLUNTEER: Grouped("volunteering.hours_verified", "volunteer"),
}


class Counted(NamedTuple):
    """An event that an indicator counts in the year, and what it adds."""

    event: Event
    quantity: Quantity


@dataclass(frozen=True)
class Candidate:
    """`evidence` are the ids of all events in the figure, in the order of their times. `orgunit` is
    the unit of most of them."""

    category: str
    subject: str
    orgunit: str
    figure: Quantity
    evidence: tuple[str, ...]


def nominate(rules: CommendationRules, counted: Mapping[str, Iterable[Counted]]) -> list[Candidate]:
    """Whom the rules nominate, by category, the best first. `counted` maps each indicator to what
    it counts in the year."""
    return [
        candidate
        for category in rules.categories
        if category.rule
        for candidate in _of_category(
            category, category.rule, counted.get(category.rule.indicator, ())
        )
    ]


def _of_category(category: Category, rule: Rule, counted: Iterable[Counted]) -> list[Candidate]:
    by_subject: defaultdict[str, list[Counted]] = defaultdict(list)
    for item in counted:
        if subject := _subject(category.kind, item.event):
            by_subject[subject].append(item)
    found = [_candidate(category, subject, items) for subject, items in by_subject.items()]
    enough = [it for it in found if it.figure.value is not None and it.figure.value >= rule.least]
    ordered = sorted(enough, key=lambda it: (-(it.figure.value or 0), it.subject))
    if len(ordered) <= rule.best:
        return ordered
    last = ordered[rule.best - 1].figure.value or 0
    equal = [it for it in ordered if (it.figure.value or 0) >= last]
    return equal if len(equal) <= MOST else [it for it in equal if (it.figure.value or 0) > last]


def _subject(kind: str, event: Event) -> str | None:
    """For whom the event counts; None where for nobody of this kind."""
    if kind in UNIT_DIGITS:
        digits = UNIT_DIGITS[kind]
        code: str = event["orgunit"]
        return code[:digits] if len(code) >= digits else None
    named: str | None = event["data"].get(GROUPED[kind].field)
    return named


def _candidate(category: Category, subject: str, items: list[Counted]) -> Candidate:
    ordered = sorted(items, key=lambda it: (it.event["time"], it.event["id"]))
    of_unit = category.kind in UNIT_DIGITS
    return Candidate(
        category.code,
        subject,
        subject if of_unit else _unit_of_most([item.event["orgunit"] for item in ordered]),
        Sum.total_of([item.quantity for item in ordered]).quantity(),
        tuple(item.event["id"] for item in ordered),
    )


def _unit_of_most(units: list[str]) -> str:
    """The unit that is there most often; of equals the first by code."""
    return min(set(units), key=lambda unit: (-units.count(unit), unit))
