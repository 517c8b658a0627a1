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
        self.taken, self.asked, self.fetched, self.pauses, self.read = set(), 0, [], 0, 0

    def ask(self, after, limit):
        self.asked += 1
        numbers = list(range(after + 1, self.last + 1))[:limit]
        page = {"events": [{"sourcesequence": it} for it in numbers], "last": self.last}
        self.last += self.grows
        return page

    def take(self, source, events):
        numbers = [event["sourcesequence"] for event in events]
        self.fetched += numbers
        self.taken |= set(numbers) - set(self.refused)

    def advance(self, source):
        return next(number for number in range(self.last + 2) if number + 1 not in self.taken)

    def next_gap(self, source, last):
        start = max(self.advance(source), self.read)
        return next((it for it in range(start, last) if it + 1 not in self.taken), last)

    def passed(self, source, number):
        self.read = number

    def pause(self):
        self.pauses += 1


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(module, "PAGE", PAGE)


def caught_up(source):
    return catch_up("relief", source, source.ask, source.take, source.pause)


@pytest.mark.parametrize("last", [0, 1, PAGE, PAGE + 1, 4 * PAGE])
def test_everything_that_was_logged_is_fetched(last):
    state = caught_up(source := Source(last))
    assert (state, len(source.taken)) == (SourceState("relief", last, last), last)
    assert state.problem is None
    assert source.pauses == source.asked - 1


@pytest.mark.parametrize("grows", [1, PAGE, 10 * PAGE])
def test_nobody_runs_after_a_source_that_goes_on_logging(grows):
    state = caught_up(source := Source(4 * PAGE, grows))
    assert state.problem is None
    assert state.last == 4 * PAGE
    assert source.asked <= 6


def test_what_cannot_be_taken_is_missing_and_keeps_nothing_behind_it_from_being_fetched():
    state = caught_up(source := Source(4 * PAGE, refused=[5]))
    assert (state, state.problem) == (SourceState("relief", 4, 4 * PAGE), "missing")
    assert source.taken == set(range(1, 4 * PAGE + 1)) - {5}
    assert source.asked <= 5


def test_what_cannot_be_taken_is_not_fetched_again():
    source = Source(4 * PAGE, refused=[5])
    caught_up(source)
    source.last += 1
    fetched = len(source.fetched)
    caught_up(source)
    assert source.fetched[fetched:] == [4 * PAGE + 1]


def test_what_has_arrived_is_not_fetched():
    source = Source(4 * PAGE)
    source.taken = set(range(1, 4 * PAGE + 1)) - {PAGE + 1, 3 * PAGE}
    caught_up(source)
    assert len(source.fetched) <= 2 * PAGE
    assert source.taken == set(range(1, 4 * PAGE + 1))


def test_a_source_that_does_not_answer_has_no_last_number():
    source = Source(4)

    def silent(after, limit):
        raise DeadlineExceeded({"service": "relief"})

    state = catch_up("relief", source, silent, source.take)
    assert (state, state.problem) == (SourceState("relief", 0, None), "no_answer")
