"""Sets up the database of a composed deployment: `python -m deploy.composed.setup`, in a container
that shares the database's network and ends when it is done.

For MongoDB it is a local client, which may start the replica set and create the first user. After
an interruption it continues; running it again changes nothing.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy import mongodb_users
from deploy.composed.secretfolder import BACKUP, MOUNTED, REPLICA_SET
from shared.domain.types import Document
from shared.platform.database import roles
from shared.platform.permissions import KEEPER
from shared.platform.topology import SERVICES

MEMBER = "database:27017"
SECONDS = 120
EVERY_SECONDS = 0.5
AUTHENTICATION_FAILED = 18

ROLES: dict[str, mongodb_users.Roles] = {
    # Creates users, and manages the replica set.
    KEEPER: [
        {"role": "userAdminAnyDatabase", "db": "admin"},
        {"role": "clusterManager", "db": "admin"},
    ],
    # Reads and writes every database.
    BACKUP: [{"role": "backup", "db": "admin"}, {"role": "restore", "db": "admin"}],
    **{service: roles(service) for service in SERVICES},
}


class Unready(Exception):
    """The database isn't ready yet: the message says what is missing."""


def main() -> int:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            set_up()
        except (Unready, PyMongoError) as problem:
            if time.monotonic() > deadline:
                say(f"the database could not be set up: {problem}")
                return 1
            time.sleep(EVERY_SECONDS)
        else:
            say(f"the database is set up, with {len(ROLES)} users")
            return 0


def set_up() -> None:
    """One attempt. Raises Unready, and the driver's errors."""
    with local() as client:
        hello = client.admin.command("hello")
        if "setName" not in hello:
            _start_replica_set(client)
            raise Unready("its replica set is starting")
        if not hello["isWritablePrimary"]:
            raise Unready("it has no primary")
    if not _keeper_exists():
        with local() as client:
            client.admin.command("createUser", KEEPER, pwd=password(KEEPER), roles=ROLES[KEEPER])
    with local(username=KEEPER, password=password(KEEPER)) as client:
        users = {name: (password(name), given) for name, given in ROLES.items()}
        mongodb_users.create_or_update(client, users)


def _start_replica_set(client: MongoClient[Document]) -> None:
    members = [{"_id": 0, "host": MEMBER}]
    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    say("starting the replica set")


def _keeper_exists() -> bool:
    try:
        with local(username=KEEPER, password=password(KEEPER)) as client:
            client.admin.command("connectionStatus")
    except OperationFailure as error:
        if error.code == AUTHENTICATION_FAILED:
            return False
        raise
    return True


@contextmanager
def local(**login: str) -> Iterator[MongoClient[Document]]:
    """A client of the server, which is `localhost` in the shared network."""
    options: dict[str, Any] = {"tls": True, "tlsCAFile": f"{MOUNTED}/authority.pem", **login}
    with MongoClient[Document](
        "localhost", directConnection=True, serverSelectionTimeoutMS=2000, **options
    ) as client:
        yield client


def password(identity: str) -> str:
    """The password in the secret of `identity`."""
    uri = Path(MOUNTED, f"{identity}.mongodb").read_text()
    return unquote(urlsplit(uri).password or "")


def say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
