"""A zip archive with the same bytes whenever, wherever and by whomever it is made."""

import io
import zipfile
from collections.abc import Iterable, Mapping

# The first instant that the format can hold: the time of making isn't the archive's business.
FIXED = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def archive(files: Mapping[str, Iterable[str]], stored: str | None = None) -> bytes:
    """The archive of the files in their order, each given in parts; that named `stored` isn't
    compressed."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, parts in files.items():
            with archive.open(_entry(name, stored), "w") as file:
                for part in parts:
                    file.write(part.encode())
    return body.getvalue()


def _entry(name: str, stored: str | None) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED)
    entry.create_system = UNIX
    entry.compress_type = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
    return entry
