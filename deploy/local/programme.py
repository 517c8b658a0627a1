"""From a file of facts to the commands that enter them.

A fact is entered on its own day, through the RPC of the service that owns it. Command ids follow
from the fact, so that entering the same facts again changes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import yaml

from shared.aggregate import new_id
from shared.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES
from shared.events.relief import CHANNELS, CIRCUMSTANCES, ORDER_CATEGORIES, VISIT_KINDS
from shared.periods import SHANGHAI, Period, format_instant
from shared.quantities import Quantity, not_stated

ACTOR = "person:programme-office"
NOON = time(12)
KEYS = {"orders": "order", "visits": "visits", "clinics": "clinic"}
ORDER_DAYS = ("placed", "delivered", "confirmed")
DAYS = ("date", *ORDER_DAYS)
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
        entries = list(_entries(programme))
        week = _undated_week(programme, entries)
        facts = [fact for entry in entries for fact in _named(entry, _facts, week)]
    except ValueError as error:
        raise BadFacts(f"{path}: {error}") from error
    except (OSError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise BadFacts(f"{path}: {type(error).__name__}: {error}") from error
    return facts, _weeks(facts, week)


def _weeks(facts, week):
    dated = {Period.of(_last_time(fact)) for fact in facts}
    return sorted(dated | {week})


def _last_time(fact):
    return datetime.fromisoformat(fact.steps[-1].arguments["time"])


def _entries(programme):
    """(key, kind, fields) of everything in the file that is entered. Raises ValueError."""
    relief = programme.get("relief") or {}
    lists = {
        "orders": relief.get("orders"),
        "visits": relief.get("visits"),
        "clinics": programme.get("clinics"),
    }
    keys = set()
    for kind, entries in lists.items():
        for number, entry in enumerate(entries or [], 1):
            key = _key(kind, number, entry)
            if key in keys:
                raise ValueError(f"{key}: this id is given twice")
            keys.add(key)
            yield key, kind, entry


def _key(kind, number, entry):
    numbered = f"{KEYS[kind]}-{number}"
    if not isinstance(entry, dict):
        raise ValueError(f"{numbered}: must have named fields, not {entry!r}")
    return str(entry.get("id") or numbered)


def _named(entry, work, *arguments):
    """What `work` makes of an entry. Raises ValueError that names the fact."""
    key = entry[0]
    try:
        return list(work(*entry, *arguments))
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{key}: {error}") from error


def _undated_week(programme, entries):
    """Undated facts belong to the week that the file names, or else that most dates fall in."""
    if programme.get("week"):
        return Period.parse(str(programme["week"]))
    days = [day for entry in entries for day in _named(entry, _days)]
    if not days:
        raise ValueError("no date anywhere: add `week: 2017-W06`")
    counts = Counter(Period.of_day(day) for day in days)
    return max(sorted(counts), key=counts.get)


def _days(_key, _kind, entry):
    return [_day(entry, name) for name in DAYS if entry.get(name)]


def _day(entry, name):
    value = entry[name]
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: not a day like 2017-02-07: {value!r}") from None


def _needed(entry, name):
    if entry.get(name) in (None, "", []):
        raise ValueError(f"{name} is missing")
    return entry[name]


def _orgunit(entry):
    return str(_needed(entry, "orgunit"))


def _one_of(known, name, given):
    if given not in known:
        raise ValueError(f"{name}: {given!r} isn't one of {', '.join(known)}")
    return given


def _on(day):
    """Time, precision and entry of something known to the day."""
    return _when(day, "day")


def _in(week):
    """Time, precision and entry of something known to the week only."""
    return _when(week.first_day, "week")


def _when(day, precision):
    instant = datetime.combine(day, time.min, SHANGHAI)
    entered = datetime.combine(day, NOON, SHANGHAI)
    return {"time": format_instant(instant), "timeprecision": precision}, entered


def _dated(entry, name, week):
    return _on(_day(entry, name)) if entry.get(name) else _in(week)


def _quantity(entry, name, unit):
    """{count, qualifier}, or a bare number; not stated where the file says nothing."""
    given = entry.get(name)
    told = given if isinstance(given, dict) else {"count": given}
    if told.get("count") is None:
        return not_stated(unit).to_json()
    try:
        value, qualifier = _number(told["count"]), told.get("qualifier", "exact")
        return Quantity(value, qualifier, unit, told.get("stated")).to_json()
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _number(count):
    try:
        # By its text: a float's own digits are not those that were written.
        return Decimal(str(count))
    except InvalidOperation:
        raise ValueError(f"not a number: {count!r}") from None


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


def _facts(key, kind, entry, week):
    """The facts that an entry of the file holds."""
    if kind == "orders":
        yield _order(entry, key, week)
    elif kind == "clinics":
        yield _clinic(entry, key, week)
    else:
        yield _visits(entry, key, week)
        if _keeps_ledger(entry):
            yield _ledger(entry, "ledger-" + key.removeprefix("visits-"), week)


def _order(order, key, week):
    _check_order(order)
    story = _Story("relief", key)
    story.tell(
        "raise_order",
        _dated(order, "placed", week),
        orgunit=_orgunit(order),
        category=_category(order.get("category")),
        channel=_channel(order.get("channel") or ""),
        items=_needed(order, "items"),
        beneficiary=_beneficiary(order.get("beneficiary") or {}),
    )
    if order.get("served_by"):
        story.tell("claim_items", _claimed(order, week), department=order["served_by"])
    if order.get("delivered"):
        story.tell("deliver_order", _dated(order, "delivered", week))
    if order.get("confirmed"):
        story.tell("confirm_order", _dated(order, "confirmed", week))
    return story.fact


def _check_order(order):
    """Raises ValueError for a story that can't have happened."""
    told = [name for name in ORDER_DAYS if order.get(name)]
    for earlier, later in pairwise(told):
        if _day(order, later) < _day(order, earlier):
            raise ValueError(f"{later} before it was {earlier}")
    if told[-1:] == ["confirmed"] and "delivered" not in told:
        raise ValueError("confirmed, but delivered is missing")
    if "delivered" in told and not order.get("served_by"):
        raise ValueError("served_by is missing: an order that nobody claimed can't be delivered")


def _claimed(order, week):
    """Nobody says when it was claimed, only in which week: that of the delivery."""
    known = "delivered" if order.get("delivered") else "placed"
    if not order.get(known):
        return _in(week)
    day = _day(order, known)
    about, _ = _in(Period.of_day(day))
    return about, _on(day)[1]


def _category(given):
    """By code or Chinese name; food and the like where the file doesn't say."""
    names = {zh: code for code, (zh, _) in ORDER_CATEGORIES.items()}
    code = names.get(given, given or "daily_necessities")
    return _one_of(ORDER_CATEGORIES, "category", code)


def _channel(given):
    if given in CHANNELS:
        return given
    return "civil_affairs_office" if "民政" in given else "other"


def _beneficiary(given):
    told = {name: given[name] for name in ("name", "phone", "address", "age") if name in given}
    if given.get("circumstance"):
        told["circumstance"] = _circumstance(given["circumstance"])
    return told


def _circumstance(given):
    """By code or wording; other words are private and come down to "other"."""
    words = {word: code for code, names in CIRCUMSTANCES.items() for word in names}
    if "_" in given:
        return _one_of(CIRCUMSTANCES, "beneficiary.circumstance", given)
    return given if given in CIRCUMSTANCES else words.get(given, "other")


def _visits(visit, key, week):
    story = _Story("relief", key)
    story.tell(
        "record_visits",
        _dated(visit, "date", week),
        orgunit=_orgunit(visit),
        kind=_one_of(VISIT_KINDS, "kind", _needed(visit, "kind")),
        visits=_quantity(visit, "visits", "visit"),
    )
    return story.fact


def _keeps_ledger(visit):
    return visit["kind"] == "merchant" and "台账" in str(visit.get("what"))


def _ledger(visit, key, week):
    story = _Story("relief", key)
    story.tell(
        "declare_stock",
        _dated(visit, "date", week),
        orgunit=_orgunit(visit),
        stock="merchants",
        level=_quantity(visit, "merchants", "merchant"),
    )
    return story.fact


def _clinic(clinic, key, week):
    story = _Story("clinics", key)
    when = _dated(clinic, "date", week)
    story.tell(
        "plan_clinic",
        when,
        orgunit=_orgunit(clinic),
        venue=_needed(clinic, "venue"),
        planned_for=when[1].date().isoformat(),
    )
    story.tell("file_clinic", when)
    story.tell("hold_clinic", when, **_lists(clinic))
    story.tell("tally_clinic", when, **_figures(clinic))
    return story.fact


def _figures(clinic):
    return {name: _quantity(clinic, name, unit) for name, unit in CLINIC_FIGURES.items()}


def _lists(clinic):
    named = {
        target: clinic[source]["named"]
        for source, target in CLINIC_LISTS.items()
        if isinstance(clinic.get(source), dict) and clinic[source].get("named")
    }
    services = [_one_of(CLINIC_SERVICES, "services", code) for code in clinic.get("services") or []]
    return named | {"services": services, "next_steps": clinic.get("next") or []}
