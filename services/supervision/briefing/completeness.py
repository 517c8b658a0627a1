"""Completeness: who had to report the period, who did, and whether facts and seals agree.

Silence, a nil report and an exemption are three different things.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from services.supervision.briefing.period_words import pair_of_kind
from services.supervision.figures.as_of import apply_corrections, is_taken_back, precedence
from services.supervision.indicators.rules import (
    CORRECTED_UNIT,
    SEALED_AFTER_CUTOFF,
    VALID_ON_ANY_DAY,
    Rules,
)
from shared.contracts.event_times import happened, period_of
from shared.contracts.events.oversight import REPORTED_SERVICES
from shared.contracts.reports import is_report
from shared.contracts.week_summary import SEALED, WeekSummary
from shared.domain.orgunits import SUBDISTRICT, path, valid_between, valid_on
from shared.domain.periods import Period, Week
from shared.domain.service_names import NAMES
from shared.domain.types import Event, Json

ON_TIME, LATE, NIL, SILENT, EXEMPT = STATES = ("on_time", "late", "nil", "silent", "exempt")

# The reasons why a service isn't reconciled.
PROBLEMS = {
    "no_answer": ("未应答", "did not answer"),
    "missing": ("有事件缺失或未能读取", "events are missing or could not be read"),
    "log_behind": (
        "日志少于已收到的事实（数据库取自较早的备份），须先补齐",
        "its log has less than was received from it: bring it forward",
    ),
    "not_sealed": ("未封账", "has not sealed the {period}"),
    "sealed_early": ("截止时刻之前封账，须重新起草", "was sealed before the cut-off; draft again"),
    "differs": ("与封账不符", "the facts differ from its seal"),
    "more_since": ("封账后又有新事实", "more came after its seal"),
}


class WeekReports:
    """What was reported of one period, and by whom, by these rules. Add the events of every
    subject."""

    def __init__(self, period: Period, rules: Rules) -> None:
        self.period = period
        self.rules = rules
        self._events: defaultdict[str, WeekSummary] = defaultdict(WeekSummary)
        self._seals: dict[str, Event] = {}
        self._first: dict[tuple[str, str], datetime] = {}
        self._nil: set[tuple[str | None, str]] = set()
        self._weeks = frozenset(period.weeks())
        # Unit and service → the weeks of the period in which the unit is exempt.
        self._exempt: defaultdict[tuple[str | None, str], set[Week]] = defaultdict(set)

    def add(self, events: Collection[Event]) -> None:
        for event in events:
            if event["type"].endswith(SEALED):
                self._keep_seal(event)
            elif self._contains(event):
                self._events[_service(event)].add(event)
        last = max(events, key=lambda event: event["subjectsequence"])
        kind = last["type"].split(".", 1)[1]
        if kind == "nil.reported":
            self._keep_nil(last)
        elif last["type"].startswith("supervision.reporter."):
            self._keep_exemption(last)
        else:
            self._keep_first(events)

    def problem(self, service: str, incomplete: Mapping[str, str]) -> str | None:
        """Why the service isn't reconciled, a key of PROBLEMS; None when it is."""
        if service in incomplete:
            return incomplete[service]
        seal = self._seals.get(service)
        if seal is None:
            return "not_sealed"
        if self._is_early(seal):
            return "sealed_early"
        events = self._events[service]
        if events.last > seal["data"]["last"]:
            return "more_since"
        found = events.content()
        same = all(found[name] == seal["data"][name] for name in ("events", "digest"))
        return None if same else "differs"

    def _is_early(self, seal: Event) -> bool:
        """Was it made while the period could still be reported in time?"""
        must_wait = self.rules.has(SEALED_AFTER_CUTOFF)
        return must_wait and happened(seal, "recordedtime") < self.period.cutoff

    def events(self, service: str) -> int:
        """How many events of the service happened in the period."""
        return self._events[service].events

    def state(self, unit: str, service: str) -> str:
        """Whether and when a sub-district reported to a service: one of STATES."""
        first = self._first.get((unit, service))
        if first is not None:
            return ON_TIME if first <= self.period.cutoff else LATE
        if (unit, service) in self._nil:
            return NIL
        return EXEMPT if self._exempt[unit, service] >= self._weeks else SILENT

    def reported(self, unit: str) -> bool:
        states = {self.state(unit, service) for service in REPORTED_SERVICES}
        return bool(states - {SILENT, EXEMPT})

    def _keep_seal(self, event: Event) -> None:
        if event["data"].get("period") == str(self.period):
            service = _service(event)
            known = self._seals.get(service)
            if known is None or known["subjectsequence"] < event["subjectsequence"]:
                self._seals[service] = event

    def _keep_nil(self, event: Event) -> None:
        week = Week.parse(event["data"]["period"])
        if week in self._weeks and event["data"]["status"] == "reported":
            self._nil.add((_subdistrict(event["orgunit"]), _service(event)))

    def _keep_exemption(self, event: Event) -> None:
        data, unit = event["data"], _subdistrict(event["orgunit"])
        first, last = (data[name] and Week.parse(data[name]) for name in ("first", "last"))
        weeks = {week for week in self._weeks if first <= week and (not last or week <= last)}
        for service in data["services"]:
            self._exempt[unit, service] |= weeks

    def _keep_first(self, events: Collection[Event]) -> None:
        """Keep when the subject was first reported, if it still belongs to the period."""
        counting = list(filter(self._counts, events))
        if not counting or is_taken_back(events):
            return
        if not any(map(self._counts, apply_corrections(events))):
            return
        for event in counting:
            unit = _subdistrict(self._unit_of(event, events))
            if unit:
                key = (unit, _service(event))
                entered = happened(event, "recordedtime")
                self._first[key] = min(self._first.get(key, entered), entered)

    def _unit_of(self, event: Event, events: Collection[Event]) -> str:
        """The unit of the event, or the one that the last later correction of the subject names."""
        later = [other for other in events if precedence(other) > precedence(event)]
        corrections = [other for other in later if other["type"].endswith(".corrected")]
        if not self.rules.has(CORRECTED_UNIT):
            corrections = []
        return str(max(corrections, key=precedence, default=event)["orgunit"])

    def _counts(self, event: Event) -> bool:
        return self._contains(event) and is_report(event)

    def _contains(self, event: Event) -> bool:
        return period_of(event, type(self.period)) == self.period


class ReportingWeek(Protocol):
    """The part of a folded period that completeness needs."""

    period: Period
    reports: WeekReports
    units: dict[str, Json]


def completeness(week: ReportingWeek, freeze: Json) -> Json:
    """The briefing's part on who reported; `freeze` says which sources are incomplete."""
    services = [_of_service(week.reports, service, freeze["incomplete"]) for service in NAMES]
    units = [_of_unit(week, code) for code in sorted(week.units) if had_to_report(week, code)]
    return {
        "services": services,
        "reconciled": sum(row["problem"] is None for row in services),
        "of": len(services),
        "units": units,
        "summary": {service: _count(units, service) for service in REPORTED_SERVICES},
        "silent": _silent(units),
    }


def reported_to(completeness: Json, service: str) -> bool:
    """Has any unit reported to the service, in whatever way?"""
    count = completeness["summary"][service]
    return any(count[state] for state in (ON_TIME, LATE, NIL))


def that_reported(completeness: Json) -> int:
    """How many units have reported to any service; a unit that is exempt everywhere hasn't."""
    units, silent = completeness["units"], completeness["silent"]["everywhere"]
    exempt = sum(set(unit["reports"].values()) == {EXEMPT} for unit in units)
    return len(units) - len(silent) - exempt


def _of_service(reports: WeekReports, service: str, incomplete: Mapping[str, str]) -> Json:
    zh, en = NAMES[service]
    problem = reports.problem(service, incomplete)
    return {
        "service": service,
        "title": {"zh": zh, "en": en},
        "complete": service not in incomplete,
        "sealed": problem is None,
        "events": reports.events(service),
        "problem": problem,
        "why": _why(problem, type(reports.period)) if problem else None,
    }


def _why(problem: str, kind: type[Period]) -> Json:
    zh, en = pair_of_kind(PROBLEMS[problem], kind)
    return {"zh": zh, "en": en}


def had_to_report(week: ReportingWeek, code: str) -> bool:
    """Was the unit a sub-district that was valid in the period? One that was dissolved on an
    unknown day had to report if it did."""
    unit = week.units[code]
    if len(code) != SUBDISTRICT:
        return False
    if unit["retired"] and unit["valid_to"] is None:
        return week.reports.reported(code)
    return was_valid(unit, week.period, week.reports.rules)


def was_valid(unit: Json, period: Period, rules: Rules) -> bool:
    """Was the unit valid in the period?"""
    first, last = period.first_day, period.last_day
    if rules.has(VALID_ON_ANY_DAY):
        return valid_between(unit, first, last)
    return valid_on(unit, first) or valid_on(unit, last)


def _of_unit(week: ReportingWeek, code: str) -> Json:
    reports = {service: week.reports.state(code, service) for service in REPORTED_SERVICES}
    return {"orgunit": code, "unit": week.units[code]["name"], "reports": reports}


def _silent(units: Iterable[Json]) -> Json:
    """The names of the units that were silent: `everywhere`, and those that were so to some
    services."""
    quiet = [unit for unit in units if set(unit["reports"].values()) == {SILENT}]
    others = [unit for unit in units if unit not in quiet]
    to_some = {
        service: [unit["unit"] for unit in others if unit["reports"][service] == SILENT]
        for service in REPORTED_SERVICES
    }
    return {"everywhere": [unit["unit"] for unit in quiet], "to_some": to_some}


def _count(units: Iterable[Json], service: str) -> dict[str, int]:
    counts = Counter(unit["reports"][service] for unit in units)
    return {state: counts[state] for state in STATES}


def _service(event: Event) -> str:
    return str(event["type"].split(".", 1)[0])


def _subdistrict(code: str) -> str | None:
    """The sub-district of a unit; None for the district itself."""
    return next((unit for unit in path(code) if len(unit) == SUBDISTRICT), None)
