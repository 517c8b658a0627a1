"""Which weeks are drafted at their cut-off, and which drafts of a wrong clock go."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.documents import Briefing
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.workflow import draft_schedule
from services.supervision.workflow.draft_schedule import due, of_the_future, outdated
from services.supervision.workflow.publication_checks import (
    require_beginning,
    require_in_programme,
)
from shared.domain.clock import Clock
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import Period, Week, format_instant
from shared.domain.report_periods import HalfYear, Month, Year

W05, W06, W07, W08 = (Week(2017, week) for week in (5, 6, 7, 8))
OLD = Week(1917, 6)
BEGINNING = PRESENT.beginning_in(W06)


@pytest.mark.parametrize("early, last", [(timedelta(0), W06), (timedelta(microseconds=1), W05)])
def test_a_week_is_due_from_its_cutoff_on(early, last):
    assert due(Week, set(), W06.cutoff - early) == [last]


def test_a_week_is_drafted_once():
    assert due(Week, {W06}, W06.cutoff) == []
    assert due(Week, {W06}, W07.cutoff - timedelta(seconds=1)) == []


def test_a_draft_of_a_later_week_leaves_the_weeks_before_it_due():
    assert due(Week, {W05, W07}, W06.cutoff) == [W06]
    assert due(Week, {W05, Week(2071, 6)}, W08.cutoff) == [W06, W07, W08]


def test_weeks_that_were_missed_are_made_up_for_in_order():
    assert due(Week, {W05}, W08.cutoff) == [W06, W07, W08]
    assert due(Week, set(), W08.cutoff, W06) == [W06, W07, W08]


def test_nothing_is_due_before_the_first_weeks_cut_off():
    assert due(Week, set(), W06.cutoff - timedelta(seconds=1), W06) == []
    assert due(Week, set(), W05.start, Week(2018, 1)) == []


@pytest.mark.parametrize("first_week", [None, W06])
def test_a_briefing_of_an_absurd_week_makes_no_other_week_due(first_week):
    drafted = {OLD, W06, W07, Week(2071, 6)}
    assert due(Week, drafted, W08.cutoff, first_week) == [W08]


numbers = st.integers(0, 1500)
START = Week(2010, 1)


def nth(number):
    return Week.of_day(START.first_day + timedelta(weeks=number))


@given(st.sets(numbers, max_size=40), numbers, numbers)
def test_exactly_the_weeks_of_the_programme_without_a_briefing_are_due(drafted, first, last):
    found = due(Week, set(map(nth, drafted)), nth(last).cutoff, nth(first))
    assert found == [nth(number) for number in range(first, last + 1) if number not in drafted]


@given(st.sets(st.integers(-3000, 3000), max_size=20), numbers)
def test_without_a_first_week_no_more_than_a_year_is_due(drafted, last):
    found = due(Week, set(map(nth, drafted)), nth(last).cutoff)
    assert len(found) <= draft_schedule.MOST_BACK // 7
    back = draft_schedule.MOST_BACK // 7
    since = min([last, *(it for it in drafted if last - back <= it)])
    expected = [nth(number) for number in range(since, last + 1) if number not in drafted]
    assert found == expected


def test_where_nothing_is_missing_no_week_is_looked_at():
    """Every five seconds, for ever."""
    drafted = [OLD, *map(nth, range(1400))]
    with mock.patch.object(Period, "next", side_effect=AssertionError):
        assert due(Week, drafted, nth(1399).cutoff, START) == []


# --- the clock


def draft_of(week, prepared, revision=0, first_week=None):
    freeze = {"rules": PRESENT.version, "renderer": RENDERER, "first_week": first_week}
    times = {"period": str(week), "prepared_at": format_instant(prepared)}
    return times | {"revision": revision, "freeze": freeze}


FUTURE = W06.cutoff + timedelta(days=4000)


@pytest.mark.parametrize(
    ("prepared", "again"),
    [
        (W06.cutoff - timedelta(seconds=1), True),
        (W06.cutoff, False),
        # The clocks of two instances differ a little.
        (W06.cutoff + timedelta(seconds=30), False),
        (FUTURE, True),
    ],
)
def test_what_a_wrong_clock_drafted_of_a_week_that_is_over_is_drafted_again(prepared, again):
    draft = draft_of(W06, prepared)
    assert outdated([draft], W06.cutoff) == [W06] * again
    assert of_the_future([draft], W06.cutoff) == []


def test_what_a_wrong_clock_drafted_of_a_week_that_is_not_over_goes():
    drafts = [draft_of(W07, FUTURE), draft_of(W08, W06.start)]
    # A person drafted W08 before its cut-off: that is a snapshot, and no mistake.
    assert of_the_future(drafts, W06.cutoff) == [W07]
    assert outdated(drafts, W06.cutoff) == []


@pytest.mark.parametrize(
    ("revision", "known", "again"), [(0, None, True), (0, "2017-W05", False), (1, None, False)]
)
def test_a_draft_for_another_first_week_is_drafted_again(revision, known, again):
    """A revision keeps the first week of its issue."""
    draft = draft_of(W06, W06.cutoff, revision, known)
    assert outdated([draft], W06.cutoff, W05) == [W06] * again


def stored(week, revision=0, first_week=None):
    briefing = Briefing(id="x", period=str(week), revision=revision)
    briefing.freeze = {"first_week": first_week}
    return briefing


def test_a_draft_for_another_first_week_is_not_published():
    require_beginning(stored(W06, first_week="2017-W06"), BEGINNING, "publish")
    require_beginning(stored(W05, revision=1), BEGINNING, "publish")
    require_beginning(stored(W05), PRESENT, "publish")
    with pytest.raises(Conflict, match="another first week"):
        require_beginning(stored(W06), BEGINNING, "publish")
    with pytest.raises(ValidationFailed, match="or a later one, such as 2017-W06"):
        require_beginning(stored(W05), BEGINNING, "publish")


@pytest.mark.parametrize(
    ("first", "before"),
    [
        (Month(2017, 2), Month(2017, 1)),
        (HalfYear(2017, 1), HalfYear(2016, 2)),
        (Year(2017), Year(2016)),
    ],
)
def test_the_first_longer_period_is_that_in_which_the_first_week_begins(first, before):
    require_in_programme(first, BEGINNING)
    with pytest.raises(ValidationFailed, match=f"or a later one, such as {first}"):
        require_in_programme(before, BEGINNING)


@pytest.mark.parametrize("kind", [Month, HalfYear, Year])
def test_longer_periods_are_due_from_their_cutoff_on(kind):
    first = kind.of_day(W06.first_day)
    assert due(kind, set(), first.cutoff - timedelta(seconds=1), first) == []
    assert due(kind, set(), first.cutoff, first) == [first]
    assert due(kind, {first}, first.next().cutoff, first) == [first.next()]
    assert first.next().ordinal == first.ordinal + 1


def missing(drafted, now, first_fact=W06):
    """Of a programme that began in W06."""
    repository = SimpleNamespace(
        fields=lambda *_, **__: [], values=lambda *_: set(map(str, drafted))
    )
    facts = SimpleNamespace(first_week=lambda: first_fact)
    lifecycle = SimpleNamespace(
        repository=repository, present=BEGINNING, projection=SimpleNamespace(facts=facts)
    )
    return list(map(str, draft_schedule.missing_periods(lifecycle, now)))


def test_weeks_begin_with_the_programme_and_longer_periods_with_the_last_one():
    """After an upgrade years of months would be drafted, each from all facts."""
    march = Month(2017, 3)
    found = missing([], march.cutoff)
    assert found[:8] == [str(Week(2017, number)) for number in range(6, 14)]
    assert found[8:] == ["2017-03"]
    months = [it for it in missing([Month(2017, 2)], Month(2017, 4).cutoff) if "W" not in it]
    assert months == ["2017-03", "2017-04"]


def test_a_week_is_drafted_before_the_month_that_ends_in_it():
    weeks = [Week(2017, number) for number in range(6, 26)]
    june = Month(2017, 6)
    drafted = [*weeks, *(Month(2017, number) for number in range(2, 6))]
    assert missing(drafted, june.cutoff) == ["2017-W26", "2017-06", "2017-H1"]


def test_no_longer_period_of_before_the_programme_is_drafted():
    assert missing([], W06.cutoff) == ["2017-W06"]


class Untouched:
    """A lifecycle of which nothing is asked."""

    def __getattr__(self, name):
        raise AssertionError(name)


def context(server_time):
    """With the system's clock, and a database server with another."""
    server = mock.MagicMock()
    server.client.admin.command.return_value = {"localTime": server_time}
    orgunits = SimpleNamespace(district=lambda: "410103")
    settings = SimpleNamespace(draft_timer="on")
    return SimpleNamespace(settings=settings, orgunits=orgunits, clock=Clock(), database=server)


@pytest.mark.parametrize("seconds", [-4000 * 86400, -90, 90])
def test_nothing_is_drafted_while_the_clock_is_not_the_database_servers(seconds):
    now = datetime.now(UTC)
    draft_schedule.draft_due(Untouched(), context(now + timedelta(seconds=seconds)))


def test_it_is_drafted_while_the_clocks_agree():
    with pytest.raises(AssertionError, match="present"):
        draft_schedule.draft_due(Untouched(), context(datetime.now(UTC)))
