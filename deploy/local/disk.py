"""Whether there is room on the disk for what is about to be started."""

import shutil
from pathlib import Path

from deploy.local.errors import CannotRun

MB = 1_000_000


def require_free(folder: Path, least: int, what: str) -> None:
    """Raises CannotRun when fewer than `least` bytes are free where `folder` is.

    `what` says for whom they are, as in "The broker needs …".
    """
    free = shutil.disk_usage(folder).free
    if free < least:
        raise CannotRun(
            f"{what} needs {least // MB:,} MB of free disk; {folder} has {free // MB:,} MB.",
            "Make room, or use a folder on another disk.",
        )
