"""A request is handled until its deadline and a tolerance, and never after it."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import DeadlineExceeded, ValidationFailed
from shared.service import deadlines
from shared.service.deadlines import HEADER, TOLERANCE, Deadline, LateRequests
from shared.service.rpc_server import _in_time

BASE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
BASE_MS = 1_796_025_600_000
TOLERANCE_MS = 5000
# Around the deadline, where the rule decides, and far from it.
OFFSETS = st.integers(-20_000, 20_000) | st.integers(-(10**9), 10**9)


def at(moment, monkeypatch):
    monkeypatch.setattr(deadlines, "now", lambda: moment)


def instant(milliseconds, offset):
    """As any library may write it."""
    zone = timezone(timedelta(minutes=offset))
    return datetime.fromtimestamp(milliseconds / 1000, zone).isoformat(timespec="milliseconds")


def refused(headers, expiration=None):
    deadline = Deadline.of(headers, expiration)
    try:
        deadline.require()
    except DeadlineExceeded as error:
        assert error.data["carried_out"] == "no"
        return True
    return False


@given(OFFSETS, OFFSETS, st.integers(-14 * 60, 14 * 60), st.none() | st.integers(0, 10**9))
def test_what_is_refused_is_what_whole_milliseconds_say(deadline, now, offset, kept):
    """The oracle counts milliseconds; the request arrives, and its worker begins, at `now`."""
    with pytest.MonkeyPatch.context() as patch:
        at(BASE + timedelta(milliseconds=now), patch)
        expiration = None if kept is None else str(kept)
        headers = {HEADER: instant(BASE_MS + deadline, offset)}
        latest = deadline if kept is None else min(deadline, now + kept)
        assert refused(headers, expiration) == (now - latest > TOLERANCE_MS)


@given(OFFSETS, st.integers(0, 10**7), st.integers(0, 10**7))
def test_nobody_is_served_after_the_longest_that_it_can_wait(ahead, kept, waited):
    """However wrong the caller's clock: counted from the arrival, no longer than `expiration`."""
    with pytest.MonkeyPatch.context() as patch:
        at(BASE, patch)
        deadline = Deadline.of({HEADER: instant(BASE_MS + ahead, 0)}, str(kept))
        at(BASE + timedelta(milliseconds=kept + TOLERANCE_MS + 1 + waited), patch)
        with pytest.raises(DeadlineExceeded):
            deadline.require()


def test_the_headers_value_is_utc_text_that_can_be_read_again():
    before = deadlines.now()
    text = deadlines.after(10)
    deadline = Deadline.of({HEADER: text})
    assert text.endswith("+00:00")
    left = deadline.instant - before
    assert timedelta(seconds=9.9) < left < timedelta(seconds=11)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-11-30", 17, None.__class__, b"x", ["x"], {}]
)
def test_a_deadline_in_no_known_form_is_refused_by_its_name(text):
    with pytest.raises(ValidationFailed) as error:
        Deadline.of({HEADER: text})
    assert "must be an instant with its offset" in error.value.data["_deadline"][0]


@pytest.mark.parametrize("expiration", ["", "soon", "-1", "1.5", "٣"])
def test_an_expiration_that_is_no_number_says_nothing(expiration):
    assert Deadline.of({HEADER: deadlines.after(10)}, expiration).require() is None


def test_foreign_callers_may_leave_it_out():
    assert Deadline.of({}) is None
    assert Deadline.of({HEADER: None}) is None


def test_a_worker_that_begins_too_late_does_nothing(monkeypatch):
    done, late = [], []
    method = _in_time(lambda service, **arguments: done.append(arguments))
    deadline = Deadline(BASE, late.append)
    at(BASE + TOLERANCE, monkeypatch)
    method(None, _deadline=deadline, id="in time")
    at(BASE + TOLERANCE + timedelta(milliseconds=1), monkeypatch)
    with pytest.raises(DeadlineExceeded):
        method(None, _deadline=deadline, id="late")
    method(None, id="without")
    assert done == [{"id": "in time"}, {"id": "without"}]
    assert late == [5.001]


def test_a_call_for_a_caller_ends_with_the_callers_deadline(monkeypatch):
    at(BASE, monkeypatch)
    assert deadlines.within(10) == 10
    with Deadline(BASE + timedelta(seconds=4)).current():
        assert deadlines.within(10) == 4
        assert deadlines.within(1) == 1
    assert deadlines.within(10) == 10


def test_late_requests_are_a_problem_for_a_while(monkeypatch):
    late = LateRequests()
    assert late.problem() == ""
    late.note(90.0)
    late.note(30.4)
    assert late.problem() == "2 in 15 s, by 30 s or more"
    since = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: since + LateRequests.SECONDS + 1)
    assert late.problem() == ""


def test_a_refusal_that_comes_in_time_tells_of_the_clocks(monkeypatch):
    at(BASE, monkeypatch)
    refusal = {"now": (BASE + timedelta(seconds=90)).isoformat()}
    assert deadlines.clocks_differ(refusal).startswith("the service's clock is 90 s ahead")
    for other in ({}, {"now": None}, {"now": "noon"}):
        assert deadlines.clocks_differ(other) == ""
