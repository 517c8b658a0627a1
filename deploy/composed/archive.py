"""A backup on disk: files in a folder, and `manifest.json`, which is written last and has the
SHA-256 of each of them. Collections are in mongodump's format, BSON documents one after another,
compressed.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.local.errors import CannotRun
from shared.domain.types import Json

MANIFEST = "manifest.json"
FORMAT = 1
LENGTH = 4
CHUNK = 1 << 20
BATCH = 1000


class Archive:
    """The backup in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> Json:
        """Raises CannotRun where there is no backup."""
        try:
            manifest: Json = json.loads((self.folder / MANIFEST).read_text())
        except (OSError, ValueError):
            raise CannotRun(
                f"{self.folder} holds no backup: {MANIFEST} is missing or damaged.",
                "Give the folder of a finished backup.",
            ) from None
        if manifest.get("format") != FORMAT:
            raise CannotRun(
                f"{self.folder} has format {manifest.get('format')}; this version reads {FORMAT}.",
                "Use the version that wrote it.",
            )
        return manifest

    def finish(self, **about: object) -> None:
        """Write the manifest of the files in the folder; `about` is added to it."""
        files = {name: digest(self.folder / name) for name in self._files()}
        text = json.dumps({"format": FORMAT, **about, "files": files}, indent=2, sort_keys=True)
        (self.folder / MANIFEST).write_text(text + "\n")

    def check(self) -> Json:
        """The manifest. Raises CannotRun with the first file that differs from it."""
        manifest = self.manifest()
        found = set(self._files())
        for name, expected in sorted(manifest["files"].items()):
            if name not in found or digest(self.folder / name) != expected:
                raise CannotRun(
                    f"{self.folder / name} is {'damaged' if name in found else 'missing'}.",
                    "Use another backup.",
                )
        return manifest

    def _files(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.name != MANIFEST:
                yield str(path.relative_to(self.folder))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_documents(path: Path, batches: Iterable[bytes]) -> int:
    """Write batches of BSON documents to a file; returns the number of documents."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb", compresslevel=3) as file:
        count = 0
        for batch in batches:
            file.write(batch)
            count += _count(batch)
    return count


def _count(batch: bytes) -> int:
    position = count = 0
    while position < len(batch):
        position += int.from_bytes(batch[position : position + LENGTH], "little")
        count += 1
    return count


def read_documents(path: Path) -> Iterator[list[bytes]]:
    """The documents of a file, in batches."""
    with gzip.open(path, "rb") as file:
        batch: list[bytes] = []
        while begin := file.read(LENGTH):
            batch.append(begin + file.read(int.from_bytes(begin, "little") - LENGTH))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
