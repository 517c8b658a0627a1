"""From facts to figures: a pure fold. Order and repetition of the events don't matter.

For each subject and indicator, the event with the highest `subjectsequence` among those that feed
the indicator decides, before periods are considered. Its contribution belongs to its own period and
unit, and to every unit above.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from services.supervision.figures.as_of import precedence, since_corrected
from services.supervision.indicators import EVER
from services.supervision.indicators.declare import Indicator
from services.supervision.indicators.rules import FedBy, Rules
from shared.contracts.event_times import in_time, period_of, week_of
from shared.domain.periods import Period, Week
from shared.domain.types import Event


class Contribution(NamedTuple):
    """The part of one subject in an indicator, in the periods from `first` until before `until`."""

    indicator: str
    orgunit: str
    first: Period
    until: Period | None
    # A Quantity; for a median, a whole number.
    value: Any
    event: Event

    def counts_in(self, period: Period) -> bool:
        return self.first <= period and (self.until is None or period < self.until)


def contributions(
    events: Collection[Event], rules: Rules, kind: type[Period] = Week
) -> list[Contribution]:
    """All contributions of one subject's events to periods of this kind, each event once."""
    return [*flows(events, rules, kind), *levels(events, rules, kind)]


def flows(
    events: Iterable[Event], rules: Rules, kind: type[Period] = Week
) -> Iterator[Contribution]:
    for indicator, decider, value in deciding_events(events, rules):
        first = period_of(decider, kind)
        yield Contribution(indicator.code, decider["orgunit"], first, first.next(), value, decider)


def counts(item: Contribution, rules: Rules) -> bool:
    """Is it in figures? A level is, however old; a flow since the programme's first week."""
    return EVER[item.indicator].since is not None or rules.counts(week_of(item.event))


def deciding_events(
    events: Iterable[Event], rules: Rules
) -> Iterator[tuple[Indicator, Event, Any]]:
    """(flow, deciding event, value) for each flow that one subject's events feed."""
    for indicator, feeding in by_indicator(events, rules.flows_fed_by):
        decider = feeding[0] if len(feeding) == 1 else max(feeding, key=precedence)
        value = indicator.take(decider["data"])
        if value is not None:
            yield indicator, decider, value


def has_levels(events: Iterable[Event], rules: Rules) -> bool:
    """Do any of these events feed a level?"""
    return any(event["type"] in rules.levels_fed_by for event in events)


def levels(
    events: Iterable[Event], rules: Rules, kind: type[Period] = Week
) -> Iterator[Contribution]:
    for indicator, feeding in by_indicator(events, rules.levels_fed_by):
        deciders = _deciders(feeding, kind)
        ends = [*(period for period, _ in deciders[1:]), None]
        for (first, decider), until in zip(deciders, ends, strict=True):
            since = indicator.since and indicator.since(decider["data"])
            if since is None:
                continue
            start = max(first, kind.of_day(since)) if since != date.min else first
            if until is None or start < until:
                value = indicator.take(decider["data"])
                yield Contribution(indicator.code, decider["orgunit"], start, until, value, decider)


def _deciders(events: list[Event], kind: type[Period]) -> list[tuple[Period, Event]]:
    """(period, event) pairs: the event that decides from that period on, at each period's end."""
    if len(events) == 1:
        return [(period_of(events[0], kind), events[0])]
    found: list[tuple[Period, Event]] = []
    for event in in_time(since_corrected(events), precedence):
        if found and precedence(event) < precedence(found[-1][1]):
            continue
        period = period_of(event, kind)
        if found and found[-1][0] == period:
            found.pop()
        found.append((period, event))
    return found


def by_indicator(
    events: Iterable[Event], indicators_of: FedBy
) -> list[tuple[Indicator, list[Event]]]:
    """Each indicator that some of the events feed, with those events."""
    feeding: dict[str, tuple[Indicator, list[Event]]] = {}
    for event in events:
        for indicator in indicators_of.get(event["type"], ()):
            feeding.setdefault(indicator.code, (indicator, []))[1].append(event)
    return list(feeding.values())
