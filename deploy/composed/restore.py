"""Restores the databases of a backup into empty ones: `docker-compose run --rm restore BACKUP`.
With names of services, only theirs, in place of what they hold.

Each database says afterwards that it was restored: its service takes no commands until it has
compared its log with what supervision has (shared/service/log_check.py). After an interruption it
can be run again: until it is done, a marker collection in each database shows that the data there
come from a restore.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError

from deploy.composed.archive import Archive, read_documents
from deploy.composed.backup import say
from deploy.local.errors import CannotRun
from shared.messaging.log_guard import RESTORED
from shared.platform.database import database_name
from shared.platform.settings import given
from shared.platform.topology import SERVICES

# The marker collection.
MARK = "restoring"
PRIMARY_KEY = "_id_"

Client = MongoClient[Any]


def restore(uri: str, folder: Path, only: Sequence[str] = ()) -> None:
    """Restore all databases, or replace those of the services `only`.

    Raises CannotRun for a damaged backup, and where a database that isn't to be replaced has data
    already.
    """
    manifest = Archive(folder).check()
    names = list(map(database_name, only or SERVICES))
    with MongoClient(uri, document_class=RawBSONDocument, w="majority") as client:
        if only:
            _empty(client, names)
        _claim(client, names, manifest["taken"])
        for name in names:
            for path in sorted((folder / "databases" / name).glob("*.bson.gz")):
                _collection(client[name], path, manifest["documents"])
            _mark_restored(client[name], manifest["taken"])
            client[name].drop_collection(MARK)


def _empty(client: Client, names: Iterable[str]) -> None:
    for name in names:
        # Marked first: an interruption in between is no database of its own.
        if MARK not in _filled(client, name):
            client[name][MARK].insert_one({"_id": "replaced"})
        for collection in client[name].list_collection_names():
            if collection != MARK and not collection.startswith("system."):
                client[name].drop_collection(collection)


def _mark_restored(database: Database[Any], taken: str) -> None:
    # A backup of a restored database that nobody had compared yet has the mark already.
    with suppress(DuplicateKeyError):
        database["log_state"].insert_one({"_id": RESTORED, "taken": taken})


def _claim(client: Client, names: Iterable[str], taken: str) -> None:
    """Mark every database as being restored. Raises CannotRun where one has data of its own."""
    for name in names:
        collections = list(_filled(client, name))
        if collections and MARK not in collections:
            raise CannotRun(
                f"{name} holds data already: {', '.join(collections)}.",
                "Restore into an empty database: docker-compose down, remove its volume, and start"
                " database and setup alone.",
            )
        # The user of backups may insert and drop, but not update.
        if MARK not in collections:
            client[name][MARK].insert_one({"_id": taken})


def _filled(client: Client, database: str) -> Iterator[str]:
    """Names of the collections with documents."""
    for name in client[database].list_collection_names():
        if not name.startswith("system.") and client[database][name].find_one({}, {"_id": 1}):
            yield name


def _collection(database: Database[Any], path: Path, counts: dict[str, int]) -> None:
    name = path.name.removesuffix(".bson.gz")
    about = json_util.loads(path.with_name(f"{name}.metadata.json").read_text())
    database.drop_collection(name)
    database.create_collection(name, **about["options"])
    for batch in read_documents(path):
        database[name].insert_many(map(RawBSONDocument, batch))
    indexes = [{k: v for k, v in it.items() if k != "ns"} for it in about["indexes"]]
    if more := [it for it in indexes if it["name"] != PRIMARY_KEY]:
        database.command("createIndexes", name, indexes=more)
    restored, expected = database[name].count_documents({}), counts[f"{database.name}.{name}"]
    if restored != expected:
        raise CannotRun(
            f"{database.name}.{name} has {restored} of {expected} documents.", "Run it again."
        )
    say(f"{database.name}.{name}: {restored}")


def main(arguments: list[str]) -> int:
    unknown = sorted(set(arguments[1:]) - set(SERVICES))
    if not arguments or arguments[0].startswith("-") or unknown:
        say("usage: docker-compose run --rm restore /backups/<name> [SERVICE ...]")
        say("Stop the services and empty the databases first; see docs/operations.md.")
        say(f"With services, only their databases are replaced: {', '.join(SERVICES)}.")
        say("A backup is a folder with a manifest.json.")
        say("Exit status: 0 restored; 1 not restored, the reason is above; 2 wrong usage.")
        return 2
    try:
        restore(given(os.environ, "MONGODB_URI"), Path(arguments[0]), arguments[1:])
    except CannotRun as problem:
        say(str(problem))
        return 1
    except (PyMongoError, OSError) as error:
        say(f"the restore was interrupted: {type(error).__name__}: {error}. Run it again.")
        return 1
    say("restored; start the services, then: office bring-forward, and office republish")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
