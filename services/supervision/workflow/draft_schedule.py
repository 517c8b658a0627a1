"""Drafting at the cut-off: every period of the programme gets its draft, one without facts too."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from services.supervision.documents import DISCARDED, OPEN, Briefing
from services.supervision.indicators.rules import Rules
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from services.supervision.workflow.projection import ACTOR
from services.supervision.workflow.publication_checks import (
    has_beginning,
    has_present_form,
    is_early,
)
from shared.aggregates.aggregate import Command
from shared.aggregates.repository import Repository
from shared.contracts.series import SERIES
from shared.domain.errors import Conflict, NotFound
from shared.domain.periods import AnyPeriod, Period, Week, parse_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Document, Json
from shared.platform import clock_check, logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

TIMER_SECONDS = 5
# So many periods are drafted before the clock is looked at again: while it is wrong, few are.
AT_ONCE = 4
# Without a first week of the programme, gaps between reports are filled so far back, in days.
MOST_BACK = 53 * 7
OF_THE_FUTURE = (
    "系统时钟有误时起草，该期尚未截止 / drafted while a clock was wrong, before the cut-off"
)


def draft_due(lifecycle: BriefingLifecycle, context: ServiceContext) -> None:
    """Draft the periods that are due. Draft again what can't be published as it was drafted, and
    discard what was drafted while a clock was wrong. Nothing, while the clock may be wrong."""
    if context.settings.draft_timer == "off" or context.orgunits.district() is None:
        return
    ahead = clock_check.clock_error(context.clock, context.database)
    if abs(ahead) > clock_check.TOLERANCE:
        seconds = round(ahead.total_seconds())
        log.warning("no drafts: the clock isn't the database server's", ahead_seconds=seconds)
        return
    now, rules = context.clock.now(), lifecycle.present
    for period in missing_periods(lifecycle, now)[:AT_ONCE]:
        _act(lifecycle.draft_first, _command(lifecycle, "draft", period, now), period, "drafted")
    drafts = open_drafts(lifecycle.repository, rules)
    for period in outdated(drafts, now, rules.first_week)[:AT_ONCE]:
        again = _command(lifecycle, "draft", period, now)
        _act(lifecycle.draft, again, period, "drafted again")
    for period in of_the_future(drafts, now):
        command = _command(lifecycle, "discard", period, now, reason=OF_THE_FUTURE)
        _act(lambda it, early: lifecycle.discard(it, early, OF_THE_FUTURE), command, period, "gone")


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


def missing_periods(lifecycle: BriefingLifecycle, now: datetime) -> list[Period]:
    """The due periods by their cut-off, without those before the first fact: their reports would be
    empty.

    Longer ones don't begin with the programme: a release that has them makes no reports of all the
    years before it.
    """
    drafted, rules = drafted_periods(lifecycle.repository), lifecycle.present
    found: list[Period] = []
    for kind in (series.period for series in SERIES):
        known = [it for it in drafted if type(it) is kind]
        missing = due(kind, known, now, rules.first_week if kind is Week else None)
        found += filter(rules.counts, missing)
    first_fact = lifecycle.projection.facts.first_week() if found else None
    with_facts = [it for it in found if first_fact and it >= it.of_week(first_fact)]
    return sorted(with_facts, key=lambda period: period.cutoff)


def drafted_periods(repository: Repository) -> set[Period]:
    """The periods that have a report, or had one that somebody discarded after the cut-off: then a
    person has to draft it."""
    discarded = repository.fields(
        Briefing,
        ("period", "discarded_at"),
        status=DISCARDED,
        prepared_at={"$exists": True},
        revision=0,
    )
    due_again = {it["period"] for it in discarded if is_early(it["period"], it["discarded_at"])}
    return set(map(parse_period, repository.values(Briefing, "period") - due_again))


def open_drafts(repository: Repository, rules: Rules) -> list[Document]:
    """The drafts of the programme that aren't published."""
    found = repository.fields(
        Briefing,
        ("period", "revision", "prepared_at", "freeze"),
        status={"$in": list(OPEN)},
        prepared_at={"$exists": True},
    )
    of_programme = (it for it in found if rules.counts(parse_period(it["period"])))
    return sorted(of_programme, key=lambda it: str(it["period"]))


def outdated(
    drafts: Collection[Json], now: datetime, first_week: Period | None = None
) -> list[Period]:
    """The periods past their cut-off whose draft was made before it, in the future, for another
    first week of the programme, or in a form that can't be published any more."""
    return [
        parse_period(draft["period"])
        for draft in drafts
        if now >= parse_period(draft["period"]).cutoff
        and (
            is_early(draft["period"], draft["prepared_at"])
            or _is_of_the_future(draft, now)
            or not has_present_form(draft["freeze"])
            or not (draft["revision"] or has_beginning(draft["freeze"], first_week))
        )
    ]


def of_the_future(drafts: Collection[Json], now: datetime) -> list[Period]:
    """The periods before their cut-off whose draft was made in the future: a clock was wrong."""
    return [
        parse_period(draft["period"])
        for draft in drafts
        if now < parse_period(draft["period"]).cutoff and _is_of_the_future(draft, now)
    ]


def _is_of_the_future(draft: Json, now: datetime) -> bool:
    # The clocks of two instances may differ a little.
    return parse_instant(draft["prepared_at"]) > now + clock_check.TOLERANCE


def due(
    kind: type[AnyPeriod],
    drafted: Collection[AnyPeriod],
    now: datetime,
    first: AnyPeriod | None = None,
) -> list[AnyPeriod]:
    """The periods of a kind without a report, up to the last whose cut-off has passed, in order.

    They begin with the programme's `first` period. Where there is no such, they begin with the
    first drafted one of the last year; where there is none, only the last period is due.
    """
    last = kind.of(now).previous()
    while now < last.cutoff:
        last = last.previous()
    first = first or _first_drafted(drafted, last)
    known = {period for period in drafted if first <= period <= last}
    if len(known) >= last.ordinal - first.ordinal + 1:
        return []
    found, period = [], first
    while period <= last:
        if period not in known:
            found.append(period)
        period = period.next()
    return found


def _first_drafted(drafted: Collection[AnyPeriod], last: AnyPeriod) -> AnyPeriod:
    since = last.first_day - timedelta(days=MOST_BACK)
    return min([last, *(period for period in drafted if period.first_day >= since)])
