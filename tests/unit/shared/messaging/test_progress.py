"""Idle, moving or stalled: something waits, and nothing has moved for too long."""

import pytest

from shared.domain.clock import Clock
from shared.domain.periods import parse_instant
from shared.messaging.progress import Progress
from tests.support.running import WEEK

LIMIT = 60


class Watched:
    """Progress, with the seconds that pass set by the test."""

    def __init__(self):
        self.seconds = 0.0
        clock = Clock(lambda: WEEK.start)
        self.progress = Progress(LIMIT, clock, lambda: self.seconds)

    def state(self, waiting):
        return self.progress.state("inbox", waiting)["state"]

    def age(self, waiting):
        """How many seconds ago the state began."""
        since = self.progress.state("inbox", waiting)["since"]
        return (WEEK.start - parse_instant(since)).total_seconds()


@pytest.fixture
def watched():
    return Watched()


def test_who_has_nothing_to_do_is_idle_however_long(watched):
    watched.progress.idle("inbox")
    watched.seconds = 10_000
    assert watched.state(0) == "idle"


def test_who_is_behind_but_moves_is_moving_however_long(watched):
    for _ in range(1000):
        watched.progress.waits("inbox")
        watched.seconds += LIMIT - 1
        watched.progress.moved("inbox")
    assert watched.state(100_000) == "moving"


def test_what_is_in_hand_and_does_not_move_is_stalled_although_the_queue_is_empty(watched):
    watched.progress.waits("inbox")
    watched.seconds = LIMIT
    assert watched.state(0) == "moving"
    watched.seconds += 1
    assert watched.state(0) == "stalled"
    watched.progress.moved("inbox")
    assert watched.state(0) == "moving"


def test_work_taken_again_and_again_and_never_done_is_stalled(watched):
    for _ in range(LIMIT + 1):
        watched.progress.waits("inbox")
        watched.seconds += 1
    assert watched.state(5) == "stalled"


def test_a_queue_that_nobody_looks_at_is_stalled_at_the_first_question(watched):
    watched.progress.idle("inbox")
    watched.seconds = LIMIT + 1
    assert watched.state(1) == "stalled"


def test_who_says_idle_while_messages_wait_is_stalled_in_the_end(watched):
    for _ in range(LIMIT + 2):
        watched.progress.idle("inbox")
        last = watched.state(1)
        watched.seconds += 1
    assert last == "stalled"


def test_messages_that_happen_to_wait_whenever_one_looks_are_no_stall(watched):
    for _ in range(3 * LIMIT):
        watched.progress.idle("inbox")
        assert watched.state(1) == "moving"
        watched.progress.moved("inbox")
        watched.seconds += 1


def test_what_nobody_can_count_is_not_taken_for_nothing(watched):
    watched.progress.idle("inbox")
    assert watched.state(None) == "moving"
    watched.seconds = LIMIT + 1
    assert watched.state(None) == "stalled"


def test_since_is_when_the_state_began(watched):
    watched.progress.idle("inbox")
    watched.seconds = 10
    watched.progress.waits("inbox")
    watched.seconds = 30
    watched.progress.moved("inbox")
    assert watched.age(1) == 20
    watched.seconds = 30 + LIMIT + 5
    assert (watched.state(1), watched.age(1)) == ("stalled", LIMIT + 5)
    watched.progress.idle("inbox")
    watched.seconds += 7
    assert (watched.state(0), watched.age(0)) == ("idle", 7)


def test_the_parts_are_kept_apart_and_a_count_decides_which_it_is(watched):
    assert watched.progress.did("outbox", 3) == 3
    assert watched.progress.did("figures", 0) == 0
    states = [watched.progress.state(part, 0)["state"] for part in ("outbox", "figures", "inbox")]
    assert states == ["moving", "idle", "idle"]
