"""The stack's own MongoDB: a single-node replica set with access control, on loopback only."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.ports import HOST, Ports, require_free
from deploy.local.processes import Process
from deploy.local.waiting import wait_until

USER = "warm"
REPLICA_SET = "warm"
READY_SECONDS = 60


@dataclass(frozen=True)
class Database:
    """mongod below the stack's folder `home`."""

    home: Path
    ports: Ports

    @property
    def uri(self):
        place = f"{HOST}:{self.ports.mongodb}"
        return (
            f"mongodb://{USER}:{self._password}@{place}/?replicaSet={REPLICA_SET}&authSource=admin"
        )

    @property
    def process(self):
        return Process("database", self.home)

    @property
    def folder(self):
        return self.home / "database"

    def launch(self, mongod):
        """Start the server program `mongod`, without waiting; see `await_ready`."""
        if self.process.pid is not None:
            return
        require_free(self.ports.mongodb)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process.start(self._command(mongod), {"PATH": os.environ["PATH"], "LC_ALL": "C"})

    def await_ready(self):
        """Returns once it accepts writes from its user. Raises CannotRun if it never does."""
        if not wait_until(self._settles_or_fails, READY_SECONDS, every=0.1):
            raise CannotRun(
                f"The database was not ready within {READY_SECONDS} s.",
                f"See {self.process.log_file}",
            )

    def kill(self):
        """SIGKILL, at once."""
        self.process.kill()

    @property
    def processes(self):
        return [self.process]

    def answers(self):
        """Whether its user can write to it now."""
        try:
            with self._client(authenticated=True) as client:
                return client.admin.command("hello")["isWritablePrimary"]
        except PyMongoError:
            return False

    def _settles_or_fails(self):
        self.process.require_alive()
        if self.answers():
            return True
        try:
            self._bring_forward()
        except PyMongoError:
            return False
        return False

    def _bring_forward(self):
        """One step towards readiness, whichever is next: replica set, then user."""
        # Until the first user exists, MongoDB lets a loopback client do just these things.
        with self._client(authenticated=False) as client:
            hello = client.admin.command("hello")
            if hello["isWritablePrimary"]:
                client.admin.command("createUser", USER, pwd=self._password, roles=["root"])
            elif "setName" not in hello and not self._correct_address():
                client.admin.command("replSetInitiate", self._replica_set(version=1))

    def _correct_address(self):
        """Whether there is a replica set already, now with the port chosen today."""
        try:
            with self._client(authenticated=True) as client:
                known = client.admin.command("replSetGetConfig")["config"]
                wanted = self._replica_set(known["version"] + 1)
                client.admin.command("replSetReconfig", wanted, force=True)
        except OperationFailure:
            return False
        return True

    def _replica_set(self, version):
        member = {"_id": 0, "host": f"{HOST}:{self.ports.mongodb}"}
        return {"_id": REPLICA_SET, "version": version, "members": [member]}

    def _client(self, authenticated):
        login = {"username": USER, "password": self._password} if authenticated else {}
        return MongoClient(
            HOST,
            self.ports.mongodb,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            **login,
        )

    def _command(self, mongod):
        return [
            mongod,
            *("--replSet", REPLICA_SET),
            *("--keyFile", self._key_file),
            *("--bind_ip", HOST),
            *("--port", self.ports.mongodb),
            *("--dbpath", self.folder),
            *("--wiredTigerCacheSizeGB", "0.5"),
            *("--oplogSize", "256"),
            "--nounixsocket",
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # There is no other member that could take over, so nothing to wait for.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]

    @property
    def _password(self):
        path = self.home / "secrets" / "database.password"
        return secretfiles.secret_file(path, secretfiles.password).read_text()

    @property
    def _key_file(self):
        """MongoDB asks members of a replica set for a common key before it enforces logins."""
        path = self.home / "secrets" / "database.key"
        return secretfiles.secret_file(path, lambda: base64.b64encode(os.urandom(96)))
