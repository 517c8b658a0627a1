"""`./warm init-deploy`: the secrets of a composed deployment, a file each, made once.

Each file belongs to the user of the container that reads it and to nobody else. What is there is
kept: said again, only what is missing is made. The broker's users and their rights follow from the
others, and are written anew each time, because an upgrade brings new ones.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.broker_definitions import with_passwords
from deploy.certificate_authority import Authority, Pair
from deploy.composed.archive import Archive
from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from shared.platform import permissions
from shared.platform.permissions import KEEPER, identities
from shared.platform.topology import SERVICES

FOLDER = ROOT / "secrets"

# Users inside the containers, as in docker-compose.yml: ours, and that of the official images of
# broker and database.
SERVICE_USER, SERVER_USER, ROOT_USER = 10001, 999, 0

# In the containers.
MOUNTED = "/run/secrets"
REPLICA_SET = "warm"

# Services that keep personal data, encrypted.
KEEP_PERSONAL_DATA = ("relief", "volunteering")
# Users of the database beside the services: KEEPER makes the others, this one copies everything.
BACKUP = "backup"

# Names by which each server is asked: by others, and by its own health check.
SERVER_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Secret:
    """A file, the user that it belongs to, and how it is made where it is missing."""

    name: str
    user: int
    make: Callable[[], bytes]
    mode: int = 0o400


class SecretFolder:
    """The secrets below `path`."""

    def __init__(self, path: Path = FOLDER) -> None:
        self.path = path

    def take(self, archive: Archive) -> int:
        """Take what is missing here from a backup; returns how many that were. Raises CannotRun for
        a damaged backup, and where a secret of another content is here."""
        self._open()
        archive.check()
        missing = []
        for secret in self.secrets():
            here, kept = self.path / secret.name, archive.folder / "secrets" / secret.name
            if not here.exists():
                missing.append(secret)
            elif here.read_bytes() != kept.read_bytes():
                raise CannotRun(
                    f"{here} isn't the one of the backup.",
                    "Move it away, or name another folder by --secrets.",
                )
        for secret in missing:
            content = (archive.folder / "secrets" / secret.name).read_bytes()
            secretfiles.write_private(self.path / secret.name, content, secret.user, secret.mode)
        return len(missing)

    def fill(self) -> Iterator[tuple[str, bool]]:
        """(name, was it made just now) of each secret, in order. Raises CannotRun."""
        self._open()
        for secret in self.secrets():
            path = self.path / secret.name
            missing = not path.exists()
            if missing:
                secretfiles.write_private(path, secret.make(), secret.user, secret.mode)
            yield secret.name, missing
        self._write_definitions()

    def _open(self) -> None:
        if os.geteuid() != 0:
            raise CannotRun(
                "The secrets must belong to the users inside the containers.",
                "Run it as root: sudo ./warm init-deploy",
            )
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secrets(self) -> Iterator[Secret]:
        """In the order in which they are made."""
        yield Secret("authority.key", ROOT_USER, lambda: Authority.new().pair.both)
        # No secret: everybody may know whom to trust.
        yield Secret(
            "authority.pem", ROOT_USER, lambda: self._authority().pair.certificate, mode=0o444
        )
        for server in ("broker", "database"):
            yield Secret(f"{server}.pem", SERVER_USER, lambda name=server: self._server(name).both)
        yield Secret("database.key", SERVER_USER, secretfiles.membership_key)
        for name in (*identities(), KEEPER):
            yield Secret(f"{name}.amqp", SERVICE_USER, lambda it=name: amqp_uri(it))
        for name in (*SERVICES, KEEPER, BACKUP):
            yield Secret(f"{name}.mongodb", SERVICE_USER, lambda it=name: mongodb_uri(it))
        for name in KEEP_PERSONAL_DATA:
            yield Secret(f"{name}.field.key", SERVICE_USER, secretfiles.field_key)
        yield Secret("signing.key", SERVICE_USER, secretfiles.signing_key)

    def _authority(self) -> Authority:
        key, certificate = _split((self.path / "authority.key").read_bytes())
        return Authority(Pair(key, certificate))

    def _server(self, name: str) -> Pair:
        return self._authority().sign(name, *SERVER_NAMES)

    def _write_definitions(self) -> None:
        # Without the topology, which the broker couldn't read when it starts again: its streams
        # aren't there yet (docs/decisions/0011-deployment.md).
        users = {"vhosts": [{"name": "/"}], **permissions.definitions(KEEPER)}
        whole = with_passwords(users, self._broker_password)
        text = json.dumps(whole, indent=2)
        secretfiles.write_private(self.path / "definitions.json", text.encode(), SERVER_USER, 0o400)

    def _broker_password(self, identity: str) -> str:
        return urlsplit((self.path / f"{identity}.amqp").read_text()).password or ""


def amqp_uri(identity: str) -> bytes:
    password = secretfiles.password().decode()
    return (
        f"amqps://{identity}:{password}@broker:5671/%2F?cacertfile={MOUNTED}/authority.pem".encode()
    )


def mongodb_uri(identity: str) -> bytes:
    password = secretfiles.password().decode()
    more = f"replicaSet={REPLICA_SET}&authSource=admin&tls=true&tlsCAFile={MOUNTED}/authority.pem"
    return f"mongodb://{identity}:{password}@database:27017/?{more}".encode()


def _split(pem: bytes) -> tuple[bytes, bytes]:
    """Key and certificate of a file that holds both."""
    begin = pem.index(b"-----BEGIN CERTIFICATE-----")
    return pem[:begin], pem[begin:]
