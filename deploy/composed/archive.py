"""A backup on disk: files in a folder, and `manifest.json`, which is written last and says what
each of them has to be. Collections are as mongodump writes them, documents in BSON one behind the
other, and here compressed.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from deploy.local.errors import CannotRun

MANIFEST = "manifest.json"
FORMAT = 1
LENGTH = 4
CHUNK = 1 << 20
BATCH = 1000


class Archive:
    """The backup in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Any:
        """What was written last. Raises CannotRun where there is no backup."""
        try:
            known = json.loads((self.folder / MANIFEST).read_text())
        except (OSError, ValueError):
            raise CannotRun(
                f"{self.folder} holds no backup: {MANIFEST} is missing or damaged.",
                "Name the folder of one that was finished.",
            ) from None
        if known.get("format") != FORMAT:
            raise CannotRun(
                f"{self.folder} is of format {known.get('format')}; this version reads {FORMAT}.",
                "Use the version that wrote it.",
            )
        return known

    def finish(self, **about: Any) -> None:
        """Write the manifest of the files that are there."""
        files = {name: digest(self.folder / name) for name in self._files()}
        text = json.dumps({"format": FORMAT, **about, "files": files}, indent=2, sort_keys=True)
        (self.folder / MANIFEST).write_text(text + "\n")

    def check(self) -> Any:
        """The manifest. Raises CannotRun that names the first file that isn't what it says."""
        known = self.manifest()
        found = set(self._files())
        for name, wanted in sorted(known["files"].items()):
            if name not in found or digest(self.folder / name) != wanted:
                raise CannotRun(
                    f"{self.folder / name} is {'damaged' if name in found else 'missing'}.",
                    "Use another backup.",
                )
        return known

    def _files(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.name != MANIFEST:
                yield str(path.relative_to(self.folder))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_documents(path: Path, batches: Iterable[bytes]) -> int:
    """Write documents as the database hands them over; returns how many there were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb", compresslevel=3) as file:
        count = 0
        for batch in batches:
            file.write(batch)
            count += _count(batch)
    return count


def _count(batch: bytes) -> int:
    place = count = 0
    while place < len(batch):
        place += int.from_bytes(batch[place : place + LENGTH], "little")
        count += 1
    return count


def read_documents(path: Path) -> Iterator[list[bytes]]:
    """The documents of a file, some at a time."""
    with gzip.open(path, "rb") as file:
        batch: list[bytes] = []
        while begin := file.read(LENGTH):
            batch.append(begin + file.read(int.from_bytes(begin, "little") - LENGTH))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
