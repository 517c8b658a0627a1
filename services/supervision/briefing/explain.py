"""From a figure to its events: those in it, and those left out, with the reason."""

from collections.abc import Callable, Iterable
from operator import itemgetter

from services.supervision.figures.cells import effective
from services.supervision.figures.fold import Contribution, contributions, counts
from services.supervision.figures.territory import UNCHANGED, Territory
from services.supervision.indicators.rules import Rules
from shared.contracts.event_times import period_of, week_of
from shared.domain.orgunits import path
from shared.domain.periods import Period
from shared.domain.types import Event, Json
from shared.domain.wording import LANGUAGES, say

NOT_COUNTED = "its state doesn't count in this figure"
TOO_EARLY = "before the programme's first week"


def explain(
    period: Period,
    code: str,
    orgunit: str,
    rules: Rules,
    subjects: Iterable[list[Event]],
    territory: Territory = UNCHANGED,
) -> Json:
    """The events of one cell of an issue, by its own rules.

    `included` are those that count. `left_out` are other events that feed the indicator, of the
    period or of an included subject, each with the reason. `territory` is that of the period's end.
    """
    above = territory.above if rules.indicators[code].since else path
    found: list[Contribution] = []
    left_out: list[Json] = []
    for events in subjects:
        feeding = [event for event in events if event["type"] in rules.indicators[code].feeds]
        counted = _counted(feeding, period, code, rules)
        counted = {id: item for id, item in counted.items() if orgunit in above(item.orgunit)}
        found += counted.values()
        last = max(feeding, key=itemgetter("subjectsequence"), default=None)
        for event in feeding:
            if event["id"] not in counted and (counted or period_of(event, type(period)) == period):
                reason = _reason(event, last or event, above, orgunit)
                if reason == NOT_COUNTED and _is_early(event, code, rules):
                    reason = TOO_EARLY
                left_out.append(_reference(event) | {"reason": reason})
    included = {item.event["id"]: item for item in effective(found, territory)}
    left_out += [
        _reference(item.event) | {"reason": _not_standing(item, territory)}
        for item in found
        if item.event["id"] not in included
    ]
    return {
        "period": str(period),
        "indicator": code,
        "orgunit": orgunit,
        "included": sorted(
            (_reference(item.event) | _value(item) for item in included.values()), key=_by_time
        ),
        "left_out": sorted(left_out, key=_by_time),
    }


def _counted(
    feeding: list[Event], period: Period, code: str, rules: Rules
) -> dict[str, Contribution]:
    return {
        item.event["id"]: item
        for item in contributions(feeding, rules, type(period))
        if item.indicator == code and item.counts_in(period) and counts(item, rules)
    }


def _reference(event: Event) -> Json:
    names = (
        "id",
        "type",
        "subject",
        "subjectsequence",
        "source",
        "sourcesequence",
        "orgunit",
        "time",
        "timeprecision",
        "recordedtime",
    )
    # Only of an event with unlikely values that were confirmed.
    return {name: event[name] for name in (*names, "confirmed") if name in event}


def _value(item: Contribution) -> Json:
    if isinstance(item.value, int):
        return {"value": {lang: str(item.value) for lang in LANGUAGES}}
    return {"value": {lang: say(item.value, lang) for lang in LANGUAGES}}


def _not_standing(item: Contribution, territory: Territory) -> str:
    unit = item.orgunit
    if unit not in territory.above(unit):
        return f"{unit} is no more"
    return "another declaration stands"


def _is_early(event: Event, code: str, rules: Rules) -> bool:
    """The programme's first month has days before its first week, on which no flow counts."""
    return rules.indicators[code].since is None and not rules.counts(week_of(event))


def _reason(event: Event, last: Event, above: Callable[[str], list[str]], orgunit: str) -> str:
    if last["subjectsequence"] > event["subjectsequence"]:
        return f"superseded by {last['id']} ({last['type']})"
    holders = above(event["orgunit"])
    if orgunit not in holders:
        return f"belongs to {holders[0]}"
    return NOT_COUNTED


def _by_time(entry: Json) -> tuple[str, str]:
    return entry["time"], entry["id"]
