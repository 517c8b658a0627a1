"""What the figures have to be, from the ledger alone: no event, no fold, no service."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from statistics import median

from shared.contracts.events.clinics import CLINIC_FIGURES
from shared.contracts.events.jobfairs import FAIR_FIGURES

# The weeks of chaos.
WEEKS = ("2017-W06", "2017-W07")


def expected(ledger):
    """(week, indicator, unit) → value as text, None for one that nobody stated; of every cell that
    an acknowledged command feeds. Levels are told for WEEKS alone, and where a unit stays what it
    is."""
    cells = defaultdict(list)
    for history in ledger.histories().values():
        subject = Subject(history)
        for indicator, in_week, value in _counted(subject):
            unit = subject.unit
            for digits in (6, 9, 12):
                if digits <= len(unit):
                    cells[in_week, indicator, unit[:digits]].append(value)
    return {key: _text(key[1], values) for key, values in cells.items()}


def _text(indicator, values):
    stated = [Decimal(value) for value in values if value is not None]
    if not stated:
        return None
    whole = median(stated) if indicator.endswith("_median") else sum(stated)
    return format(whole.normalize(), "f")


class Subject:
    """What was done to one aggregate: (method, arguments) in their order."""

    def __init__(self, history):
        self.steps = [(entry.command.method, entry.command.arguments) for entry in history]
        self.first = self.steps[0][0]

    @property
    def unit(self):
        """The one that was named last: a correction may name another."""
        return next(self._given("orgunit"))

    def last(self, *methods):
        """The last step of any of these; None where there was none."""
        return next((step for step in reversed(self.steps) if step[0] in methods), None)

    def value(self, name):
        """The value of a figure as it was told last; None where it wasn't."""
        return next((given["value"] for given in self._given(name)), None)

    def given(self, name):
        return next(self._given(name))

    def _given(self, name):
        return (given[name] for _, given in reversed(self.steps) if given.get(name) is not None)

    def standing(self, begin, end):
        """(week, stands) for each week from the one of `begin` on; not from that of `end` on."""
        began, ended = week(self.last(begin)), week(self.last(end))
        for this in WEEKS:
            if this >= began:
                yield this, ended is None or this < ended


def week(step):
    """When the step was done; None for no step."""
    if step is None:
        return None
    year, number, _ = day(step).isocalendar()
    return f"{year}-W{number:02}"


def day(step):
    return date.fromisoformat(step[1]["time"][:10])


def is_known_to_the_day(step):
    return step[1].get("timeprecision") != "week"


def never_was(step):
    return step[1].get("withdrawn", False)


def _counted(subject):
    """(indicator, week, value) of everything that counts in some week."""
    yield from _KINDS.get(subject.first, _nothing)(subject)


def _nothing(subject):
    return ()


def _flow(subject, indicator, method, undone=None):
    step = subject.last(method, undone)
    if step and step[0] == method:
        yield indicator, week(step), 1


def _visits(subject):
    step = subject.steps[-1]
    if not never_was(step):
        kind = subject.given("kind")
        yield f"relief.visits_{kind}", week(step), subject.value("visits")


def _order(subject):
    if never_was(subject.last("correct_order") or subject.steps[0]):
        return
    yield "relief.orders_raised", week(subject.last("raise_order", "correct_order")), 1
    yield from _flow(subject, "relief.orders_claimed", "claim_items")
    yield from _flow(subject, "relief.orders_delivered", "deliver_order", "reopen_order")
    yield from _flow(subject, "relief.orders_confirmed", "confirm_order", "reopen_order")
    raised = subject.last("raise_order", "correct_order")
    delivered = subject.last("deliver_order", "reopen_order")
    is_delivered = delivered and delivered[0] == "deliver_order"
    if is_delivered and is_known_to_the_day(raised) and is_known_to_the_day(delivered):
        days = (day(delivered) - day(raised)).days
        yield "relief.days_to_deliver_median", week(delivered), days


def _merchant(subject):
    for this, stands in subject.standing("register_merchant", "close_merchant"):
        yield "relief.merchants_registered", this, int(stands)


def _activity(subject):
    step = subject.last("correct_activity", "complete_activity", "report_activity")
    if step and not never_was(step):
        yield "volunteering.activities_completed", week(step), 1
        yield "volunteering.participants", week(step), subject.value("participants")


def _gathering(subject):
    step = subject.steps[-1]
    if not never_was(step):
        yield "volunteering.gatherings_held", week(step), subject.value("gatherings")


def _volunteer(subject):
    for this, stands in subject.standing("register_volunteer", "deregister_volunteer"):
        yield "volunteering.volunteers_registered", this, int(stands)


def _hours(subject):
    verified = subject.last("verify_hours")
    if verified:
        yield "volunteering.hours_verified", week(verified), subject.value("hours")


def _occasion(prefix, methods, figures):
    """Something that is held first, and its `figures` told afterwards; it may be called off."""
    entity = prefix.split(".")[1]

    def count(subject):
        step = subject.last(*methods, f"correct_{entity}", f"cancel_{entity}")
        if step and step[0] != f"cancel_{entity}" and not never_was(step):
            yield f"{prefix}s_held", week(step), 1
            for name in figures:
                yield f"{prefix.split('.')[0]}.{name}", week(step), subject.value(name)

    return count


def _hires(subject):
    step = subject.steps[-1]
    if not never_was(step):
        yield "jobfairs.hires", week(step), subject.value("hires")


def _finding(subject):
    yield from _flow(subject, "supervision.findings_reported", "report_finding")
    yield from _flow(subject, "supervision.findings_closed", "close_finding")


def _action(subject):
    for this, stands in subject.standing("assign_action", "close_action"):
        if stands:
            yield "supervision.actions_open", this, 1


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
        "clinics.clinic", ("hold_clinic", "tally_clinic"), set(CLINIC_FIGURES) - {"hours"}
    ),
    "plan_fair": _occasion(
        "jobfairs.fair", ("hold_fair", "reconcile_fair"), set(FAIR_FIGURES) - {"consultations"}
    ),
    "record_hires": _hires,
    "report_finding": _finding,
    "assign_action": _action,
}
