"""What may have happened before the programme's first week without anything being wrong.

The first week is a setting, WARM_PROGRAMME_FIRST_WEEK. What happened before it is in no figure that
adds up weeks, and a briefing lists it.
"""

from shared.domain.periods import Period
from shared.domain.service_names import NAMES

# The beginning of what counts as a level: a station may be older than the programme.
LEVELS_BEGIN = frozenset(
    {
        "volunteering.station.opened",
        "volunteering.category.defined",
        "volunteering.team.formed",
        "volunteering.volunteer.registered",
        "volunteering.stock.declared",
        "relief.merchant.registered",
        "relief.stock.declared",
        "supervision.orgunit.registered",
        "supervision.orgunit.changed",
        "supervision.orgunit.retired",
        "supervision.orgunit.corrected",
    }
)

# The preparation of the programme, and of what is held in its first weeks. It is in no figure.
PREPARATIONS = frozenset(
    {
        "volunteering.activity.published",
        "volunteering.service_day.declared",
        "clinics.clinic.planned",
        "clinics.clinic.filed",
        "clinics.clinic.postponed",
        "jobfairs.fair.planned",
        "jobfairs.fair.opened",
        "jobfairs.fair.employer_joined",
        "jobfairs.fair.readied",
        "jobfairs.fair.postponed",
        "supervision.plan.versioned",
        "supervision.group.formed",
        "supervision.group.changed",
        "supervision.platform.registered",
        "supervision.milestone.set",
        "supervision.patrol_team.formed",
        "supervision.reporter.exempted",
        "supervision.calendar.announced",
        "supervision.calendar.corrected",
        "supervision.staff.registered",
        "supervision.staff.corrected",
        "supervision.staff.ended",
    }
)

# What a service says of its own log, at whatever time.
OF_LOG = {
    f"{name}.{event}"
    for name in NAMES
    for event in ("period.sealed", "number.lost", "log.brought_forward")
}

MAY_BE_OLDER = LEVELS_BEGIN | PREPARATIONS | OF_LOG


def is_before_programme(event_type: str, week: Period, first_week: Period | None) -> bool:
    """Did it happen before the programme's first week, although it may not be older than that?

    `week` is the week in which it happened; never, where no `first_week` is set.
    """
    return first_week is not None and week < first_week and event_type not in MAY_BE_OLDER
