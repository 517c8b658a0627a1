"""The subjects that a briefing reports, besides its figures: declared once, for each entity.

An entity is the first two parts of an event type, such as `clinics.clinic`.
"""

from services.supervision.indicators import PRESENT
from shared.contracts.events import EVENT_TYPES
from shared.domain.periods import Period, Week
from shared.domain.report_periods import HalfYear, Month, Year

REGISTRY = "supervision.orgunit"
# Of the year that it names, whenever it was made.
NOMINATION = "supervision.nomination"
GROUP = "supervision.group"

# Of how many periods the mean of the headline table is made, the report's own included. At least of
# two: the figures of the period before are printed.
PERIODS_IN_MEAN: dict[type[Period], int] = {Week: 4, Month: 3, HalfYear: 2, Year: 2}

# The indicators whose last periods are printed one by one, the report's own included: those of the
# first page and of the main points. Only flows: a period's flow is in the cells of that period.
TRENDS = (
    "volunteering.activities_completed",
    "relief.orders_delivered",
    "clinics.clinics_held",
    "jobfairs.fairs_held",
    "supervision.findings_reported",
    "volunteering.participants",
    "relief.orders_confirmed",
    "clinics.consultations",
    "jobfairs.hires",
    "supervision.findings_closed",
)
PERIODS_IN_TREND: dict[type[Period], int] = {Week: 26, Month: 12, HalfYear: 6, Year: 5}

# Entity → the statuses at the week's end in which a briefing reports a subject although nothing
# happened to it in the week; None: in every status.
CARRIED_OVER: dict[str, tuple[str, ...] | None] = {
    "volunteering.activity": ("published",),
    "volunteering.service_day": None,
    "volunteering.station": ("open",),
    "volunteering.team": ("formed",),
    "clinics.clinic": ("planned", "filed", "postponed"),
    "jobfairs.fair": ("planned", "registration_open", "ready", "postponed"),
    GROUP: None,
    "supervision.plan": None,
    "supervision.platform": None,
    "supervision.milestone": None,
    "supervision.action": ("assigned",),
    "supervision.finding": ("reported", "dispatched", "rectified", "on_account"),
    "supervision.patrol_team": ("proposed", "formed"),
    "supervision.commitment": ("open",),
}

# Entities whose subjects a briefing reports: when something happened to them in its week, or when
# they are carried over.
REPORTED = {
    *CARRIED_OVER,
    "volunteering.gathering",
    "relief.order",
    "relief.visit",
    "supervision.meeting",
    "supervision.patrol",
    "supervision.practice",
    "supervision.group_report",
    "supervision.observation",
}

# Entity → the verbs whose events a correction replaces: it restates the same facts, perhaps for
# another week.
RESTATED = {
    "volunteering.activity": ("completed",),
    "volunteering.gathering": ("held",),
    "relief.visit": ("recorded",),
    "clinics.clinic": ("held", "tallied"),
    "jobfairs.fair": ("held", "reconciled", "closed"),
    "jobfairs.hire": ("recorded",),
    "supervision.patrol": ("recorded",),
    "supervision.group_report": ("recorded",),
    "supervision.observation": ("recorded",),
    "supervision.finding": ("reported",),
    "supervision.milestone": ("reached",),
    "supervision.meeting": ("held",),
    "supervision.platform": ("registered",),
}

# Entity → the verb of its beginning, of what stands for some time. A correction restates the last
# beginning, and replaces it with all that followed; what still holds is recorded again after it.
BEGINS = {
    "volunteering.station": "opened",
    "volunteering.category": "defined",
    "volunteering.team": "formed",
    "volunteering.volunteer": "registered",
    "relief.order": "raised",
    "relief.merchant": "registered",
    "supervision.action": "assigned",
}

# Entities that concern every week, whenever their events happened.
ALWAYS = (REGISTRY, "supervision.reporter")

# What is said about the period that its data names, at whatever time: all of it counts.
SAID_OF_PERIOD = (
    "supervision.declared_figure",
    "supervision.exclusion",
    "supervision.scores",
    "supervision.appeal",
)

# Event types that may change the figures or the subjects that are carried over.
TRACKED_TYPES = frozenset(
    name
    for name in EVENT_TYPES
    if name in PRESENT.fed_by or name.rsplit(".", 1)[0] in (*CARRIED_OVER, *ALWAYS)
)
