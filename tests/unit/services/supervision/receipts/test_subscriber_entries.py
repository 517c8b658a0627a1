"""Subscribers as they are stored: added, given another password, removed, added again."""

import json

import pytest
from marshmallow import ValidationError

from services.supervision.receipts.subscriber_commands import SubscriberCommands
from services.supervision.receipts.subscriber_entries import SubscriberEntry
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from tests.support.memory import MemoryService

NOW = "2017-02-12T12:00:00+08:00"
HASH, ANOTHER = "A" * 48, "B" * 48


class InMemory(MemoryService, SubscriberCommands):
    name = "supervision"
    ACTOR, TIME, UNIT = "person:operator", NOW, "410103"

    def __init__(self):
        super().__init__(parse_instant(NOW), [self.UNIT])
        self.context.orgunits.district = lambda: self.UNIT

    def add(self, name="website", **gets):
        return self.ask("add_subscriber", name=name, password_hash=HASH, **gets)

    def stored(self, name="website"):
        return self.repository.get(SubscriberEntry, f"subscriber:{name}")


@pytest.fixture
def service():
    return InMemory()


def test_what_is_added_is_stored_with_its_hash_which_no_event_has(service):
    service.add(reports="public", events=["relief.order.*"])
    service.ask("rotate_subscriber", name="website", password_hash=ANOTHER)
    assert service.stored().password_hash == ANOTHER
    events = service.events("subscriber:website")
    kinds = [it["type"].rsplit(".", 1)[1] for it in events]
    assert kinds == ["added", "changed"]
    assert HASH not in json.dumps(events) and ANOTHER not in json.dumps(events)
    assert events[0]["data"]["events"] == ["relief.order.*"]


def test_adding_twice_is_refused(service):
    service.add(reports="public")
    with pytest.raises(Conflict):
        service.add(reports="internal")
    assert service.stored().reports == "public"


def test_who_gets_nothing_is_no_subscriber(service):
    with pytest.raises(ValidationError, match="without events"):
        service.add(reports=None, events=[])


@pytest.mark.parametrize("name", ["archive", "office", "reader", "keeper", "relief", "guest"])
def test_the_names_of_others_are_refused(service, name):
    with pytest.raises(Conflict):
        service.add(name, reports="public")


@pytest.mark.parametrize("pattern", ["relief.nothing.*", "supervision.briefing.published"])
def test_only_declared_events_that_are_for_all_can_be_asked_for(service, pattern):
    with pytest.raises(ValidationFailed):
        service.add(events=[pattern])


def test_who_is_not_there_cannot_be_changed(service):
    with pytest.raises(NotFound):
        service.ask("rotate_subscriber", name="website", password_hash=HASH)


def test_the_deployments_own_has_its_password_elsewhere(service):
    with pytest.raises(Conflict, match="secret file"):
        service.ask("rotate_subscriber", name="archive", password_hash=HASH)


def test_from_events_it_comes_back_without_a_password(service):
    service.add(reports="internal")
    [event] = service.events("subscriber:website")
    restored = SubscriberEntry(id="subscriber:website", orgunit="410103")
    restored.restore_state(event["data"], [event])
    assert (restored.name, restored.reports, restored.status) == ("website", "internal", "active")
    assert restored.password_hash is restored.password_since is None
