"""A unique index on a field inside an array, as the ids of commands have it."""

import pytest
from pymongo.errors import DuplicateKeyError


@pytest.fixture
def aggregates(collection):
    collection.create_index(
        "commands.id", unique=True, partialFilterExpression={"commands.id": {"$exists": True}}
    )
    return collection


def test_the_same_command_in_another_document_is_refused(aggregates):
    aggregates.insert_one({"_id": 1, "commands": [{"id": "a"}, {"id": "b"}]})
    with pytest.raises(DuplicateKeyError):
        aggregates.insert_one({"_id": 2, "commands": [{"id": "c"}, {"id": "b"}]})


def test_the_same_command_pushed_to_another_document_is_refused(aggregates):
    aggregates.insert_many([{"_id": 1, "commands": [{"id": "a"}]}, {"_id": 2, "commands": []}])
    with pytest.raises(DuplicateKeyError):
        aggregates.update_one({"_id": 2}, {"$push": {"commands": {"id": "a"}}, "$inc": {"n": 1}})
    assert aggregates.find_one(2) == {"_id": 2, "commands": []}


def test_the_same_command_twice_in_one_document_is_not_noticed(aggregates):
    aggregates.insert_one({"_id": 1, "commands": [{"id": "a"}]})
    aggregates.update_one({"_id": 1}, {"$push": {"commands": {"id": "a"}}})
    assert len(aggregates.find_one(1)["commands"]) == 2


def test_documents_without_commands_do_not_collide(aggregates):
    aggregates.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3, "commands": []}])
    aggregates.insert_one({"_id": 4, "commands": []})
    assert aggregates.count_documents({}) == 4
