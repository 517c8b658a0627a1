"""Puts the databases of a backup into empty ones: `docker-compose run --rm restore BACKUP`.

Interrupted, it can be run again: until it is done a mark says that what is there is its own.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.composed.archive import Archive, read_documents
from deploy.composed.backup import say
from deploy.local.errors import CannotRun
from shared.platform.database import database_name
from shared.platform.settings import given
from shared.platform.topology import SERVICES

MARK = "restoring"
PRIMARY_KEY = "_id_"

Client = MongoClient[Any]


def restore(uri: str, folder: Path) -> None:
    """Raises CannotRun for a backup that is damaged, and where there are data already."""
    manifest = Archive(folder).check()
    with MongoClient(uri, document_class=RawBSONDocument, w="majority") as client:
        _claim(client, manifest["taken"])
        for path in sorted((folder / "databases").glob("*/*.bson.gz")):
            _collection(client[path.parent.name], path, manifest["documents"])
        for service in SERVICES:
            client[database_name(service)].drop_collection(MARK)


def _claim(client: Client, taken: str) -> None:
    """Mark every database as being restored. Raises CannotRun where another one's data are."""
    for name in map(database_name, SERVICES):
        there = list(_filled(client, name))
        if there and MARK not in there:
            raise CannotRun(
                f"{name} holds data already: {', '.join(there)}.",
                "Restore into an empty database: docker-compose down, remove its volume, and start"
                " database and setup alone.",
            )
        # Who restores may insert and drop, and not update.
        if MARK not in there:
            client[name][MARK].insert_one({"_id": taken})


def _filled(client: Client, database: str) -> Iterator[str]:
    """Names of the collections with documents."""
    for name in client[database].list_collection_names():
        if not name.startswith("system.") and client[database][name].find_one({}, {"_id": 1}):
            yield name


def _collection(database: Any, path: Path, counts: dict[str, int]) -> None:
    name = path.name.removesuffix(".bson.gz")
    about = json_util.loads(path.with_name(f"{name}.metadata.json").read_text())
    database.drop_collection(name)
    database.create_collection(name, **about["options"])
    for batch in read_documents(path):
        database[name].insert_many(map(RawBSONDocument, batch))
    indexes = [{k: v for k, v in it.items() if k != "ns"} for it in about["indexes"]]
    if more := [it for it in indexes if it["name"] != PRIMARY_KEY]:
        database.command("createIndexes", name, indexes=more)
    there, wanted = database[name].count_documents({}), counts[f"{database.name}.{name}"]
    if there != wanted:
        raise CannotRun(f"{database.name}.{name} has {there} of {wanted} documents.", "Try again.")
    say(f"{database.name}.{name}: {there}")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        say("usage: docker-compose run --rm restore /backups/<name>   (services stopped, databases")
        say("empty; see docs/operations.md). Backups are folders that have a manifest.json.")
        return 2
    try:
        restore(given(os.environ, "MONGODB_URI"), Path(arguments[0]))
    except CannotRun as problem:
        say(str(problem))
        return 1
    except (PyMongoError, OSError) as error:
        say(f"interrupted: {type(error).__name__}: {error}. Run it again.")
        return 1
    say("all databases are restored; start the services, then: office republish")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
