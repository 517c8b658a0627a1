"""Drafting at the cut-off: every week gets its draft, those without facts too."""

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


def draft_due(office: BriefingLifecycle, context: ServiceContext) -> None:
    """Draft the weeks whose cut-off has passed and that nobody has drafted yet."""
    if context.settings.draft_timer == "off" or context.orgunits.district() is None:
        return
    now, facts = context.clock.now(), office.projection.facts
    for period in due_weeks(drafted(office.repository), now):
        if not facts.any_until(period):
            # Before the programme's first fact there is nothing to brief anybody of.
            continue
        command = office.repository.command(
            # An id of its own each time: after a crash in between the services are asked again.
            "draft_briefing",
            f"timer:{period}:{now.isoformat()}",
            ACTOR,
            {"period": str(period)},
        )
        try:
            office.draft_first(command, period)
        except Conflict:
            # The office was faster.
            continue
        log.info("drafted at the cut-off", period=str(period))


def drafted(repository: Repository) -> set[Period]:
    """The weeks that have a briefing."""
    return {Period.parse(period) for period in repository.values(Briefing, "period")}


def due_weeks(drafted: Collection[Period], now: datetime) -> list[Period]:
    """Those without a briefing, from the first drafted week up to the last whose cut-off has
    passed; only that one where there is no briefing yet."""
    last = Period.of(now).previous()
    if now < last.cutoff:
        last = last.previous()
    weeks, week = [], min(drafted, default=last)
    while week <= last:
        if week not in drafted:
            weeks.append(week)
        week = week.next()
    return weeks
