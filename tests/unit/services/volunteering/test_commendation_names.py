"""The names of commended volunteers: for readers whom the settings list, and on record."""

import json
from types import SimpleNamespace

import pytest
from marshmallow import ValidationError

from shared.domain.errors import Forbidden
from tests.unit.services.volunteering.test_volunteering_rpc import (
    ANOTHER,
    ID_NUMBER,
    IDENTITY,
    OTHER,
    RECORDER,
    Volunteering,
    secrets,
)

__all__ = ["secrets"]

NAME = IDENTITY["name"]


@pytest.fixture
def service(secrets):
    made = Volunteering(secrets)
    made.context.settings = SimpleNamespace(name_readers=(RECORDER,))
    return made


def register(service, id_number=ID_NUMBER, **more):
    identity = {"id_number": id_number, **more}
    return service.ask("register_volunteer", identity=identity)["id"]


def read(service, *volunteers, **more):
    return service.ask("commendation_names", year=2017, volunteers=list(volunteers), **more)


def found(answer):
    return {it["volunteer"]: it["name"] or it["missing"] for it in answer["names"]}


def test_a_listed_reader_gets_the_names_in_the_order_of_the_ids(service):
    one, two = register(service, name=NAME), register(service, ANOTHER, name="李四")
    answer = read(service, two, one)
    assert list(found(answer).items()) == [(two, "李四"), (one, NAME)]


def test_nobody_else_gets_them_and_nothing_is_recorded_of_it(service):
    one = register(service, name=NAME)
    with pytest.raises(Forbidden) as caught:
        read(service, one, actor=OTHER)
    assert caught.value.data["actor"] == OTHER
    assert NAME not in str(caught.value.data)
    assert len(service.collection.documents) == 1


def test_each_reading_is_recorded_with_the_reader_and_the_ids_and_without_a_name(service):
    one = register(service, name=NAME)
    answer = read(service, one)
    [event] = service.events(answer["id"])
    assert event["type"] == "volunteering.name_list.read"
    assert event["data"] == {
        "purpose": "commendation",
        "year": 2017,
        "volunteers": [one],
        "reader": RECORDER,
    }
    stored = service.collection.documents[answer["id"]]
    assert NAME not in json.dumps(stored, ensure_ascii=False, default=str)
    assert read(service, one)["id"] != answer["id"]


def test_the_same_command_is_one_reading(service):
    one = register(service, name=NAME)
    first = read(service, one, command_id="c")
    assert read(service, one, command_id="c") == first
    assert len(service.events(first["id"])) == 1


def test_where_there_is_no_name_it_says_why(service):
    left = register(service, name=NAME)
    service.ask("deregister_volunteer", id=left)
    gone = register(service, ANOTHER)
    answer = read(service, gone, left, "volunteer:nobody")
    assert found(answer) == {gone: "not_given", left: "left", "volunteer:nobody": "unknown"}
    service.ask("correct_volunteer", id=gone, withdrawn=True, reason="误登记")
    service.ask("erase_volunteer", id=left, ground="requested")
    assert found(read(service, gone, left)) == {gone: "withdrawn", left: "erased"}


@pytest.mark.parametrize("volunteers", [[], ["a b"], ["v"] * 501])
def test_what_is_wrong_is_named(service, volunteers):
    with pytest.raises(ValidationError) as caught:
        read(service, *volunteers)
    assert caught.value.messages.keys() == {"volunteers"}
