"""The database of a service: its connection, and its collections with their indexes."""

from collections.abc import Mapping

import mongoengine
from pymongo import ASCENDING, IndexModel, MongoClient, errors
from pymongo.database import Database

from shared.domain.types import Document
from shared.platform.settings import Settings

# The database is unreachable or has no primary, or the majority may lack the write: the work can be
# repeated.
UNREACHABLE = (errors.ConnectionFailure, errors.WriteConcernError)

# KeyNotFound: a member that has just started can't verify the signatures of its replica set yet.
STARTING = 211

SELECTION_MS = 5000
DUPLICATE = 11000

# Collection → its indexes.
Indexes = Mapping[str, list[IndexModel]]

INDEXES: Indexes = {
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
        # Documents with more than 200 commands, which are shortened in the background; and commands
        # that were moved out of them (shared/aggregates/command_archive.py).
        IndexModel(
            [("version", ASCENDING)],
            name="grown",
            partialFilterExpression={"commands.200": {"$exists": True}},
        ),
        IndexModel(
            [("command_recorded", ASCENDING)],
            name="moved_commands",
            partialFilterExpression={"command_recorded": {"$exists": True}},
        ),
    ],
    "log": [
        IndexModel([("id", ASCENDING)], unique=True),
        IndexModel([("period", ASCENDING)]),
    ],
    "parked": [
        IndexModel([("state", ASCENDING), ("next_try", ASCENDING)]),
        IndexModel([("reason", ASCENDING), ("first_seen", ASCENDING)]),
        IndexModel([("audit.command_id", ASCENDING)]),
        # Which ones have been kept for long enough.
        IndexModel([("state", ASCENDING), ("resolved", ASCENDING)]),
        IndexModel([("state", ASCENDING), ("last_seen", ASCENDING)]),
    ],
    "parked_acts": [IndexModel([("at", ASCENDING)])],
    "orgunits": [IndexModel([("parent", ASCENDING)])],
}


def database_name(service: str) -> str:
    return f"warm_{service}"


def roles(service: str) -> list[dict[str, str]]:
    """The roles of a service's database user: read and write its own database, and nothing else."""
    return [{"role": "readWrite", "db": database_name(service)}]


def connect(settings: Settings, service: str) -> Database[Document]:
    """Connect MongoEngine; every write is acknowledged by the majority and journaled."""
    client: MongoClient[Document] = mongoengine.connect(
        db=database_name(service),
        host=settings.mongodb_uri,
        w="majority",
        journal=True,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=SELECTION_MS,
    )
    return client[database_name(service)]


def normalized(error: Exception) -> Exception:
    """The error; one of UNREACHABLE if the driver reports an unreachable database otherwise."""
    unacknowledged = isinstance(error, errors.BulkWriteError) and error.details.get(
        "writeConcernErrors"
    )
    if unacknowledged or getattr(error, "code", None) == STARTING:
        return errors.AutoReconnect(type(error).__name__)
    return error


def describe(error: Exception) -> str:
    """The name of the error, and whether the server's certificate was refused.

    The driver's own messages are long and contain addresses.
    """
    refused = "certificate verify failed" in str(error)
    return f"{type(error).__name__}: certificate refused" if refused else type(error).__name__


def duplicates(error: errors.BulkWriteError) -> list[int]:
    """The positions of the items of a bulk write that existed already.

    Raises `error` if anything else failed, and WTimeoutError (one of UNREACHABLE) if the majority
    didn't acknowledge: then no item counts as stored.
    """
    if error.details["writeConcernErrors"]:
        raise errors.WTimeoutError("the majority didn't acknowledge") from error
    failures = error.details["writeErrors"]
    if any(failure["code"] != DUPLICATE for failure in failures):
        raise error
    return [failure["index"] for failure in failures]


# Collection → indexes of earlier releases that would refuse what is right now.
GONE = {"aggregates": ("issue_1",)}


def create_indexes(database: Database[Document], indexes: Indexes = INDEXES) -> None:
    for collection, models in indexes.items():
        for name in GONE.get(collection, ()):
            if name in database[collection].index_information():
                database[collection].drop_index(name)
        database[collection].create_indexes(models)
