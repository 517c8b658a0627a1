"""Inserting many at once: what is stored when one of them is a duplicate."""

import pytest
from pymongo.errors import BulkWriteError

DUPLICATE = 11000


def insert(collection, identities, ordered):
    """Position and code of each document that was refused."""
    documents = [{"_id": identity} for identity in identities]
    with pytest.raises(BulkWriteError) as caught:
        collection.insert_many(documents, ordered=ordered)
    return [(error["index"], error["code"]) for error in caught.value.details["writeErrors"]]


def stored(collection):
    return [document["_id"] for document in collection.find().sort("_id", 1)]


def test_in_order_the_first_duplicate_stops_the_rest(collection):
    collection.insert_one({"_id": 3})
    assert insert(collection, [1, 2, 3, 4], ordered=True) == [(2, DUPLICATE)]
    assert stored(collection) == [1, 2, 3]


def test_out_of_order_all_others_are_stored_and_each_duplicate_is_named(collection):
    collection.insert_many([{"_id": 2}, {"_id": 4}])
    assert insert(collection, [1, 2, 3, 4, 5], False) == [(1, DUPLICATE), (3, DUPLICATE)]
    assert stored(collection) == [1, 2, 3, 4, 5]


def test_a_duplicate_within_one_batch_is_named_too(collection):
    assert insert(collection, [1, 2, 1], ordered=False) == [(2, DUPLICATE)]
    assert stored(collection) == [1, 2]


def test_a_duplicate_leaves_the_stored_document_as_it_was(collection):
    collection.insert_one({"_id": 1, "note": "first"})
    insert(collection, [1], ordered=False)
    assert collection.find_one() == {"_id": 1, "note": "first"}
