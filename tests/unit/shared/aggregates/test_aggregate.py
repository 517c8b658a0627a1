"""An aggregate and its document: what is stored, what is emptied, what its commands return."""

from dataclasses import replace

import pytest
from marshmallow import Schema
from mongoengine import ValidationError

from services.clinics.documents import Clinic
from services.relief.documents import Stock
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment, event_id
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import Beside
from shared.contracts.fields import Choice
from shared.contracts.messages import event_of
from shared.domain.clock import Clock
from shared.domain.periods import parse_instant
from tests.support import event_versions
from tests.support.memory import Collection

MOMENT = Moment(parse_instant("2017-02-06T09:30:00+08:00"))
DOCUMENT = {
    "_id": "clinic-1",
    "_cls": "Aggregate.Clinic",
    "version": 3,
    "commands": [],
    "orgunit": "410103006",
    "venue": "广场",
    "planned_for": "2017-02-09",
    "first_planned_for": "2017-02-09",
    "status": "filed",
    "reason": "rain",
    "of_a_newer_version": 1,
}


def test_the_class_name_is_what_documents_hold():
    assert Clinic.class_name() == "Aggregate.Clinic"


def test_a_document_is_read_and_written_with_the_same_state():
    clinic = Clinic.from_document(DOCUMENT)
    assert (clinic.id, clinic.version, clinic.status, clinic.new_events) == (
        "clinic-1",
        3,
        "filed",
        [],
    )
    written = clinic.to_document()
    own = DOCUMENT.keys() - {"version", "commands", "of_a_newer_version"}
    assert {name: written[name] for name in own} == {name: DOCUMENT[name] for name in own}
    assert not written.keys() & {"version", "commands", "of_a_newer_version"}


def test_only_fields_of_this_version_are_emptied():
    clinic = Clinic.from_document(DOCUMENT)
    clinic.reason = None
    assert clinic.emptied_fields(clinic.to_document()) == {"reason"}


def test_nothing_of_a_new_aggregate_is_emptied():
    stock = Stock(id="s", orgunit="410103", stock="merchants", level={"value": "9"})
    assert stock.emptied_fields(stock.to_document()) == set()


def test_a_document_that_is_not_valid_is_not_written():
    with pytest.raises(ValidationError):
        Stock(id="s", stock="merchants").to_document()


def test_the_result_counts_the_events_that_were_recorded():
    stock = Stock(id="s", orgunit="410103", stock="merchants")
    assert stock.result() == {"id": "s", "version": 0}
    stock.declare({"value": "9"}, None, MOMENT)
    assert stock.result() == {"id": "s", "version": 1}
    [(event_type, moment, data)] = stock.new_events
    assert (event_type.name, moment, data) == ("relief.stock.declared", MOMENT, stock.state())


def name_alone(state):
    return {"stock": state["stock"]}


class Named(Schema):
    stock = Choice(["merchants"], required=True)


@pytest.fixture
def stock_in_two_versions():
    """The newest version of `stock.declared` with one before it, which has a part of its data."""
    present = EVENT_TYPES["relief.stock.declared"]
    earlier = replace(present, data=Named, beside=Beside("9.0", name_alone))
    newest = replace(present, version=2, earlier=earlier)
    with event_versions.declared(newest):
        yield earlier, newest


def declare(stock):
    stock.declare({"value": "9", "qualifier": "exact", "unit": "merchant"}, None, MOMENT)


def test_both_published_versions_are_recorded_the_earlier_one_first(stock_in_two_versions):
    stock = Stock(id="s", orgunit="410103", stock="merchants")
    declare(stock)
    assert [(event.event_type, event.moment, event.data) for event in stock.new_events] == [
        (stock_in_two_versions[0], MOMENT, {"stock": "merchants"}),
        (stock_in_two_versions[1], MOMENT, stock.state()),
    ]
    assert stock.result() == {"id": "s", "version": 2}


def test_both_versions_are_events_of_one_command(stock_in_two_versions):
    written = []
    repository = Repository(
        Collection(), Clock(lambda: MOMENT.time), "relief", on_written=written.extend
    )
    command = repository.command("declare_stock", "c-1", "person:a", {})
    repository.create(Stock, command, declare, orgunit="410103", stock="merchants")
    events = list(map(event_of, written))
    assert [it["dataschema"] for it in events] == [it.dataschema for it in stock_in_two_versions]
    assert [it["subjectsequence"] for it in events] == [1, 2]
    assert [it["id"] for it in events] == [event_id("relief", "c-1", n) for n in (1, 2)]


def test_the_result_has_the_status_where_there_is_one():
    result = Clinic.from_document(DOCUMENT).result()
    assert result == {"id": "clinic-1", "version": 3, "status": "filed"}
