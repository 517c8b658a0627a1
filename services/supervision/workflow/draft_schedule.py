"""Drafting at the cut-off: every week of the programme gets its draft, weeks without facts too."""

from collections.abc import Callable, Collection
from datetime import datetime

from services.supervision.documents import DISCARDED, OPEN, Briefing
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from services.supervision.workflow.projection import ACTOR
from services.supervision.workflow.publication_checks import (
    has_beginning,
    has_present_form,
    is_early,
)
from shared.aggregates.aggregate import Command
from shared.aggregates.repository import Repository
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import Period, Week, parse_instant
from shared.domain.types import Document, Json
from shared.platform import clock_check, logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

TIMER_SECONDS = 5
# So many weeks are drafted before the clock is looked at again: while it is wrong, few are.
AT_ONCE = 4
# Without a first week of the programme, gaps between briefings are filled so far back.
MOST_BACK = 53
OF_THE_FUTURE = (
    "系统时钟有误时起草，该周尚未截止 / drafted while a clock was wrong, before the week's cut-off"
)


def draft_due(lifecycle: BriefingLifecycle, context: ServiceContext) -> None:
    """Draft the weeks that are due. Draft again what can't be published as it was drafted, and
    discard what was drafted while a clock was wrong. Nothing, while the clock may be wrong."""
    if context.settings.draft_timer == "off" or context.orgunits.district() is None:
        return
    ahead = clock_check.clock_error(context.clock, context.database)
    if abs(ahead) > clock_check.TOLERANCE:
        seconds = round(ahead.total_seconds())
        log.warning("no drafts: the clock isn't the database server's", ahead_seconds=seconds)
        return
    now, first_week = context.clock.now(), lifecycle.present.first_week
    for period in missing_weeks(lifecycle, now)[:AT_ONCE]:
        _act(lifecycle.draft_first, _command(lifecycle, "draft", period, now), period, "drafted")
    drafts = open_drafts(lifecycle.repository, first_week)
    for period in outdated_weeks(drafts, now, first_week)[:AT_ONCE]:
        again = _command(lifecycle, "draft", period, now)
        _act(lifecycle.draft, again, period, "drafted again")
    for period in future_weeks(drafts, now):
        command = _command(lifecycle, "discard", period, now, reason=OF_THE_FUTURE)
        _act(lambda it, week: lifecycle.discard(it, week, OF_THE_FUTURE), command, period, "gone")


def _act(
    act: Callable[[Command, Period], object], command: Command, period: Period, message: str
) -> None:
    try:
        act(command, period)
    except (Conflict, NotFound):
        # Somebody has drafted, published or discarded it meanwhile.
        return
    log.info(f"{message} by the timer", period=str(period))


def _command(
    lifecycle: BriefingLifecycle, verb: str, period: Period, now: datetime, **more: str
) -> Command:
    return lifecycle.repository.command(
        # A new id each time: after a crash the services have to be asked again.
        f"{verb}_briefing",
        f"timer:{verb}:{period}:{now.isoformat()}",
        ACTOR,
        {"period": str(period), **more},
    )


def missing_weeks(lifecycle: BriefingLifecycle, now: datetime) -> list[Period]:
    """The due weeks, without those before the first fact: their briefings would be empty."""
    found = due_weeks(drafted_weeks(lifecycle.repository), now, lifecycle.present.first_week)
    first_fact = lifecycle.projection.facts.first_week() if found else None
    return [period for period in found if first_fact and period >= first_fact]


def drafted_weeks(repository: Repository) -> set[Period]:
    """The weeks that have a briefing, or had one that somebody discarded after the cut-off: then a
    person has to draft it."""
    discarded = repository.fields(
        Briefing,
        ("period", "discarded_at"),
        status=DISCARDED,
        prepared_at={"$exists": True},
        revision=0,
    )
    due_again = {it["period"] for it in discarded if is_early(it["period"], it["discarded_at"])}
    periods = repository.values(Briefing, "period") - due_again
    return {Week.parse(period) for period in periods}


def open_drafts(repository: Repository, first_week: Period | None) -> list[Document]:
    """The drafts of the programme that aren't published."""
    found = repository.fields(
        Briefing,
        ("period", "revision", "prepared_at", "freeze"),
        status={"$in": list(OPEN)},
        prepared_at={"$exists": True},
    )
    since = str(first_week) if first_week else ""
    return sorted((it for it in found if it["period"] >= since), key=lambda it: str(it["period"]))


def outdated_weeks(
    drafts: Collection[Json], now: datetime, first_week: Period | None = None
) -> list[Period]:
    """The weeks past their cut-off whose draft was made before it, in the future, for another first
    week of the programme, or in a form that can't be published any more."""
    return [
        Week.parse(draft["period"])
        for draft in drafts
        if now >= Week.parse(draft["period"]).cutoff
        and (
            is_early(draft["period"], draft["prepared_at"])
            or _is_of_the_future(draft, now)
            or not has_present_form(draft["freeze"])
            or not (draft["revision"] or has_beginning(draft["freeze"], first_week))
        )
    ]


def future_weeks(drafts: Collection[Json], now: datetime) -> list[Period]:
    """The weeks before their cut-off whose draft was made in the future: a clock was wrong."""
    return [
        Week.parse(draft["period"])
        for draft in drafts
        if now < Week.parse(draft["period"]).cutoff and _is_of_the_future(draft, now)
    ]


def _is_of_the_future(draft: Json, now: datetime) -> bool:
    # The clocks of two instances may differ a little.
    return parse_instant(draft["prepared_at"]) > now + clock_check.TOLERANCE


def due_weeks(
    drafted: Collection[Period], now: datetime, first_week: Period | None = None
) -> list[Period]:
    """The weeks without a briefing, up to the last whose cut-off has passed, in order.

    They begin with the programme's first week. Where none is set, they begin with the first drafted
    week of the last year; where there is none, only the last week is due.
    """
    last = Week.of(now).previous()
    if now < last.cutoff:
        last = last.previous()
    first = first_week or _first_drafted(drafted, last)
    known = {week for week in drafted if first <= week <= last}
    number = (last.first_day - first.first_day).days // 7 + 1
    if len(known) >= number:
        return []
    weeks, week = [], first
    while week <= last:
        if week not in known:
            weeks.append(week)
        week = week.next()
    return weeks


def _first_drafted(drafted: Collection[Period], last: Period) -> Period:
    first_day = last.first_day.toordinal() - 7 * MOST_BACK
    recent = (week for week in drafted if week.first_day.toordinal() >= first_day)
    return min([last, *recent])
