"""A collection takes the place of another one: what readers and writers of that one see."""

import pytest
from pymongo import ASCENDING
from pymongo.errors import OperationFailure

from services.supervision.figures.figure_cache import REPLACED_CODES

MANY = 500
FEW = 100


@pytest.fixture
def other(collection):
    yield collection.database[f"{collection.name}.other"]
    collection.database.drop_collection(f"{collection.name}.other")


def filled(collection, value):
    collection.insert_many([{"_id": number, "value": value} for number in range(MANY)])


def test_documents_and_indexes_are_those_of_the_one_that_came(collection, other):
    filled(collection, "old")
    filled(other, "new")
    other.create_index([("value", ASCENDING)])
    other.rename(collection.name, dropTarget=True)
    assert collection.distinct("value") == ["new"]
    assert set(collection.index_information()) == {"_id_", "value_1"}
    assert other.name not in collection.database.list_collection_names()


def test_a_reader_in_the_middle_gets_an_error_and_never_mixes_both(collection, other):
    filled(collection, "old")
    filled(other, "new")
    reader = collection.find(batch_size=FEW)
    seen = [next(reader)["value"] for _ in range(FEW)]
    other.rename(collection.name, dropTarget=True)
    with pytest.raises(OperationFailure) as caught:
        seen += [document["value"] for document in reader]
    assert caught.value.code in REPLACED_CODES
    assert set(seen) == {"old"}


@pytest.mark.parametrize("begun", [False, True], ids=["not begun", "begun"])
def test_a_reader_of_an_instant_before_gets_an_error(collection, other, begun):
    filled(collection, "old")
    filled(other, "new")
    with collection.database.client.start_session(snapshot=True) as session:
        reader = collection.find(batch_size=FEW, session=session)
        other.find_one(session=session)
        if begun:
            next(reader)
        other.rename(collection.name, dropTarget=True)
        with pytest.raises(OperationFailure) as caught:
            list(reader)
    assert caught.value.code in REPLACED_CODES


def test_who_writes_by_name_writes_into_the_one_that_came(collection, other):
    filled(collection, "old")
    filled(other, "new")
    other.rename(collection.name, dropTarget=True)
    collection.update_one({"_id": 1}, {"$set": {"value": "newer"}})
    assert collection.count_documents({"value": "new"}) == MANY - 1


def test_one_that_is_gone_cannot_take_any_place(collection, other):
    filled(collection, "old")
    filled(other, "new")
    other.drop()
    with pytest.raises(OperationFailure):
        other.rename(collection.name, dropTarget=True)
    assert collection.distinct("value") == ["old"]
