"""Whether the broker's directory of quorum queues and streams is saved on disk.

RabbitMQ keeps this directory in a table that Erlang saves half a second after the last change. A
broker that is killed before that (tried: 3.10) loses the newest queues for good.
"""

import struct
from pathlib import Path

CLOSED_AT = 8
CLOSED = 1


def saved(data_folder: Path) -> bool:
    """Whether every such table below `data_folder` is marked as complete."""
    tables = data_folder.glob("*/*/*/names.dets")
    return all(_complete(table) for table in tables)


def _complete(table: Path) -> bool:
    with table.open("rb") as file:
        file.seek(CLOSED_AT)
        mark = file.read(4)
    return mark == struct.pack(">I", CLOSED)
