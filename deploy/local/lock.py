"""One command at a time for each stack."""

import fcntl

from deploy.local.errors import CannotRun


class Lock:
    """A lock on a file; the kernel lets go of it when its holder ends, however it ends."""

    def __init__(self, path):
        self._path = path
        self._file = None

    def acquire(self):
        """Take it, or keep it. Raises CannotRun when another process holds it."""
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

    def release(self):
        if self._file:
            self._file.close()
        self._file = None
