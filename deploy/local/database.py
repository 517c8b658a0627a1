"""The stack's own MongoDB: a replica set with access control, on loopback only."""

import os
from dataclasses import dataclass
from pathlib import Path
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

USER = "warm"
REPLICA_SET = "warm"
READY_SECONDS = 60
# How soon the others notice that the primary is gone; nobody waits here for the usual ten seconds.
ELECTION_MS = 5000


@dataclass(frozen=True)
class Member:
    """One mongod of the replica set, below the stack's folder `home`; `number` counts from 0."""

    home: Path
    ports: Ports
    number: int
    tls: Tls | None = None

    @property
    def name(self):
        return f"database-{self.number + 1}" if self.number else "database"

    @property
    def port(self):
        return self.ports.database(self.number)

    @property
    def address(self):
        return f"{HOST}:{self.port}"

    @property
    def process(self):
        return Process(self.name, self.home)

    @property
    def folder(self):
        return self.home / self.name

    def launch(self, mongod, key_file):
        if self.process.pid is not None:
            return
        require_free(self.port)
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        self.process.start(self._command(mongod, key_file), environment)

    def client(self, **login):
        return MongoClient(
            HOST,
            self.port,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            **_trusting(self.tls),
            **login,
        )

    def hello(self):
        """What it says of its part in the set to anyone; nothing while it doesn't answer."""
        try:
            with self.client() as client:
                return client.admin.command("hello")
        except PyMongoError:
            return {}

    def _command(self, mongod, key_file):
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
            # All are stopped at once: there is nobody who could take over, nothing to wait for.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
            *self._secured(),
        ]

    def _secured(self):
        if not self.tls:
            return
        yield from ("--tlsMode", "requireTLS", "--tlsAllowConnectionsWithoutCertificates")
        yield from ("--tlsCertificateKeyFile", self.tls.server, "--tlsCAFile", self.tls.authority)


@dataclass(frozen=True)
class Database:
    """A replica set of so many `size` members below the stack's folder `home`."""

    home: Path
    ports: Ports
    size: int = 1
    tls: Tls | None = None

    @property
    def members(self):
        return [Member(self.home, self.ports, number, self.tls) for number in range(self.size)]

    @property
    def uri(self):
        """For the stack's own work: of a user who may do everything."""
        return self.uri_of(USER)

    def uri_of(self, identity):
        """For a service, once `add_users` has made it known."""
        login = f"{identity}:{self._password(identity)}"
        places = ",".join(member.address for member in self.members)
        options = {"replicaSet": REPLICA_SET, "authSource": "admin", **_trusting(self.tls)}
        return f"mongodb://{login}@{places}/?{urlencode(options, safe='/')}"

    def add_users(self, roles):
        """Users by name, each with its roles; one that is there already gets just these."""
        with MongoClient(self.uri) as client:
            mongodb_users.put(
                client, {name: (self._password(name), it) for name, it in roles.items()}
            )

    @property
    def primary(self):
        """The member that takes writes now; None while there is none."""
        found = (it for it in self.members if it.hello().get("isWritablePrimary"))
        return next(found, None)

    def launch(self, mongod, names=None):
        """Start those that don't run by the program `mongod`, without waiting; see `await_ready`.
        With `names` only members of these."""
        for member in self.members:
            if names is None or member.name in names:
                member.launch(mongod, self._key_file)

    def await_ready(self):
        """Returns once every member takes its part and the primary accepts writes from its user.
        Raises CannotRun if that never comes about."""
        if not wait_until(self._settles_or_fails, READY_SECONDS, every=0.1):
            logs = ", ".join(str(process.log_file) for process in self.processes)
            raise CannotRun(f"The database was not ready within {READY_SECONDS} s.", f"See {logs}")

    def kill(self):
        """SIGKILL to every member, at once."""
        for process in self.processes:
            process.kill()

    def step_down(self, seconds):
        """The primary gives way to another member, and stands for no election in so many
        `seconds`."""
        with self.primary.client(**self._login) as client:
            client.admin.command("replSetStepDown", seconds)

    @property
    def processes(self):
        return [member.process for member in self.members]

    def answers(self):
        """Whether its user can write to it now."""
        primary = self.primary
        try:
            return primary is not None and self._knows_user(primary)
        except PyMongoError:
            return False

    def _knows_user(self, primary):
        with primary.client(**self._login) as client:
            return client.admin.command("hello")["isWritablePrimary"]

    def _settles_or_fails(self):
        for process in self.processes:
            process.require_alive()
        if self.answers():
            return all(self._takes_part(member.hello()) for member in self.members)
        try:
            self._bring_forward()
        except PyMongoError:
            return False
        return False

    @staticmethod
    def _takes_part(hello):
        return hello.get("isWritablePrimary") or hello.get("secondary")

    def _bring_forward(self):
        """One step towards readiness, whichever is next: replica set, then user."""
        # Until the first user exists, MongoDB lets a loopback client do just these things.
        primary, first = self.primary, self.members[0]
        if primary:
            with primary.client() as client:
                client.admin.command("createUser", USER, pwd=self._password(USER), roles=["root"])
            return
        with first.client() as client:
            hello = client.admin.command("hello")
            if "setName" not in hello and not self._correct_address(first):
                client.admin.command("replSetInitiate", self._replica_set(version=1))

    def _correct_address(self, member):
        """Whether there is a replica set already, now with the port chosen today."""
        try:
            with member.client(**self._login) as client:
                known = client.admin.command("replSetGetConfig")["config"]
                wanted = self._replica_set(known["version"] + 1)
                client.admin.command("replSetReconfig", wanted, force=True)
        except OperationFailure:
            return False
        return True

    def _replica_set(self, version):
        members = [{"_id": it.number, "host": it.address} for it in self.members]
        settings = {"electionTimeoutMillis": ELECTION_MS}
        return {"_id": REPLICA_SET, "version": version, "members": members, "settings": settings}

    @property
    def _login(self):
        return {"username": USER, "password": self._password(USER)}

    def _password(self, user):
        # The stack's own user was there first: its file has the plain name.
        name = "database" if user == USER else f"database.{user}"
        path = self.home / "secrets" / f"{name}.password"
        return secretfiles.secret_file(path, secretfiles.password).read_text()

    @property
    def _key_file(self):
        """MongoDB asks members of a replica set for a common key before it enforces logins."""
        path = self.home / "secrets" / "database.key"
        return secretfiles.secret_file(path, secretfiles.membership_key)


def _trusting(tls):
    """What a client is told, as the driver spells it in an address."""
    return {"tls": "true", "tlsCAFile": str(tls.authority)} if tls else {}
