"""The ports of a stack, all on the loopback interface."""

import socket
from dataclasses import dataclass

from deploy.local.errors import CannotRun

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Consecutive ports from `base`: four, and one for each further member of the database. Above
    them are those of further protocols (`deploy/broker_protocols.py`)."""

    base: int

    @property
    def amqp(self) -> int:
        return self.base

    @property
    def mongodb(self) -> int:
        return self.base + 1

    def database(self, member: int) -> int:
        """The port of a member of the replica set; member 0 listens on `mongodb`."""
        return self.base + 3 + member if member else self.mongodb

    @property
    def distribution(self) -> int:
        return self.base + 2

    @property
    def epmd(self) -> int:
        return self.base + 3


def require_free(*ports: int) -> None:
    """Raises CannotRun with the first port that another program listens on."""
    for port in ports:
        if _taken(port):
            raise CannotRun(
                f"Port {port} on {HOST} is used by another program.",
                "Stop that program, or set WARM_PORT_BASE to a free range of ports.",
            )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
