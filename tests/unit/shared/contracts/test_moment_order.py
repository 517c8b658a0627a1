"""Effects don't come before causes, however vaguely both are known."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import Moment
from shared.domain.periods import PRECISIONS, SHANGHAI, Week, interval_end, parse_instant

# A week on either side of a day on which clocks didn't change, to the half hour.
INSTANTS = st.integers(0, 2 * 14 * 24).map(
    lambda halves: parse_instant("2017-02-06T00:00:00+08:00") + timedelta(minutes=30 * halves)
)


def started(instant, precision):
    """The moment of a fact at `instant` that is known to the precision."""
    hours = {
        "week": 0,
        "day": 0,
        "part_of_day": [0, 12, 18][(instant.hour >= 12) + (instant.hour >= 18)],
    }
    if precision == "second":
        return Moment(instant, precision)
    begin = instant.replace(hour=hours[precision], minute=0)
    if precision == "week":
        begin -= timedelta(days=begin.weekday())
    return Moment(begin, precision)


MOMENTS = st.builds(started, INSTANTS, st.sampled_from(PRECISIONS))


@given(MOMENTS)
def test_an_interval_holds_its_start_and_ends_where_the_next_one_begins(moment):
    end = interval_end(moment.time, moment.precision)
    if moment.precision == "second":
        assert end == moment.time
    else:
        assert moment.time < end
        assert started(end, moment.precision).time == end
        last = end - timedelta(minutes=30)
        assert started(last, moment.precision).time == moment.time


@given(INSTANTS, INSTANTS, st.sampled_from(PRECISIONS), st.sampled_from(PRECISIONS))
def test_what_did_follow_may_follow_however_it_is_known(one, other, cause, effect):
    before, after = sorted([one, other])
    assert started(after, effect).may_follow(started(before, cause))


@given(MOMENTS, MOMENTS)
def test_what_may_follow_never_lies_in_an_earlier_week(cause, effect):
    if effect.may_follow(cause):
        assert Week.of(effect.time) >= Week.of(cause.time)


@given(MOMENTS, MOMENTS)
def test_it_is_refused_only_where_no_instant_fits(cause, effect):
    """Against an oracle that tries every half hour."""

    def instants(moment):
        end = max(interval_end(moment.time, moment.precision), moment.time + timedelta(minutes=1))
        at = moment.time
        while at < end:
            yield at
            at += timedelta(minutes=30)

    possible = any(it >= cause.time for it in instants(effect))
    assert effect.may_follow(cause) == possible


@given(MOMENTS)
def test_a_moment_reads_back(moment):
    again = Moment.from_text(moment.to_text())
    assert (again.time, again.precision) == (moment.time, moment.precision)


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("second", "2017-02-07 15:30"),
        ("part_of_day", "2017-02-07 12:00"),
        ("day", "2017-02-07"),
        ("week", "2017-W06"),
    ],
)
def test_a_moment_reads_as_precisely_as_it_is_known(precision, words):
    instant = parse_instant("2017-02-07T15:30:00+08:00").astimezone(SHANGHAI)
    assert started(instant, precision).in_words() == words
