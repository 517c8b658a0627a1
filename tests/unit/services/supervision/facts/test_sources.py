"""Catching up with a source, without a database: its log grows, stands still or lacks numbers."""

import pytest

from services.supervision.facts import sources as module
from services.supervision.facts.sources import SourceState, catch_up
from shared.domain.errors import DeadlineExceeded

PAGE = 3


class Source:
    """Its log, and what was taken; `grows` while it is read, `refused` becomes a dead letter."""

    def __init__(self, last, grows=0, refused=()):
        self.last, self.grows, self.refused = last, grows, refused
        self.taken, self.asked = set(), 0

    def ask(self, after, limit):
        self.asked += 1
        page = {"events": list(range(after + 1, self.last + 1))[:limit], "last": self.last}
        self.last += self.grows
        return page

    def take(self, source, events):
        self.taken |= set(events) - set(self.refused)

    def advance(self, source):
        return next(number for number in range(self.last + 2) if number + 1 not in self.taken)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(module, "PAGE", PAGE)


def caught_up(source):
    return catch_up("relief", source, source.ask, source.take)


@pytest.mark.parametrize("last", [0, 1, PAGE, PAGE + 1, 4 * PAGE])
def test_everything_that_was_logged_is_fetched(last):
    state = caught_up(source := Source(last))
    assert (state, len(source.taken)) == (SourceState("relief", last, last), last)
    assert state.problem is None


@pytest.mark.parametrize("grows", [1, PAGE, 10 * PAGE])
def test_nobody_runs_after_a_source_that_goes_on_logging(grows):
    state = caught_up(source := Source(4 * PAGE, grows))
    assert state.problem is None
    assert state.last == 4 * PAGE
    assert source.asked <= 5


def test_what_cannot_be_taken_is_missing_and_is_not_asked_for_for_ever():
    state = caught_up(source := Source(4 * PAGE, refused=[5]))
    assert (state, state.problem) == (SourceState("relief", 4, 4 * PAGE), "missing")
    assert source.asked <= 4


def test_a_source_that_does_not_answer_has_no_last_number():
    source = Source(4)

    def silent(after, limit):
        raise DeadlineExceeded({"service": "relief"})

    state = catch_up("relief", source, silent, source.take)
    assert (state, state.problem) == (SourceState("relief", 0, None), "no_answer")
