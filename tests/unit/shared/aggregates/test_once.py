"""A repetition that overtakes the call that it repeats gets that call's result."""

import pytest

from services.volunteering.documents.stations import Station
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.clock import Clock
from shared.domain.errors import Conflict
from shared.domain.periods import parse_instant
from tests.support.memory import Collection

NOW = parse_instant("2017-02-08T09:00:00+08:00")


@pytest.fixture
def repository():
    return Repository(Collection(), Clock(lambda: NOW), "relief")


def opening(repository, command):
    """What the first call does."""
    return repository.create(
        Station, command, lambda it: it.open(Moment(NOW)), orgunit="410103001", name="一站"
    )


def test_what_the_first_call_wrote_meanwhile_is_no_reason_to_refuse_the_second(repository):
    command, first = repository.command("open_station", "c", "person:a", {}), []

    def act():
        first.append(opening(repository, command))
        raise Conflict({"reason": "there is one already"})

    assert repository.once(command, act) == first[0]


def test_what_another_command_wrote_is(repository):
    opening(repository, repository.command("open_station", "another", "person:a", {}))

    def act():
        raise Conflict({"reason": "there is one already"})

    with pytest.raises(Conflict):
        repository.once(repository.command("open_station", "c", "person:a", {}), act)
