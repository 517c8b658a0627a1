"""The partners of a stack or of a deployment: a file, with every change that was made to it.

The file and the passwords lie with the other secrets. So they are in each backup, and the broker's
definitions, which are made from them at each start, have the partners after every loss.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from deploy.bridge import partners
from deploy.bridge.partners import Partner
from deploy.local import secretfiles
from shared.domain.types import Json

FILE = "partners.json"
ADDED, CHANGED, ROTATED, REMOVED = "added", "changed", "rotated", "removed"


class Registry:
    """`folder` has the file, which the bridge reads too; `secrets` has the passwords, which it
    doesn't. `by` of a change is who made it, such as person:li."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        self.file = folder / FILE
        self._secrets = secrets

    def partners(self) -> dict[str, Partner]:
        """Name → partner. Raises ValueError for a damaged file."""
        return partners.read(self.file)

    def changes(self) -> list[Json]:
        """What was done, oldest first: `at`, `by`, `did`, and the partner as it was then."""
        if not self.file.exists():
            return []
        found: list[Json] = json.loads(self.file.read_text("utf-8"))["changes"]
        return found

    def put(self, partner: Partner, by: str, at: datetime) -> str:
        """ADDED, CHANGED, or "" where it is there already as it is. Makes its password."""
        existing = self.partners()
        before = existing.get(partner.name)
        self.password(partner.account)
        if before == partner:
            return ""
        did = CHANGED if before else ADDED
        self._write(existing | {partner.name: partner}, partner, did, by, at)
        return did

    def rotate(self, partner: Partner, by: str, at: datetime) -> None:
        """A new password in place of the old one."""
        secretfiles.write_private(self._password_file(partner.account), secretfiles.password())
        self._write(self.partners(), partner, ROTATED, by, at)

    def remove(self, partner: Partner, by: str, at: datetime) -> None:
        left = {name: it for name, it in self.partners().items() if name != partner.name}
        self._write(left, partner, REMOVED, by, at)
        for name in (f"{partner.account}.password", f"{partner.account}.amqp"):
            (self._secrets / name).unlink(missing_ok=True)

    def password(self, account: str) -> str:
        """The password of a partner's user, made if there is none."""
        return secretfiles.secret_file(
            self._password_file(account), secretfiles.password
        ).read_text()

    def write_address(self, partner: Partner, uri: str) -> Path:
        """The file to give to the partner."""
        path = self._secrets / f"{partner.account}.amqp"
        secretfiles.write_private(path, uri.encode())
        return path

    def _password_file(self, account: str) -> Path:
        return self._secrets / f"{account}.password"

    def _write(
        self, present: dict[str, Partner], partner: Partner, did: str, by: str, at: datetime
    ) -> None:
        done = {"at": at.isoformat(timespec="seconds"), "by": by, "did": did, **asdict(partner)}
        content = partners.text(present, [*self.changes(), done])
        # The bridge, which isn't root, reads it too; it holds no secret.
        secretfiles.write_private(self.file, content.encode(), mode=0o644)
