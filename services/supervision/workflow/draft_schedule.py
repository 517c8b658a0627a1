"""Drafting at the cut-off: every week gets its draft, weeks without facts too."""

from collections.abc import Callable, Collection
from datetime import datetime

from services.supervision.documents import Briefing
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from services.supervision.workflow.projection import ACTOR
from services.supervision.workflow.publication_checks import has_present_form, is_early
from shared.aggregates.aggregate import Command
from shared.aggregates.repository import Repository
from shared.domain.errors import Conflict
from shared.domain.periods import Period
from shared.platform import logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

TIMER_SECONDS = 5


def draft_due(lifecycle: BriefingLifecycle, context: ServiceContext) -> None:
    """Draft the weeks whose cut-off has passed and that have no briefing yet. Draft again what was
    drafted before the cut-off, or by another version of the system."""
    if context.settings.draft_timer == "off" or context.orgunits.district() is None:
        return
    now, facts = context.clock.now(), lifecycle.projection.facts
    for period in due_weeks(drafted_weeks(lifecycle.repository), now):
        # A briefing before the programme's first fact would be empty.
        if facts.any_until(period):
            _draft(lifecycle.draft_first, period, _command(lifecycle, period, now), "drafted")
    for period in outdated_weeks(lifecycle.repository, now):
        _draft(lifecycle.draft, period, _command(lifecycle, period, now), "drafted again")


def _draft(
    draft: Callable[[Command, Period], object], period: Period, command: Command, message: str
) -> None:
    try:
        draft(command, period)
    except Conflict:
        # Somebody has drafted or published it meanwhile.
        return
    log.info(f"{message} at the cut-off", period=str(period))


def _command(lifecycle: BriefingLifecycle, period: Period, now: datetime) -> Command:
    return lifecycle.repository.command(
        # A new id each time: after a crash the services have to be asked again.
        "draft_briefing",
        f"timer:{period}:{now.isoformat()}",
        ACTOR,
        {"period": str(period)},
    )


def drafted_weeks(repository: Repository) -> set[Period]:
    """The weeks that have a briefing."""
    return {Period.parse(period) for period in repository.values(Briefing, "period")}


def outdated_weeks(repository: Repository, now: datetime) -> list[Period]:
    """The weeks past their cut-off whose draft was made before it, or in a form that can't be
    published any more."""
    open_drafts = repository.fields(
        Briefing,
        ("period", "prepared_at", "freeze"),
        status={"$in": ["draft", "approved"]},
        prepared_at={"$exists": True},
    )
    return sorted(
        Period.parse(draft["period"])
        for draft in open_drafts
        if now >= Period.parse(draft["period"]).cutoff
        and (
            is_early(draft["period"], draft["prepared_at"]) or not has_present_form(draft["freeze"])
        )
    )


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
