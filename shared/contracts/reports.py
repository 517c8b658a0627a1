"""Which events are reports of units, for completeness and for nil reports."""

from shared.domain.types import Event, Json

# Arrangements between services for the delivery of an order, the deletion of personal data, and due
# days that a calendar notice settles: no reports of units.
ARRANGED = (
    "relief.order.helpers_asked",
    "relief.order.helpers_found",
    "relief.order.erased",
    "relief.order.due_settled",
    "supervision.finding.due_settled",
    "volunteering.volunteer.erased",
)

# What a service says of its own log.
OF_LOG = (".number.lost", ".log.brought_forward")

# The reports of units to supervision. Its other events are made by the office and by the system.
REPORTED_TO_SUPERVISION = ("supervision.patrol.", "supervision.finding.")

# Statuses of subjects that turned out not to exist.
TAKEN_BACK = ("withdrawn", "voided", "duplicate")


def is_report(event: Event) -> bool:
    """Is the event a unit's report? Arrangements between services are none."""
    if event["type"] in ARRANGED or event["type"].endswith(OF_LOG) or _is_requested(event):
        return False
    to_the_office = event["type"].startswith(REPORTED_TO_SUPERVISION)
    return not event["type"].startswith("supervision.") or bool(to_the_office)


def is_void(state: Json) -> bool:
    """Was the subject with this state withdrawn, voided or marked a duplicate?"""
    return state.get("status") in TAKEN_BACK or state.get("withdrawn") is True


def _is_requested(event: Event) -> bool:
    """Was an activity only published because relief asked for helpers?"""
    is_announced = event["type"] == "volunteering.activity.published"
    return is_announced and bool(event["data"]["category"] == "relief_delivery")
