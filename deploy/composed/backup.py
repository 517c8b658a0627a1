"""Backs up a deployment while it runs: `docker-compose run --rm backup`.

The backup has all databases as they were at one instant, so that no service is ahead of another,
and the secrets with the broker's definitions. The broker's queues are not copied: every event is in
the log of the service that published it (docs/decisions/0012-backup.md).
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import DESCENDING, MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure, PyMongoError

from deploy.composed.archive import Archive, write_documents
from deploy.local.errors import CannotRun
from shared.domain.types import Json
from shared.platform.database import database_name
from shared.platform.settings import given
from shared.platform.topology import SERVICES
from shared.platform.version import project_version

UNFINISHED = ".unfinished"
# SnapshotTooOld and SnapshotUnavailable: the instant is too long ago, or a collection was replaced.
SNAPSHOT_LOST = (239, 246)
ATTEMPTS = 3

Client = MongoClient[RawBSONDocument]


def take(uri: str, secrets: Path, into: Path) -> Path:
    """A new backup below `into`; its folder. Raises CannotRun."""
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder = into / f"{name}{UNFINISHED}"
    with MongoClient(uri, document_class=RawBSONDocument) as client:
        about = _databases(client, folder)
    shutil.copytree(secrets, folder / "secrets")
    version = os.environ.get("WARM_VERSION") or project_version()
    Archive(folder).finish(taken=name, version=version, **about)
    return folder.rename(into / name)


def _databases(client: Client, folder: Path) -> Json:
    """Raises CannotRun when the database drops the snapshot before everything is read, ATTEMPTS
    times."""
    for _ in range(ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            with client.start_session(snapshot=True) as session:
                return _at_one_instant(client, session, folder)
        except OperationFailure as error:
            if error.code not in SNAPSHOT_LOST:
                raise
            say("the snapshot was lost: starting again")
    raise CannotRun(
        "The database dropped its snapshot before everything was copied.",
        "Raise its parameter minSnapshotHistoryWindowInSeconds (it is 300), or back up at a time"
        " with less load.",
    )


def _at_one_instant(client: Client, session: ClientSession, folder: Path) -> Json:
    documents: dict[str, int] = {}
    for database, about in _collections(client):
        name = f"{database}.{about['name']}"
        collection = client[database][about["name"]]
        path = folder / "databases" / database / f"{about['name']}.bson.gz"
        documents[name] = write_documents(path, collection.find_raw_batches(session=session))
        shape = {"options": about["options"], "indexes": list(collection.list_indexes())}
        path.with_name(f"{about['name']}.metadata.json").write_text(json_util.dumps(shape))
        say(f"{name}: {documents[name]}")
    return {"documents": documents, "logs": _logs(client, session)}


def _collections(client: Client) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name of the database, description of the collection)."""
    for service in SERVICES:
        database = database_name(service)
        for collection in client[database].list_collections():
            if not collection["name"].startswith("system."):
                yield database, collection


def _logs(client: Client, session: ClientSession) -> dict[str, int]:
    """Service → the last number in its log; 0 for an empty log."""
    found = {
        service: client[database_name(service)]["log"].find_one(
            {}, {"_id": 1}, sort=[("_id", DESCENDING)], session=session
        )
        for service in SERVICES
    }
    return {service: newest["_id"] if newest else 0 for service, newest in found.items()}


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    secrets, into = map(Path, arguments)
    try:
        folder = take(given(os.environ, "MONGODB_URI"), secrets, into)
    except CannotRun as problem:
        say(str(problem))
        return 1
    except (PyMongoError, OSError) as error:
        say(f"the backup failed: {type(error).__name__}: {error}")
        return 1
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
