"""A unique index on a field inside an array, as the ids of commands have it."""

from concurrent.futures import ThreadPoolExecutor

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


def move(aggregates, session):
    """The entry `b` of document 1 becomes a document of its own."""
    shortened = {"$pull": {"commands": {"id": "b"}}}
    aggregates.update_one({"_id": 1}, shortened, session=session)
    aggregates.insert_one({"_id": "b", "commands": [{"id": "b"}]}, session=session)


def test_a_transaction_moves_a_unique_value_to_another_document(aggregates):
    aggregates.insert_one({"_id": 1, "commands": [{"id": "a"}, {"id": "b"}]})
    with aggregates.database.client.start_session() as session:
        session.with_transaction(lambda it: move(aggregates, it))
    assert aggregates.find_one({"commands.id": "b"})["_id"] == "b"
    with pytest.raises(DuplicateKeyError):
        aggregates.insert_one({"_id": 2, "commands": [{"id": "b"}]})


def test_a_value_that_a_transaction_moves_is_free_for_nobody_meanwhile(aggregates):
    """The other writer waits for the end of the transaction, and is refused then."""
    aggregates.insert_one({"_id": 1, "commands": [{"id": "a"}, {"id": "b"}]})
    aggregates.insert_one({"_id": 2, "commands": []})
    change = {"$push": {"commands": {"id": "b"}}}
    with ThreadPoolExecutor(1) as pool:
        with aggregates.database.client.start_session() as session, session.start_transaction():
            move(aggregates, session)
            other = pool.submit(aggregates.update_one, {"_id": 2}, change)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.2)
        with pytest.raises(DuplicateKeyError):
            other.result()


def test_an_interrupted_move_has_moved_nothing(aggregates):
    aggregates.insert_one({"_id": 1, "commands": [{"id": "a"}, {"id": "b"}]})
    with aggregates.database.client.start_session() as session:
        session.start_transaction()
        move(aggregates, session)
        session.abort_transaction()
    assert aggregates.find_one({"commands.id": "b"})["_id"] == 1
    assert aggregates.count_documents({}) == 1
