"""What an assessment is computed from: figures of a folded half-year, and what was said of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from services.supervision.assessment.inputs import (
    Answer,
    Appeal,
    Exclusion,
    Figure,
    Inputs,
    Observation,
    Unit,
)
from services.supervision.assessment.rubric import Rubric
from services.supervision.assessment.rubric_checks import DECLARED
from services.supervision.briefing.completeness import had_to_report
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.table import absence, quantity
from services.supervision.figures.cells import effective
from services.supervision.figures.fold import Contribution
from services.supervision.indicators import EVER
from shared.domain.orgunits import path
from shared.domain.quantities import Quantity, exact, not_stated
from shared.domain.types import Event, Json


def inputs_of(folded: FoldedWeek, *rubrics: Rubric) -> Inputs:
    """Every figure that one of the rubrics needs, of the units that one of them has in a group, or
    that are excluded. The registry has to be loaded."""
    exclusions = tuple(_exclusions(folded))
    known = {it.orgunit for it in exclusions}.union(*(rubric.groups for rubric in rubrics))
    codes = [code for code in units_of(folded) if code in known]
    assessed = set(codes)
    announced = [it["announced_on"] for it in _last(folded, "supervision.scores")]
    return Inputs(
        period=str(folded.period),
        units=tuple(Unit(code, folded.units[code]["name"]) for code in codes),
        figures=tuple(_figures(folded, codes, rubrics)),
        observations=tuple(it for it in _observations(folded) if it.orgunit in assessed),
        exclusions=tuple(it for it in exclusions if it.orgunit in assessed),
        # A unit that was excluded after its appeal has no line that it could change.
        appeals=tuple(
            it
            for it in _appeals(folded)
            if it.orgunit in assessed - {excluded.orgunit for excluded in exclusions}
        ),
        announced_on=date.fromisoformat(announced[0]) if announced else None,
    )


def units_of(folded: FoldedWeek) -> list[str]:
    """The codes of the sub-districts that had to report in the half-year."""
    return [code for code in sorted(folded.units) if had_to_report(folded, code)]


def _figures(
    folded: FoldedWeek, codes: Iterable[str], rubrics: Iterable[Rubric]
) -> Iterator[Figure]:
    units = {source: it.units[source] for it in rubrics for source in it.sources}
    declared = {
        (event["orgunit"], event["data"]["figure"]): event
        for [*_, event] in folded.said["supervision.declared_figure"]
    }
    for source, unit in sorted(units.items()):
        if source.startswith(DECLARED):
            for code in codes:
                yield _declared(code, source, unit, declared.get((code, source)))
        else:
            events = _by_unit(folded, source)
            for code in codes:
                yield Figure(code, source, _counted(folded, source, code), events.get(code, ()))


def _declared(code: str, source: str, unit: str, event: Event | None) -> Figure:
    """A figure that is stated in another unit than the rubric's isn't this one."""
    if event is None or event["data"]["quantity"]["unit"] != unit:
        return Figure(code, source, not_stated(unit))
    return Figure(code, source, Quantity.from_json(event["data"]["quantity"]), (event["id"],))


def _counted(folded: FoldedWeek, source: str, code: str) -> Quantity:
    """A unit that had nothing to state has an exact 0; of nothing there is no median."""
    indicator = EVER[source]
    nothing = absence(folded.rules, indicator, folded.this, code) == "none"
    if nothing and indicator.fold != "median":
        return exact(0, indicator.unit)
    return quantity(indicator, folded.this.quantity(source, code))


def _by_unit(folded: FoldedWeek, source: str) -> Mapping[str, tuple[str, ...]]:
    """Unit → the ids of the events in its figure. Of the single records of a stock only the number
    is kept, because they are many."""
    territory = folded.this.territory
    above = territory.above if EVER[source].since else path
    found: defaultdict[str, list[Contribution]] = defaultdict(list)
    for item in folded.counted[source]:
        for unit in above(item.orgunit):
            found[unit].append(item)
    stock = EVER[source].fold == "stock"
    return {
        unit: tuple(item.event["id"] for item in (effective(items, territory) if stock else items))
        for unit, items in found.items()
    }


def _observations(folded: FoldedWeek) -> Iterator[Observation]:
    for event in folded.changed("supervision.observation", "recorded"):
        data = event["data"]
        yield Observation(
            event["subject"],
            event["orgunit"],
            data["criterion"],
            date.fromisoformat(data["observed_on"]),
            Decimal(data["score"]),
            tuple(data["observers"]),
            data["occasion"],
            (event["id"],),
        )


def _exclusions(folded: FoldedWeek) -> Iterator[Exclusion]:
    for events in folded.said["supervision.exclusion"]:
        last = events[-1]
        if last["data"]["status"] == "approved":
            yield Exclusion(
                last["orgunit"],
                last["data"]["reason"],
                last["data"]["approved_by"],
                date.fromisoformat(last["data"]["approved_on"]),
                _ids(events),
            )


def _appeals(folded: FoldedWeek) -> Iterator[Appeal]:
    for events in folded.said["supervision.appeal"]:
        data = events[-1]["data"]
        yield Appeal(
            events[-1]["subject"],
            events[-1]["orgunit"],
            data["criterion"],
            data["lodged_by"],
            date.fromisoformat(data["lodged_on"]),
            data["grounds"],
            _answer(data) if data["answered_by"] else None,
            _ids(events),
        )


def _answer(data: Json) -> Answer:
    points = data["points"]
    return Answer(
        data["answered_by"],
        date.fromisoformat(data["answered_on"]),
        data["status"],
        data["answer"],
        None if points is None else Decimal(points),
    )


def _last(folded: FoldedWeek, entity: str) -> list[Json]:
    """What is said last by each subject of an entity."""
    return [events[-1]["data"] for events in folded.said[entity]]


def _ids(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(event["id"] for event in events)
