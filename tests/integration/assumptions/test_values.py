"""Which values the database and its driver take, and how they come back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from bson.errors import InvalidDocument
from pymongo import InsertOne
from pymongo.errors import BulkWriteError, DocumentTooLarge, WriteError

MIB = 2**20
# The driver lets this much more pass, and leaves the verdict to the server.
HEADROOM = 16 * 1024


def test_an_instant_comes_back_aware_in_utc_and_cut_to_milliseconds(collection):
    shanghai = datetime(2017, 2, 6, 8, 0, 0, 123999, ZoneInfo("Asia/Shanghai"))
    collection.insert_one({"at": shanghai})
    assert collection.find_one()["at"] == datetime(2017, 2, 6, 0, 0, 0, 123000, UTC)


def test_an_instant_without_an_offset_is_taken_for_utc(collection):
    collection.insert_one({"at": datetime(2017, 2, 6)})  # noqa: DTZ001 - on purpose
    assert collection.find_one()["at"] == datetime(2017, 2, 6, tzinfo=UTC)


def test_a_document_far_over_16_mib_is_refused_by_the_driver(collection):
    with pytest.raises(DocumentTooLarge):
        collection.insert_one({"text": "x" * (16 * MIB + 2 * HEADROOM)})


def test_a_document_just_over_16_mib_is_refused_by_the_server_as_another_error(collection):
    with pytest.raises(WriteError) as caught:
        collection.insert_one({"text": "x" * 16 * MIB})
    assert not isinstance(caught.value, DocumentTooLarge)


def test_a_document_that_grows_over_16_mib_is_refused_by_the_server(collection):
    collection.insert_one({"_id": 1, "parts": ["x" * 9 * MIB]})
    with pytest.raises(WriteError) as caught:
        collection.update_one({"_id": 1}, {"$push": {"parts": "x" * 9 * MIB}})
    assert caught.value.code == 10334
    assert len(collection.find_one(1)["parts"]) == 1


def test_text_that_is_not_unicode_is_refused_by_the_driver(collection):
    for document in ({"text": "\ud800"}, {"\ud800": "as a key"}):
        with pytest.raises(UnicodeEncodeError):
            collection.insert_one(document)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_whole_numbers_beyond_64_bits_are_refused_by_the_driver(collection, number):
    with pytest.raises(OverflowError):
        collection.insert_one({"nested": [{"number": number}]})


def test_whole_numbers_of_64_bits_come_back_as_they_were(collection):
    collection.insert_one({"_id": 1, "most": 2**63 - 1, "least": -(2**63)})
    assert collection.find_one() == {"_id": 1, "most": 2**63 - 1, "least": -(2**63)}


def test_a_key_with_a_null_character_is_refused_by_the_driver(collection):
    with pytest.raises(InvalidDocument):
        collection.insert_one({"a\0b": 1})


def test_what_the_driver_refuses_keeps_its_whole_batch_out(collection):
    with pytest.raises(OverflowError):
        collection.insert_many([{"_id": 1}, {"_id": 2**64}, {"_id": 3}], ordered=False)
    assert collection.count_documents({}) == 0


def test_what_the_server_refuses_leaves_its_neighbours_in(collection):
    batch = [InsertOne({"_id": 1}), InsertOne({"text": "x" * 16 * MIB}), InsertOne({"_id": 2})]
    with pytest.raises(BulkWriteError):
        collection.bulk_write(batch, ordered=False)
    assert collection.count_documents({}) == 2


def test_json_nested_too_deep_is_refused_by_the_server(collection):
    value = 0
    for _ in range(200):
        value = [value]
    with pytest.raises(WriteError, match="180 levels of nesting"):
        collection.insert_one({"value": value})
