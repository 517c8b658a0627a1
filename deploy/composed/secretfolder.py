"""`./warm init-deploy`: the secrets of a composed deployment, a file for each, created once.

Only the user of the container that reads a file owns it and may read it. Running it again keeps
existing files and creates missing ones. Three files for the broker follow from the rest and are
written each time: `definitions.json`, with its users, permissions and policies, because an upgrade
may add some; `plugins` and `protocols.conf`, by the setting WARM_PROTOCOLS.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from deploy.bridge.definitions import with_partners
from deploy.bridge.partners import Partner
from deploy.bridge.registry import Registry
from deploy.broker_definitions import at_start, with_passwords
from deploy.broker_protocols import Listening, configuration, plugins
from deploy.certificate_authority import Authority, Pair
from deploy.composed.archive import Archive
from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from shared.platform.permissions import KEEPER, PARTNERS, identities
from shared.platform.topology import SERVICES

FOLDER = ROOT / "secrets"

# Users inside the containers, as in docker-compose.yml: ours, and that of the official images of
# broker and database.
SERVICE_USER, SERVER_USER, ROOT_USER = 10001, 999, 0

# Below the folder of the secrets.
PARTNERS_FOLDER = "partners"

# In the containers.
MOUNTED = "/run/secrets"
REPLICA_SET = "warm"

# Services that keep personal data, encrypted.
KEEP_PERSONAL_DATA = ("relief", "volunteering")
# A user of the database beside the services and KEEPER: it reads and writes every database.
BACKUP = "backup"

# The plugin that `status` asks for the broker's disk and memory.
METRICS = "rabbitmq_prometheus"

# Names of each server in its certificate, beside its host name: its health check uses them.
SERVER_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Secret:
    """A file, the user who owns it, and the function that makes the content of a missing one."""

    name: str
    user: int
    make: Callable[[], bytes]
    mode: int = 0o400


class SecretFolder:
    """The secrets below `path`."""

    def __init__(self, path: Path = FOLDER) -> None:
        self.path = path

    def take(self, archive: Archive) -> int:
        """Copy missing secrets from a backup; returns their number.

        Raises CannotRun for a damaged backup, and where an existing secret differs from the
        backup's.
        """
        self._open()
        archive.check()
        missing = []
        for secret in self.secrets():
            existing, copy = self.path / secret.name, archive.folder / "secrets" / secret.name
            if not existing.exists():
                missing.append(secret)
            elif existing.read_bytes() != copy.read_bytes():
                raise CannotRun(
                    f"{existing} differs from the backup's.",
                    "Move it to another folder, or choose another folder with --secrets.",
                )
        for secret in missing:
            content = (archive.folder / "secrets" / secret.name).read_bytes()
            secretfiles.write_private(self.path / secret.name, content, secret.user, secret.mode)
        self._take_partners(archive.folder / "secrets")
        return len(missing)

    def _take_partners(self, copies: Path) -> None:
        """Which partners there are, the backup says; partners that are here already stay."""
        if self.partners.file.exists():
            return
        for copy in [*copies.glob(f"{PARTNERS}*"), *copies.glob(f"{PARTNERS_FOLDER}/*")]:
            mode = copy.stat().st_mode & 0o777
            path = self.path / copy.relative_to(copies)
            secretfiles.write_private(path, copy.read_bytes(), mode=mode)

    def fill(self, protocols: Sequence[str] = ()) -> Iterator[tuple[str, bool]]:
        """Create missing secrets: (name, whether it was created) of each. `protocols` are those of
        the broker beside AMQP 0-9-1. Raises CannotRun."""
        self._open()
        for secret in self.secrets():
            path = self.path / secret.name
            missing = not path.exists()
            if missing:
                secretfiles.write_private(path, secret.make(), secret.user, secret.mode)
            yield secret.name, missing
        self.write_definitions()
        self._write_protocols(protocols)

    @property
    def partners(self) -> Registry:
        """The bridge's container gets its folder."""
        return Registry(self.path / PARTNERS_FOLDER, self.path)

    def amqp_uri_of(self, partner: Partner) -> str:
        """The partner's address in its own virtual host."""
        return amqp_uri_with(
            partner.account, self.partners.password(partner.account), partner.account
        )

    def _open(self) -> None:
        if os.geteuid() != 0:
            raise CannotRun(
                "The secrets must belong to the users inside the containers.",
                "Run it as root: sudo ./warm init-deploy",
            )
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secrets(self) -> Iterator[Secret]:
        """In the order in which they are created."""
        yield Secret("authority.key", ROOT_USER, lambda: Authority.new().pair.both)
        # Not secret: every client needs the certificate to check the servers.
        yield Secret(
            "authority.pem", ROOT_USER, lambda: self._authority().pair.certificate, mode=0o444
        )
        for server in ("broker", "database"):
            yield Secret(f"{server}.pem", SERVER_USER, partial(self._server_pem, server))
        yield Secret("database.key", SERVER_USER, secretfiles.membership_key)
        for name in (*identities(), KEEPER):
            yield Secret(f"{name}.amqp", SERVICE_USER, partial(amqp_uri, name))
        for name in (*SERVICES, KEEPER, BACKUP):
            yield Secret(f"{name}.mongodb", SERVICE_USER, partial(mongodb_uri, name))
        for name in KEEP_PERSONAL_DATA:
            yield Secret(f"{name}.field.key", SERVICE_USER, secretfiles.field_key)
        yield Secret("signing.key", SERVICE_USER, secretfiles.signing_key)

    def _authority(self) -> Authority:
        key, certificate = _split((self.path / "authority.key").read_bytes())
        return Authority(Pair(key, certificate))

    def _server_pem(self, name: str) -> bytes:
        return self._authority().sign(name, *SERVER_NAMES).both

    def write_definitions(self) -> None:
        """What the broker reads when it starts: users, permissions and policies."""
        # Without the topology (docs/decisions/0011-deployment.md).
        needed = with_partners(at_start(KEEPER), self.partners.partners().values())
        text = json.dumps(with_passwords(needed, self.broker_password), indent=2)
        self._write_for_broker("definitions.json", text)

    def _write_protocols(self, names: Sequence[str]) -> None:
        everywhere = Listening(address="", host="broker", with_tls=True)
        self._write_for_broker("protocols.conf", configuration(names, everywhere))
        self._write_for_broker("plugins", plugins(names, METRICS))

    def _write_for_broker(self, name: str, text: str) -> None:
        secretfiles.write_private(self.path / name, text.encode(), SERVER_USER, 0o400)

    def broker_password(self, identity: str) -> str:
        """The password of a broker user, the partners' included."""
        if identity.startswith(PARTNERS):
            return self.partners.password(identity)
        return urlsplit((self.path / f"{identity}.amqp").read_text()).password or ""


def amqp_uri(identity: str) -> bytes:
    return amqp_uri_with(identity, secretfiles.password().decode(), "%2F").encode()


def amqp_uri_with(identity: str, password: str, vhost: str) -> str:
    place = f"{identity}:{password}@broker:5671/{vhost}"
    return f"amqps://{place}?cacertfile={MOUNTED}/authority.pem"


def mongodb_uri(identity: str) -> bytes:
    password = secretfiles.password().decode()
    more = f"replicaSet={REPLICA_SET}&authSource=admin&tls=true&tlsCAFile={MOUNTED}/authority.pem"
    return f"mongodb://{identity}:{password}@database:27017/?{more}".encode()


def _split(pem: bytes) -> tuple[bytes, bytes]:
    """Key and certificate of a file that holds both."""
    begin = pem.index(b"-----BEGIN CERTIFICATE-----")
    return pem[:begin], pem[begin:]
