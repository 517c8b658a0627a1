"""Sets up the database of a composed deployment: `python -m deploy.composed.setup`, in a container
that shares the network of the database's and ends when it is done.

To MongoDB it is a local client, which may start the replica set and make the first user as long as
there is none. It goes on where it was interrupted, and run again it changes nothing.
"""

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy import mongodb_users
from deploy.composed.secretfolder import BACKUP, MOUNTED, REPLICA_SET
from shared.platform.database import roles
from shared.platform.permissions import KEEPER
from shared.platform.topology import SERVICES

MEMBER = "database:27017"
SECONDS = 120
EVERY_SECONDS = 0.5
AUTHENTICATION_FAILED = 18

ROLES: dict[str, mongodb_users.Roles] = {
    # Makes users, and sees to the replica set.
    KEEPER: [
        {"role": "userAdminAnyDatabase", "db": "admin"},
        {"role": "clusterManager", "db": "admin"},
    ],
    # Copies everything, and puts it back.
    BACKUP: [{"role": "backup", "db": "admin"}, {"role": "restore", "db": "admin"}],
    **{service: roles(service) for service in SERVICES},
}


class Unready(Exception):
    """The database isn't there yet: says what is missing."""


def main() -> int:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            set_up()
        except (Unready, PyMongoError) as problem:
            if time.monotonic() > deadline:
                say(f"the database can't be set up: {problem}")
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
            _begin_replica_set(client)
            raise Unready("its replica set begins")
        if not hello["isWritablePrimary"]:
            raise Unready("it has no primary")
    if not _knows_keeper():
        with local() as client:
            client.admin.command("createUser", KEEPER, pwd=password(KEEPER), roles=ROLES[KEEPER])
    with local(username=KEEPER, password=password(KEEPER)) as client:
        mongodb_users.put(client, {name: (password(name), given) for name, given in ROLES.items()})


def _begin_replica_set(client: MongoClient[Any]) -> None:
    members = [{"_id": 0, "host": MEMBER}]
    client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    say("the replica set begins")


def _knows_keeper() -> bool:
    try:
        with local(username=KEEPER, password=password(KEEPER)) as client:
            client.admin.command("connectionStatus")
    except OperationFailure as error:
        if error.code == AUTHENTICATION_FAILED:
            return False
        raise
    return True


@contextmanager
def local(**login: str) -> Any:
    """A client of the server in the same network, where it is `localhost`."""
    with MongoClient[Any](
        "localhost",
        directConnection=True,
        serverSelectionTimeoutMS=2000,
        tls=True,
        tlsCAFile=f"{MOUNTED}/authority.pem",
        **login,
    ) as client:
        yield client


def password(identity: str) -> str:
    """As its secret says."""
    uri = Path(MOUNTED, f"{identity}.mongodb").read_text()
    return unquote(urlsplit(uri).password or "")


def say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    sys.exit(main())
