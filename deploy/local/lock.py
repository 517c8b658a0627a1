"""One command at a time for each stack."""

import fcntl
from pathlib import Path
from typing import IO

from deploy.local.errors import CannotRun


class Lock:
    """A lock on a file. The kernel releases it when the process that holds it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock, or keep it. Raises CannotRun when another process holds it."""
        if self._file:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise CannotRun(
                f"Another command is using the stack {self._path.stem}.",
                "Wait until it ends, or stop it.",
            ) from None
        self._file = file

    def release(self) -> None:
        if self._file:
            self._file.close()
        self._file = None
