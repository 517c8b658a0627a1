"""Updates of one document: they are atomic, and they start from what is stored."""

import pytest
from pymongo import WriteConcern
from pymongo.errors import DuplicateKeyError, WriteConcernError


def test_pulling_what_was_published_keeps_what_another_writer_added(collection):
    collection.insert_one({"_id": 1, "pending": [{"id": "a"}, {"id": "b"}]})
    published = [event["id"] for event in collection.find_one(1)["pending"]]
    collection.update_one({"_id": 1}, {"$push": {"pending": {"id": "c"}}})
    collection.update_one({"_id": 1}, {"$pull": {"pending": {"id": {"$in": published}}}})
    assert collection.find_one(1)["pending"] == [{"id": "c"}]


def test_a_pipeline_computes_from_the_stored_value(collection):
    collection.insert_many([{"_id": 1, "marks": 5}, {"_id": 2, "marks": 6}])
    collection.update_many({}, [{"$set": {"dirty": {"$gt": ["$marks", 5]}, "marks": 0}}])
    assert [document["dirty"] for document in collection.find().sort("_id", 1)] == [False, True]


def test_a_guarded_update_that_comes_late_matches_nothing(collection):
    collection.insert_one({"_id": 1, "version": 4})
    late = collection.update_one({"_id": 1, "version": 3}, {"$set": {"version": 4, "note": "late"}})
    assert (late.matched_count, collection.find_one()) == (0, {"_id": 1, "version": 4})


def test_a_guarded_upsert_that_comes_late_is_a_duplicate(collection):
    collection.insert_one({"_id": 1, "version": 4})
    with pytest.raises(DuplicateKeyError) as caught:
        collection.update_one({"_id": 1, "version": 3}, {"$set": {"version": 4}}, upsert=True)
    assert caught.value.code == 11000


def test_a_majority_acknowledges_the_journaled_write(collection):
    careful = collection.with_options(write_concern=WriteConcern("majority", j=True, wtimeout=9000))
    assert careful.insert_one({"_id": 1}).acknowledged


def test_a_write_that_too_few_acknowledge_fails_and_is_there_all_the_same(collection):
    impossible = collection.with_options(write_concern=WriteConcern(w=50))
    with pytest.raises(WriteConcernError):
        impossible.insert_one({"_id": 1})
    assert collection.find_one() == {"_id": 1}
