"""What decides what a briefing reports, besides the figures: declared once, by kind of subject.

An entity is the first two parts of an event type, such as `clinics.clinic`.
"""

from services.supervision.indicators import FED_BY
from shared.contracts.events import EVENT_TYPES

REGISTRY = "supervision.orgunit"

# The four-week mean of the headline table counts the briefing's own week too.
WEEKS_IN_MEAN = 4

# Entity → the statuses at the week's end in which a briefing reports it although nothing happened
# to it in the week; None: in every status.
CARRIED_OVER: dict[str, tuple[str, ...] | None] = {
    "volunteering.activity": ("published",),
    "volunteering.service_day": None,
    "volunteering.station": ("open",),
    "volunteering.team": ("formed",),
    "clinics.clinic": ("planned", "filed", "postponed"),
    "jobfairs.fair": ("planned", "registration_open", "ready", "postponed"),
    "supervision.group": None,
    "supervision.plan": None,
    "supervision.platform": None,
    "supervision.milestone": None,
    "supervision.action": ("assigned",),
    "supervision.finding": ("reported", "dispatched", "rectified", "on_account"),
    "supervision.patrol_team": ("proposed", "formed"),
    "supervision.commitment": ("open",),
}

# Entities that a briefing reports, when something happened to them in its week or as carried over.
REPORTED = {
    *CARRIED_OVER,
    "volunteering.gathering",
    "relief.order",
    "relief.visit",
    "supervision.meeting",
    "supervision.patrol",
    "supervision.practice",
}

# Entity → the verbs whose events a correction replaces: it states the same facts again, perhaps of
# another week.
RESTATED = {
    "volunteering.activity": ("completed",),
    "volunteering.gathering": ("held",),
    "relief.visit": ("recorded",),
    "clinics.clinic": ("held", "tallied"),
    "jobfairs.fair": ("held", "reconciled", "closed"),
    "jobfairs.hire": ("recorded",),
    "supervision.patrol": ("recorded",),
    "supervision.finding": ("reported",),
    "supervision.milestone": ("reached",),
}

# Entities that concern every week, whenever their events happened.
ALWAYS = (REGISTRY, "supervision.reporter")

# Event types from which the cached cells and subjects are kept up to date.
TRACKED_TYPES = frozenset(
    name
    for name in EVENT_TYPES
    if name in FED_BY or name.rsplit(".", 1)[0] in (*CARRIED_OVER, *ALWAYS)
)
