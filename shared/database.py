"""One database a service: its connection and its collections with their indexes."""

import mongoengine
from pymongo import ASCENDING, IndexModel, errors

# The database is away or has no primary: nothing is wrong with the work itself.
AWAY = (errors.ConnectionFailure, errors.WTimeoutError)

SELECTION_MS = 5000
DUPLICATE = 11000

INDEXES = {
    "aggregates": [
        # A command id belongs to one aggregate of the whole service.
        IndexModel(
            [("commands.id", ASCENDING)],
            unique=True,
            partialFilterExpression={"commands.id": {"$exists": True}},
        ),
        IndexModel(
            [("pending.id", ASCENDING)],
            partialFilterExpression={"pending.id": {"$exists": True}},
        ),
        IndexModel([("_cls", ASCENDING)]),
    ],
    "log": [
        IndexModel([("event.id", ASCENDING)], unique=True),
        IndexModel([("event.time", ASCENDING)]),
    ],
    "parked": [
        IndexModel([("state", ASCENDING), ("next_try", ASCENDING)]),
        IndexModel([("reason", ASCENDING)]),
    ],
    "orgunits": [IndexModel([("parent", ASCENDING)])],
}


def database_name(service):
    return f"warm_{service}"


def connect(settings, service):
    """Connect MongoEngine; every write is acknowledged by the majority and journaled."""
    return mongoengine.connect(
        db=database_name(service),
        host=settings.mongodb_uri,
        w="majority",
        journal=True,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=SELECTION_MS,
    )[database_name(service)]


def duplicates(error):
    """Which of a bulk write's items were there already, by their place in it.

    Raises `error` when anything else failed, and WTimeoutError (one of AWAY) when the majority
    didn't acknowledge: then nothing may be taken as stored.
    """
    if error.details["writeConcernErrors"]:
        raise errors.WTimeoutError("the majority didn't acknowledge") from error
    failures = error.details["writeErrors"]
    if any(failure["code"] != DUPLICATE for failure in failures):
        raise error
    return [failure["index"] for failure in failures]


def create_indexes(database, indexes=INDEXES):
    for collection, models in indexes.items():
        database[collection].create_indexes(models)
