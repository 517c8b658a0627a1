"""Which events are reports of units, for completeness and for nil reports."""

from shared.domain.types import Event, Json

# Arrangements between services for the delivery of an order, and the deletion of personal data: no
# reports of units.
ARRANGED = (
    "relief.order.helpers_asked",
    "relief.order.helpers_found",
    "relief.order.erased",
    "volunteering.volunteer.erased",
)

# The reports of units to supervision. Its other events are made by the office and by the system.
REPORTED_TO_SUPERVISION = ("supervision.patrol.", "supervision.finding.")

# Statuses of subjects that turned out not to exist.
TAKEN_BACK = ("withdrawn", "voided", "duplicate")


def is_report(event: Event) -> bool:
    """Is the event a unit's report? Arrangements between services are none."""
    if event["type"] in ARRANGED or _is_requested(event):
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
