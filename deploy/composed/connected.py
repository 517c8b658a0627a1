"""The health check of a subscriber's container: `python deploy/composed/connected.py` ends with 0
while the container has a connection to the broker, else with 1.

It looks at the kernel's table of the container's own network, so it needs no password, and nothing
of the program that is looked after: any program may stand in that container.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# Of the broker, with TLS.
PORT = 5671
ESTABLISHED = "01"
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def is_connected(tables: Iterable[str]) -> bool:
    """Whether one of the connections in the kernel's tables leads to the broker."""
    return any(
        state == ESTABLISHED and int(remote.rpartition(":")[2], 16) == PORT
        for table in tables
        for remote, state in _connections(table)
    )


def _connections(table: str) -> Iterator[tuple[str, str]]:
    """(remote address, state) of each line below the heading."""
    for line in table.splitlines()[1:]:
        _number, _local, remote, state, *_ = line.split()
        yield remote, state


if __name__ == "__main__":
    sys.exit(not is_connected(it.read_text() for it in TABLES if it.exists()))
