"""The bytes of stored documents, in as many answers as the database gives them in."""

import uuid

import pytest
from pymongo import MongoClient

from services.supervision.facts.stored_bytes import batches, decoded

FEW = [{"_id": number, "text": f"{number}" * 50, "list": [{"x": 1.5}, None]} for number in range(7)]
# Three of them are longer than an answer of the database may be.
LONG = [{"_id": number, "text": "x" * (6 * 2**20)} for number in range(5)]
BY_ID = {"_id": 1}


@pytest.fixture
def collection(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        name = f"warm_test_{uuid.uuid4().hex[:8]}"
        yield client[name]["documents"]
        client.drop_database(name)


def read(collection, at_once, query=None):
    return [decoded(batch) for batch in batches(collection, query or {}, BY_ID, at_once)]


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
def test_all_documents_come_in_their_order(collection, at_once):
    collection.insert_many(FEW[::-1])
    found = read(collection, at_once)
    assert [it for batch in found for it in batch] == FEW
    assert all(len(batch) <= at_once for batch in found)


def test_documents_that_do_not_fit_into_one_answer_come_in_several(collection):
    collection.insert_many(LONG)
    found = read(collection, 100)
    assert len(found) > 1
    assert [it for batch in found for it in batch] == LONG


def test_of_a_collection_that_is_not_there_nothing_comes(collection):
    assert read(collection, 100) == [[]]


def test_several_readers_take_turns(collection):
    collection.insert_many(FEW)
    readers = [batches(collection, {}, BY_ID, 2) for _ in range(3)]
    found = list(zip(*readers, strict=True))
    assert [decoded(first) for first, _, _ in found] == read(collection, 2)
    assert all(first == second == third for first, second, third in found)


def test_only_what_a_query_finds_comes(collection):
    collection.insert_many(FEW)
    assert read(collection, 100, {"_id": {"$gt": 4}}) == [FEW[5:]]


def test_the_same_documents_are_the_same_bytes_and_others_are_not(collection):
    collection.insert_many(FEW)
    first, again = (list(map(bytes, batches(collection, {}, BY_ID, 100))) for _ in range(2))
    assert first == again
    collection.update_one({"_id": 6}, {"$set": {"list.0.x": 1.25}})
    assert list(map(bytes, batches(collection, {}, BY_ID, 100))) != first
