"""Loops that survive failures: what they repeat, how long they wait, and what ends them."""

import time

import eventlet
import pytest

from shared.platform.retry import repeat, retry

SECONDS = 0.05


class Unreachable(Exception):
    pass


def attempts(*outcomes):
    """Work that raises or returns each of these in turn."""
    left = list(outcomes)

    def work():
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return work


def test_it_tries_until_an_attempt_succeeds_and_waits_in_between():
    failures = []
    began = time.monotonic()
    work = attempts(Unreachable("1"), Unreachable("2"), "result")
    assert retry(work, seconds=SECONDS, failed=failures.append) == "result"
    assert [str(error) for error in failures] == ["1", "2"]
    assert time.monotonic() - began >= 2 * SECONDS


def test_an_error_of_another_kind_is_raised():
    failures = []
    work = attempts(Unreachable(), KeyError())
    with pytest.raises(KeyError):
        retry(work, seconds=0, failed=failures.append, on=(Unreachable,))
    assert len(failures) == 1


def test_the_handler_of_a_failure_may_end_the_loop():
    def failed(error):
        raise ValueError from None

    with pytest.raises(ValueError):
        retry(attempts(Unreachable()), seconds=0, failed=failed)


def repeated(outcomes, seconds):
    """Repeats work with these outcomes, then stops. Returns the failures and how long it took."""
    failures, left = [], list(outcomes)
    work = attempts(*outcomes)

    def counted():
        left.pop()
        return work()

    began = time.monotonic()
    repeat(counted, seconds=seconds, failed=failures.append, stopping=lambda: not left)
    return failures, time.monotonic() - began


def test_work_with_more_to_do_goes_on_at_once():
    failures, took = repeated([3, 2, 1, 0], seconds=60)
    assert not failures
    assert took < 1


def test_work_that_is_done_or_fails_goes_on_after_a_pause():
    failures, took = repeated([0, Unreachable(), 1], seconds=SECONDS)
    assert [type(error) for error in failures] == [Unreachable]
    assert took >= 2 * SECONDS


def test_a_pause_ends_when_the_loop_is_stopped():
    stopped = []
    thread = eventlet.spawn(
        repeat, lambda: 0, seconds=60, failed=print, stopping=lambda: bool(stopped)
    )
    eventlet.sleep(0)
    stopped.append(True)
    with eventlet.Timeout(5):
        thread.wait()


def test_stopped_from_the_start_it_does_nothing():
    repeat(attempts(), seconds=0, failed=print, stopping=lambda: True)


def test_others_get_their_turn_while_there_is_always_more_to_do():
    turns = []
    eventlet.spawn(turns.append, "another green thread")
    repeat(lambda: 1, seconds=0, failed=print, stopping=lambda: bool(turns))
