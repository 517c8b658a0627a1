"""From a file of facts to the commands that enter them.

A fact is entered on its own day, through the RPC of the service that owns it. Command ids follow
from the fact, so that entering the same facts again changes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time

import yaml

from shared.aggregate import new_id
from shared.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES
from shared.events.relief import CHANNELS, CIRCUMSTANCES, ORDER_CATEGORIES
from shared.periods import SHANGHAI, Period, format_instant

ACTOR = "person:programme-office"
NOON = time(12)
CLINIC_LISTS = {"institutions": "named_institutions", "departments": "named_departments"}


class BadFacts(Exception):
    """The file of facts can't be used: says where and why."""


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


def read_facts(path):
    """(facts, weeks) of a programme file, the weeks in order. Raises BadFacts."""
    try:
        programme = yaml.safe_load(path.read_text(encoding="utf-8"))
        week = _undated_week(programme)
        facts = [*_relief(programme.get("relief") or {}, week), *_clinics(programme, week)]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFacts(f"{path}: {type(error).__name__}: {error}") from error
    return facts, _weeks(facts, week)


def _weeks(facts, week):
    dated = {Period.of(_last_time(fact)) for fact in facts}
    return sorted(dated | {week})


def _last_time(fact):
    return datetime.fromisoformat(fact.steps[-1].arguments["time"])


def _undated_week(programme):
    """Undated facts belong to the week that the file names, or else that most dates fall in."""
    if programme.get("week"):
        return Period.parse(programme["week"])
    days = list(_dates(programme.get("relief"))) + list(_dates(programme.get("clinics")))
    if not days:
        raise ValueError("no date anywhere: add `week: 2017-W06`")
    counts = Counter(Period.of_day(day) for day in days)
    return max(sorted(counts), key=counts.get)


def _dates(part):
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("date", "placed", "delivered", "confirmed"):
                yield _day(value)
            else:
                yield from _dates(value)
    elif isinstance(part, list):
        for value in part:
            yield from _dates(value)


def _day(value):
    return value if isinstance(value, date) else date.fromisoformat(value)


def _on(value):
    """Time, precision and entry of something known to the day."""
    return _when(_day(value), "day")


def _in(week):
    """Time, precision and entry of something known to the week only."""
    return _when(week.first_day, "week")


def _when(day, precision):
    instant = datetime.combine(day, time.min, SHANGHAI)
    entered = datetime.combine(day, NOON, SHANGHAI)
    return {"time": format_instant(instant), "timeprecision": precision}, entered


def _dated(entry, week):
    return _on(entry["date"]) if entry.get("date") else _in(week)


def _quantity(entry, unit):
    """{count, qualifier}, or a bare number; not stated where the file says nothing."""
    if isinstance(entry, int):
        entry = {"count": entry}
    if not entry or entry.get("count") is None:
        return {"value": None, "qualifier": "not_stated", "unit": unit, "stated": None}
    return {
        "value": str(entry["count"]),
        "qualifier": entry.get("qualifier", "exact"),
        "unit": unit,
        "stated": entry.get("stated"),
    }


class _Story:
    """Collects the commands of one fact; the first creates what the others act on."""

    def __init__(self, service, key):
        self.service = service
        self.fact = Fact(key)

    def tell(self, method, when, **arguments):
        about, entered = when
        command_id = f"{self.fact.key}:{len(self.fact.steps) + 1}"
        if self.fact.steps:
            arguments["id"] = new_id(f"{self.fact.key}:1")
        self.fact.steps.append(
            Step(
                entered,
                self.service,
                method,
                {"command_id": command_id, "actor": ACTOR, **about, **arguments},
            )
        )


def _relief(relief, week):
    for number, order in enumerate(relief.get("orders") or [], 1):
        yield _order(order, order.get("id") or f"order-{number}", week)
    for number, visit in enumerate(relief.get("visits") or [], 1):
        yield _visits(visit, f"visits-{number}", week)
        if _keeps_ledger(visit):
            yield _ledger(visit, f"ledger-{number}", week)


def _order(order, key, week):
    story = _Story("relief", key)
    story.tell(
        "raise_order",
        _on(order["placed"]) if order.get("placed") else _in(week),
        orgunit=str(order["orgunit"]),
        category=_category(order.get("category")),
        channel=_channel(order.get("channel", "")),
        items=order["items"],
        beneficiary=_beneficiary(order.get("beneficiary") or {}),
    )
    served = order.get("served_by")
    if served:
        # Nobody says when it was claimed, only in which week: that of the delivery.
        day = _day(order.get("delivered") or order["placed"])
        about, _ = _in(Period.of_day(day))
        story.tell("claim_items", (about, _on(day)[1]), department=served)
    if order.get("delivered"):
        story.tell("deliver_order", _on(order["delivered"]))
    if order.get("confirmed"):
        story.tell("confirm_order", _on(order["confirmed"]))
    return story.fact


def _category(given):
    """By code or Chinese name; food and the like where the file doesn't say."""
    names = {zh: code for code, (zh, _) in ORDER_CATEGORIES.items()}
    return names.get(given, given or "daily_necessities")


def _channel(given):
    if given in CHANNELS:
        return given
    return "civil_affairs_office" if "民政" in given else "other"


def _beneficiary(given):
    known = {en: code for code, (_, en) in CIRCUMSTANCES.items()}
    told = {name: given[name] for name in ("name", "phone", "address", "age") if name in given}
    if given.get("circumstance"):
        told["circumstance"] = known.get(given["circumstance"], "other")
    return told


def _visits(visit, key, week):
    story = _Story("relief", key)
    story.tell(
        "record_visits",
        _dated(visit, week),
        orgunit=str(visit["orgunit"]),
        kind=visit["kind"],
        visits=_quantity(visit.get("visits"), "visit"),
    )
    return story.fact


def _keeps_ledger(visit):
    return visit["kind"] == "merchant" and "台账" in str(visit.get("what"))


def _ledger(visit, key, week):
    story = _Story("relief", key)
    story.tell(
        "declare_stock",
        _dated(visit, week),
        orgunit=str(visit["orgunit"]),
        stock="merchants",
        level=_quantity(visit.get("merchants"), "merchant"),
    )
    return story.fact


def _clinics(programme, week):
    for number, clinic in enumerate(programme.get("clinics") or [], 1):
        yield _clinic(clinic, clinic.get("id") or f"clinic-{number}", week)


def _clinic(clinic, key, week):
    story = _Story("clinics", key)
    when = _dated(clinic, week)
    story.tell(
        "plan_clinic",
        when,
        orgunit=str(clinic["orgunit"]),
        venue=clinic["venue"],
        planned_for=when[1].date().isoformat(),
    )
    story.tell("file_clinic", when)
    story.tell("hold_clinic", when, **_lists(clinic))
    story.tell("tally_clinic", when, **_figures(clinic))
    return story.fact


def _figures(clinic):
    return {name: _quantity(clinic.get(name), unit) for name, unit in CLINIC_FIGURES.items()}


def _lists(clinic):
    named = {
        target: clinic[source]["named"]
        for source, target in CLINIC_LISTS.items()
        if isinstance(clinic.get(source), dict) and clinic[source].get("named")
    }
    services = [code for code in clinic.get("services") or [] if code in CLINIC_SERVICES]
    return named | {"services": services, "next_steps": clinic.get("next") or []}
