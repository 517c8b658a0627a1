"""Drafting at the cut-off: every week gets its draft, weeks without facts too."""

from collections.abc import Collection
from datetime import datetime

from services.supervision.documents import Briefing
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from shared.aggregates.repository import Repository
from shared.domain.errors import Conflict
from shared.domain.periods import Period
from shared.platform import logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

TIMER_SECONDS = 5
ACTOR = "service:supervision"


def draft_due(lifecycle: BriefingLifecycle, context: ServiceContext) -> None:
    """Draft the weeks whose cut-off has passed and that have no briefing yet."""
    if context.settings.draft_timer == "off" or context.orgunits.district() is None:
        return
    now, facts = context.clock.now(), lifecycle.projection.facts
    for period in due_weeks(drafted_weeks(lifecycle.repository), now):
        if not facts.any_until(period):
            # A briefing before the programme's first fact would be empty.
            continue
        command = lifecycle.repository.command(
            # A new id each time: after a crash the services have to be asked again.
            "draft_briefing",
            f"timer:{period}:{now.isoformat()}",
            ACTOR,
            {"period": str(period)},
        )
        try:
            lifecycle.draft_first(command, period)
        except Conflict:
            # Somebody has drafted it meanwhile.
            continue
        log.info("drafted at the cut-off", period=str(period))


def drafted_weeks(repository: Repository) -> set[Period]:
    """The weeks that have a briefing."""
    return {Period.parse(period) for period in repository.values(Briefing, "period")}


def due_weeks(drafted: Collection[Period], now: datetime) -> list[Period]:
    """The weeks without a briefing, from the first drafted one up to the last whose cut-off has
    passed; only that last one where there is no briefing yet."""
    last = Period.of(now).previous()
    if now < last.cutoff:
        last = last.previous()
    weeks, week = [], min(drafted, default=last)
    while week <= last:
        if week not in drafted:
            weeks.append(week)
        week = week.next()
    return weeks
