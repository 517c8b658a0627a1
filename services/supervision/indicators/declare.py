"""How an indicator is declared: code, unit, labels, definition, the events that feed it, its fold.

A *flow* counts what happened in a week; a *level* is what stands at the week's end. `take`
gives the contribution of a subject's deciding event: a quantity, a number of days, or None.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shared.domain.quantities import Quantity, exact
from shared.domain.types import Json

# Versions of the rules, the oldest first: all are kept, because an issue is computed by its own. A
# release that changes what an indicator counts adds one; the last one is the present one.
VERSIONS = ("2017-3", "2026-1")

# What an indicator counts decides what the public edition prints of it (decision 25). It is the
# same in all declarations of a code.
# Stations, clinics, findings: all figures are public.
THINGS = "things"
# Persons, or what was done for single residents: small figures are suppressed.
PEOPLE = "people"
# A measure of single persons' records, such as hours: figures of few records are suppressed.
RECORDS = "records"
# A figure that would give others back: always suppressed.
INTERNAL = "internal"

# From the `data` of a subject's deciding event: the day from which it counts.
Since = Callable[[Json], date | None]


@dataclass(frozen=True)
class Way:
    """Where a contribution is found in the `data` of its event, for those who check it outside.

    The way holds if each field in `where` has one of the values there; a missing field is null. The
    contribution is then `count`, or the quantity `reported`, or the number of `days` from one day
    to another, if both are known and in this order.
    """

    where: Mapping[str, Collection[Any]] = field(default_factory=dict)
    count: int | None = None
    reported: str | None = None
    days: tuple[str, str] | None = None


@dataclass(frozen=True, eq=False)
class Take:
    """From the `data` of a subject's deciding event: its contribution, or None.

    `ways` say the same as data: the first one that holds gives the contribution, and where none
    does there is none.
    """

    rule: Callable[[Json], Quantity | int | None]
    ways: tuple[Way, ...]

    def __call__(self, data: Json) -> Quantity | int | None:
        return self.rule(data)


NOT_WITHDRAWN = {"withdrawn": (None, False)}


@dataclass(frozen=True)
class Indicator:
    """Without any event, a `recorded` indicator is 0 and another one is not stated.

    In the definitions, names in braces stand for the words of the report's period, such as
    {this} for 本周 or "this week": a definition is the same for every kind of report.

    `fold` is sum (of quantities), median (of whole numbers) or stock (a declared stock, or else the
    sum of single records). `since` makes the indicator a level: it gives the day from which the
    deciding event's state counts.

    It holds from the rules `first` on, and until before the rules `until`. A change of `feeds`,
    `take` or `since` is a second declaration with the same code: unit and fold never change.
    """

    code: str
    unit: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    feeds: frozenset[str]
    take: Take
    fold: str = "sum"
    recorded: bool = True
    since: Since | None = None
    # Of figures about something that may not have been there at all, such as a clinic: the
    # indicator that counts it, and the words for a week without one.
    about: str | None = None
    nothing: tuple[str, str] | None = None
    # Not printed: it is counted for a share of the ranking only.
    printed: bool = True
    first: str = VERSIONS[0]
    until: str | None = None
    # Protected unless it is declared otherwise.
    counts: str = PEOPLE

    @property
    def service(self) -> str:
        return self.code.split(".", 1)[0]

    def holds(self, version: str) -> bool:
        """Is it an indicator of these rules?"""
        return holds(version, self.first, self.until)


def holds(version: str, first: str, until: str | None) -> bool:
    """Does something declared from rules `first` on, until before rules `until`, hold in this
    version?"""
    ends = VERSIONS.index(until) if until else len(VERSIONS)
    return VERSIONS.index(first) <= VERSIONS.index(version) < ends


def types(prefix: str, *verbs: str) -> frozenset[str]:
    """The event types of an entity: `types("relief.order", "raised", "claimed")`."""
    return frozenset(f"{prefix}.{verb}" for verb in verbs)


def one(unit: str, *statuses: str) -> Take:
    """Each subject counts as one; with `statuses`, only while it has one of them."""
    counted = exact(1, unit)
    return Take(
        lambda data: counted if not statuses or data["status"] in statuses else None,
        (Way(_status_in(statuses), count=1),),
    )


def quantity(name: str, *statuses: str) -> Take:
    """The reported figure `name`; with `statuses`, only while the subject has one of them."""

    def take(data: Json) -> Quantity | None:
        counts = not statuses or data["status"] in statuses
        return Quantity.from_json(data[name]) if counts else None

    return Take(take, (Way(_status_in(statuses), reported=name),))


def _status_in(statuses: Collection[str]) -> dict[str, tuple[str, ...]]:
    return {"status": tuple(statuses)} if statuses else {}


def unless_withdrawn(rule: Callable[[Json], Any]) -> Callable[[Json], Any]:
    """A rule that holds while the subject isn't withdrawn as entered by mistake."""
    return lambda data: None if data.get("withdrawn") else rule(data)


def taken_unless_withdrawn(take: Take) -> Take:
    """The same contribution while the subject isn't withdrawn as entered by mistake."""
    ways = tuple(replace(way, where={**way.where, **NOT_WITHDRAWN}) for way in take.ways)
    return Take(unless_withdrawn(take.rule), ways)


def with_corrections(item: Indicator, corrections: frozenset[str]) -> list[Indicator]:
    """An indicator of released rules, and its declaration from the rules 2026-1 on, by which it is
    fed by corrections too, and what was withdrawn doesn't count."""
    corrected = replace(
        item,
        feeds=item.feeds | corrections,
        take=taken_unless_withdrawn(item.take),
        since=unless_withdrawn(item.since) if item.since else None,
        first="2026-1",
    )
    return [replace(item, until="2026-1"), corrected]


def while_in(*statuses: str) -> Since:
    """A level from the event on, as long as the subject has one of `statuses`."""
    return lambda data: date.min if data["status"] in statuses else None


def stock(
    code: str,
    unit: str,
    zh: str,
    en: str,
    name: str,
    recorded: frozenset[str],
    standing: Collection[str] = (),
    counts: str = THINGS,
) -> list[Indicator]:
    """A stock: declared as `name`, or the sum of single records by the event types `recorded`.

    A record counts while its status is one of `standing`; always, where that is empty.
    """
    service = code.split(".", 1)[0]
    entity = next(iter(recorded)).rsplit(".", 1)[0]
    declared = f"{service}.stock.declared"

    def since(data: Json) -> date | None:
        return None if data.get("stock", name) != name else date.min

    def take(data: Json) -> Quantity:
        if "stock" in data:
            return Quantity.from_json(data["level"])
        # A closed one counts as 0, which is not the same as "not stated".
        return exact(int(not standing or data["status"] in standing), unit)

    item = Indicator(
        code,
        unit,
        zh,
        en,
        f"截至{{end}}的{zh}数；已申报总数的以申报为准，其余按逐条登记计",
        f"{en} at {{end}}: as declared by the unit, otherwise as recorded one by one",
        recorded | {declared},
        Take(take, tuple(_ways_of_stock(name, standing))),
        fold="stock",
        recorded=False,
        since=since,
        counts=counts,
    )
    corrections = frozenset({f"{entity}.corrected", f"{service}.stock.withdrawn"})
    return with_corrections(item, corrections)


def _ways_of_stock(name: str, standing: Collection[str]) -> Iterable[Way]:
    yield Way({"stock": (name,)}, reported="level")
    yield Way({"stock": (None,), **_status_in(standing)}, count=1)
    yield Way({"stock": (None,)}, count=0)
