"""What the figures have to be, from the ledger alone: no event, no fold, no service."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from statistics import median

from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.contracts.events.jobfairs import FAIR_FIGURES

WEEKS = ("2017-W06", "2017-W07")


def expected(ledger):
    """(week, indicator, unit) → value as text, None for one that nobody stated; of every cell that
    an acknowledged command feeds."""
    cells = defaultdict(list)
    for history in ledger.histories().values():
        unit = history[0].command.arguments["orgunit"]
        for indicator, week, value in _counted(Subject(history)):
            for digits in (6, 9, 12):
                if digits <= len(unit):
                    cells[week, indicator, unit[:digits]].append(value)
    return {key: _text(key[1], values) for key, values in cells.items()}


def _text(indicator, values):
    stated = [Decimal(value) for value in values if value is not None]
    if not stated:
        return None
    whole = median(stated) if indicator.endswith("_median") else sum(stated)
    return format(whole.normalize(), "f")


class Subject:
    """What was done to one aggregate: each method with its arguments, the last time of each."""

    def __init__(self, history):
        self.first = history[0].command.method
        self.done = {entry.command.method: entry.command.arguments for entry in history}

    def week(self, method):
        """When it was done; None where it wasn't."""
        if method not in self.done:
            return None
        year, week, _ = self.day(method).isocalendar()
        return f"{year}-W{week:02}"

    def day(self, method):
        return date.fromisoformat(self.done[method]["time"][:10])

    def value(self, method, name):
        return self.done[method][name]["value"]

    def standing(self, begin, end):
        """(week, stands) for each week from the one of `begin` on; not from that of `end` on."""
        ended = self.week(end)
        for week in WEEKS:
            if week >= self.week(begin):
                yield week, ended is None or week < ended


def _counted(subject):
    """(indicator, week, value) of everything that counts in some week."""
    yield from _KINDS.get(subject.first, _nothing)(subject)


def _nothing(subject):
    return ()


def _flow(subject, indicator, method):
    if method in subject.done:
        yield indicator, subject.week(method), 1


def _visits(subject):
    last = "correct_visits" if "correct_visits" in subject.done else "record_visits"
    if not subject.done[last].get("withdrawn"):
        kind = subject.done["record_visits"]["kind"]
        yield f"relief.visits_{kind}", subject.week(last), subject.value(last, "visits")


def _order(subject):
    yield from _flow(subject, "relief.orders_raised", "raise_order")
    yield from _flow(subject, "relief.orders_claimed", "claim_items")
    yield from _flow(subject, "relief.orders_delivered", "deliver_order")
    yield from _flow(subject, "relief.orders_confirmed", "confirm_order")
    if "deliver_order" in subject.done:
        days = (subject.day("deliver_order") - subject.day("raise_order")).days
        yield "relief.days_to_deliver_median", subject.week("deliver_order"), days


def _merchant(subject):
    for week, stands in subject.standing("register_merchant", "close_merchant"):
        yield "relief.merchants_registered", week, int(stands)


def _activity(subject):
    methods = ("correct_activity", "complete_activity", "report_activity")
    last = next((method for method in methods if method in subject.done), None)
    if last and not subject.done[last].get("withdrawn"):
        yield "volunteering.activities_completed", subject.week(last), 1
        number = subject.value(last, "participants")
        yield "volunteering.participants", subject.week(last), number


def _gathering(subject):
    number = subject.value("hold_gathering", "gatherings")
    yield "volunteering.gatherings_held", subject.week("hold_gathering"), number


def _volunteer(subject):
    for week, stands in subject.standing("register_volunteer", "deregister_volunteer"):
        yield "volunteering.volunteers_registered", week, int(stands)


def _hours(subject):
    if "verify_hours" in subject.done:
        number = subject.value("record_hours", "hours")
        yield "volunteering.hours_verified", subject.week("verify_hours"), number


def _occasion(prefix, held, told, figures):
    """Something that is held first, and its `figures` told afterwards."""

    def count(subject):
        if held not in subject.done:
            return
        week = subject.week(held)
        yield f"{prefix}s_held", week, 1
        for name in figures:
            number = subject.value(told, name) if told in subject.done else None
            yield f"{prefix.split('.')[0]}.{name}", week, number

    return count


def _hires(subject):
    yield "jobfairs.hires", subject.week("record_hires"), subject.value("record_hires", "hires")


def _finding(subject):
    yield from _flow(subject, "supervision.findings_reported", "report_finding")
    yield from _flow(subject, "supervision.findings_closed", "close_finding")


def _action(subject):
    for week, stands in subject.standing("assign_action", "close_action"):
        if stands:
            yield "supervision.actions_open", week, 1


# By the command that a subject begins with. Of a clinic's hours and a fair's consultations there is
# no indicator.
_KINDS = {
    "record_visits": _visits,
    "raise_order": _order,
    "register_merchant": _merchant,
    "publish_activity": _activity,
    "report_activity": _activity,
    "hold_gathering": _gathering,
    "register_volunteer": _volunteer,
    "record_hours": _hours,
    "plan_clinic": _occasion(
        "clinics.clinic", "hold_clinic", "tally_clinic", set(CLINIC_FIGURES) - {"hours"}
    ),
    "plan_fair": _occasion(
        "jobfairs.fair", "hold_fair", "reconcile_fair", set(FAIR_FIGURES) - {"consultations"}
    ),
    "record_hires": _hires,
    "report_finding": _finding,
    "assign_action": _action,
}
