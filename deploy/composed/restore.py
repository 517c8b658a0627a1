"""Restores the databases of a backup into empty ones: `docker-compose run --rm restore BACKUP`.

After an interruption it can be run again: until it is done, a marker collection in each database
shows that the data there come from a restore.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from deploy.composed.archive import Archive, read_documents
from deploy.composed.backup import say
from deploy.local.errors import CannotRun
from shared.platform.database import database_name
from shared.platform.settings import given
from shared.platform.topology import SERVICES

# The marker collection.
MARK = "restoring"
PRIMARY_KEY = "_id_"

Client = MongoClient[Any]


def restore(uri: str, folder: Path) -> None:
    """Raises CannotRun for a damaged backup, and where a database has data already."""
    manifest = Archive(folder).check()
    with MongoClient(uri, document_class=RawBSONDocument, w="majority") as client:
        _claim(client, manifest["taken"])
        for path in sorted((folder / "databases").glob("*/*.bson.gz")):
            _collection(client[path.parent.name], path, manifest["documents"])
        for service in SERVICES:
            client[database_name(service)].drop_collection(MARK)


def _claim(client: Client, taken: str) -> None:
    """Mark every database as being restored. Raises CannotRun where one has data of its own."""
    for name in map(database_name, SERVICES):
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
    if len(arguments) != 1 or arguments[0].startswith("-"):
        say("usage: docker-compose run --rm restore /backups/<name>")
        say("Stop the services and empty the databases first; see docs/operations.md.")
        say("A backup is a folder with a manifest.json.")
        say("Exit status: 0 restored; 1 not restored, the reason is above; 2 wrong usage.")
        return 2
    try:
        restore(given(os.environ, "MONGODB_URI"), Path(arguments[0]))
    except CannotRun as problem:
        say(str(problem))
        return 1
    except (PyMongoError, OSError) as error:
        say(f"the restore was interrupted: {type(error).__name__}: {error}. Run it again.")
        return 1
    say("all databases are restored; start the services, then: office republish")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
