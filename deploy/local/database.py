"""The stack's own MongoDB: a replica set with access control, on loopback only."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy import mongodb_users
from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.ports import HOST, Ports, require_free
from deploy.local.processes import Process
from deploy.local.tls import Tls
from deploy.local.waiting import wait_until
from shared.domain.types import Document

USER = "warm"
REPLICA_SET = "warm"
READY_SECONDS = 60
# After how long the other members replace a dead primary: shorter than the usual ten seconds.
ELECTION_MS = 5000


@dataclass(frozen=True)
class Member:
    """One mongod of the replica set, below the stack's folder `home`; `number` counts from 0."""

    home: Path
    ports: Ports
    number: int
    tls: Tls | None = None

    @property
    def name(self) -> str:
        return f"database-{self.number + 1}" if self.number else "database"

    @property
    def port(self) -> int:
        return self.ports.database(self.number)

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def process(self) -> Process:
        return Process(self.name, self.home)

    @property
    def folder(self) -> Path:
        return self.home / self.name

    def launch(self, mongod: Path, key_file: Path) -> None:
        if self.process.pid is not None:
            return
        require_free(self.port)
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        self.process.start(self._command(mongod, key_file), environment)

    def client(self, **login: str) -> MongoClient[Document]:
        options: dict[str, Any] = {**_tls_options(self.tls), **login}
        return MongoClient(
            HOST, self.port, directConnection=True, serverSelectionTimeoutMS=1000, **options
        )

    def hello(self) -> Document:
        """The member's answer to `hello`, which needs no login; {} while it doesn't answer."""
        try:
            with self.client() as client:
                return client.admin.command("hello")
        except PyMongoError:
            return {}

    def _command(self, mongod: Path, key_file: Path) -> list[str | int | Path]:
        return [
            mongod,
            *("--replSet", REPLICA_SET),
            *("--keyFile", key_file),
            *("--bind_ip", HOST),
            *("--port", self.port),
            *("--dbpath", self.folder),
            *("--wiredTigerCacheSizeGB", "0.5"),
            *("--oplogSize", "256"),
            "--nounixsocket",
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # All members are stopped at once: waiting for another one to take over is useless.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
            *self._tls_arguments(),
        ]

    def _tls_arguments(self) -> Iterator[str | Path]:
        if not self.tls:
            return
        yield from ("--tlsMode", "requireTLS", "--tlsAllowConnectionsWithoutCertificates")
        yield from ("--tlsCertificateKeyFile", self.tls.server, "--tlsCAFile", self.tls.authority)


@dataclass(frozen=True)
class Database:
    """A replica set of `size` members below the stack's folder `home`."""

    home: Path
    ports: Ports
    size: int = 1
    tls: Tls | None = None

    @property
    def members(self) -> list[Member]:
        return [Member(self.home, self.ports, number, self.tls) for number in range(self.size)]

    @property
    def uri(self) -> str:
        """The address for the stack itself: its user has every permission."""
        return self.uri_of(USER)

    def uri_of(self, identity: str) -> str:
        """The address for a service, whose user `add_users` creates."""
        login = f"{identity}:{self._password(identity)}"
        places = ",".join(member.address for member in self.members)
        options = {"replicaSet": REPLICA_SET, "authSource": "admin", **_tls_options(self.tls)}
        return f"mongodb://{login}@{places}/?{urlencode(options, safe='/')}"

    def add_users(self, roles: Mapping[str, mongodb_users.Roles]) -> None:
        """`roles` maps the name of a user to its roles. An existing user gets exactly these."""
        users = {name: (self._password(name), given) for name, given in roles.items()}
        with MongoClient[Document](self.uri) as client:
            mongodb_users.create_or_update(client, users)

    @property
    def primary(self) -> Member | None:
        """The member that takes writes now; None while there is none."""
        primaries = (it for it in self.members if it.hello().get("isWritablePrimary"))
        return next(primaries, None)

    def launch(self, mongod: Path, names: Collection[str] | None = None) -> None:
        """Start the members that don't run, without waiting; see `await_ready`.

        `mongod` is the path of the program. With `names` only members of these names are started.
        """
        for member in self.members:
            if names is None or member.name in names:
                member.launch(mongod, self._key_file)

    def await_ready(self) -> None:
        """Return once every member is primary or secondary and the stack's user can write.

        Raises CannotRun after READY_SECONDS.
        """
        if not wait_until(self._ready_or_fails, READY_SECONDS, every=0.1):
            logs = ", ".join(str(process.log_file) for process in self.processes)
            raise CannotRun(f"The database was not ready within {READY_SECONDS} s.", f"See {logs}")

    def kill(self) -> None:
        """SIGKILL to every member, at once."""
        for process in self.processes:
            process.kill()

    def step_down(self, seconds: int) -> None:
        """Make the primary step down; it takes part in no election for `seconds`.

        Raises CannotRun when there is no primary.
        """
        primary = self.primary
        if primary is None:
            raise CannotRun("The database has no primary.", "Wait until it has one.")
        with primary.client(**self._login) as client:
            client.admin.command("replSetStepDown", seconds)

    @property
    def processes(self) -> list[Process]:
        return [member.process for member in self.members]

    def answers(self) -> bool:
        """Whether the stack's user can write now."""
        primary = self.primary
        try:
            return primary is not None and self._accepts_writes(primary)
        except PyMongoError:
            return False

    def _accepts_writes(self, primary: Member) -> bool:
        with primary.client(**self._login) as client:
            writable: bool = client.admin.command("hello")["isWritablePrimary"]
        return writable

    def _ready_or_fails(self) -> bool:
        for process in self.processes:
            process.require_alive()
        if self.answers():
            return all(self._is_member(member.hello()) for member in self.members)
        try:
            self._set_up_further()
        except PyMongoError:
            return False
        return False

    @staticmethod
    def _is_member(hello: Document) -> bool:
        return bool(hello.get("isWritablePrimary") or hello.get("secondary"))

    def _set_up_further(self) -> None:
        """One step of the set-up, whichever is next: replica set, then user."""
        # Until the first user exists, MongoDB lets a loopback client do just these two things.
        primary, first = self.primary, self.members[0]
        if primary:
            with primary.client() as client:
                client.admin.command("createUser", USER, pwd=self._password(USER), roles=["root"])
            return
        with first.client() as client:
            hello = client.admin.command("hello")
            if "setName" not in hello and not self._correct_address(first):
                client.admin.command("replSetInitiate", self._replica_set(version=1))

    def _correct_address(self, member: Member) -> bool:
        """Give an existing replica set the current port; whether there is such a set."""
        try:
            with member.client(**self._login) as client:
                current = client.admin.command("replSetGetConfig")["config"]
                corrected = self._replica_set(current["version"] + 1)
                client.admin.command("replSetReconfig", corrected, force=True)
        except OperationFailure:
            return False
        return True

    def _replica_set(self, version: int) -> Document:
        members = [{"_id": it.number, "host": it.address} for it in self.members]
        settings = {"electionTimeoutMillis": ELECTION_MS}
        return {"_id": REPLICA_SET, "version": version, "members": members, "settings": settings}

    @property
    def _login(self) -> dict[str, str]:
        return {"username": USER, "password": self._password(USER)}

    def _password(self, user: str) -> str:
        # Stacks that already exist keep the password of their own user under the plain name.
        name = "database" if user == USER else f"database.{user}"
        path = self.home / "secrets" / f"{name}.password"
        return secretfiles.secret_file(path, secretfiles.password).read_text()

    @property
    def _key_file(self) -> Path:
        """MongoDB requires a common key of the members before it enforces logins."""
        path = self.home / "secrets" / "database.key"
        return secretfiles.secret_file(path, secretfiles.membership_key)


def _tls_options(tls: Tls | None) -> dict[str, str]:
    """The options of a client, in the driver's spelling for addresses."""
    return {"tls": "true", "tlsCAFile": str(tls.authority)} if tls else {}
