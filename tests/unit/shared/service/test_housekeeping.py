"""What housekeeping does in a turn, and what it leaves alone."""

from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace

import eventlet
import pytest

from shared.domain.clock import Clock
from shared.domain.periods import parse_instant
from shared.messaging.backpressure import Backpressure
from shared.service import housekeeping
from shared.service.housekeeping import Housekeeping

NOW = parse_instant("2017-03-31T12:00:00+08:00")
DAYS = {"commands": 400, "resolved_bodies": 30, "resolved": 401, "discarded": 1100}


class Archive:
    def __init__(self, moved=0, forgotten=0):
        self.moved, self.forgotten = moved, forgotten
        self.before = []

    def move_some(self):
        return self.moved

    def forget(self, before):
        self.before.append(before)
        return self.forgotten


@pytest.fixture
def sweeps(monkeypatch):
    """What was given to each sweep of the dead letters."""
    found = []

    class Retention:
        def __init__(self, *_collections, **kept):
            self.kept = kept

        def sweep(self, now):
            found.append((now, self.kept))
            return 0

    monkeypatch.setattr(housekeeping, "DeadLetterRetention", Retention)
    return found


def keeper(archive, clock=None):
    found = Housekeeping()
    settings = SimpleNamespace(**{f"{name}_days": number for name, number in DAYS.items()})
    found.context = SimpleNamespace(
        backpressure=Backpressure(),
        clock=clock or Clock(lambda: NOW),
        database=defaultdict(object),
        settings=settings,
    )
    found.setup()
    found._archive = archive
    return found


def test_each_is_kept_for_its_own_number_of_days_by_the_clock_of_the_service(sweeps):
    archive = Archive()
    assert keeper(archive)._turn() == 0
    assert archive.before == [NOW - timedelta(days=400)]
    days = {"bodies": 30, "resolved": 401, "discarded": 1100}
    assert sweeps == [(NOW, {name: timedelta(days=number) for name, number in days.items()})]


def test_old_things_are_looked_for_every_hour_and_long_documents_in_each_turn(sweeps):
    kept = keeper(Archive(moved=3))
    assert [kept._turn() for _ in range(3)] == [3, 3, 3]
    assert len(sweeps) == 1


def test_a_sweep_goes_on_at_once_while_there_is_more(sweeps):
    kept = keeper(Archive(forgotten=5))
    assert [kept._turn(), kept._turn()] == [5, 5]
    assert len(sweeps) == 2


def test_a_wrong_clock_removes_nothing_but_old_commands_move_on(sweeps, monkeypatch):
    monkeypatch.setattr(housekeeping.clock_check, "is_true", lambda *_: False)
    archive = Archive(moved=1, forgotten=5)
    assert keeper(archive)._turn() == 1
    assert (archive.before, sweeps) == ([], [])


def test_back_pressure_delays_it_and_does_not_stop_it_for_ever(sweeps, monkeypatch):
    monkeypatch.setattr(housekeeping, "PATIENCE_SECONDS", 0.05)
    kept = keeper(Archive(moved=1))
    kept.context.backpressure.start()
    turn = eventlet.spawn(kept._turn)
    eventlet.sleep(0)
    assert not turn.dead and sweeps == []
    assert turn.wait() == 1
