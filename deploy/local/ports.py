"""The ports of a stack, all on the loopback interface."""

import socket
from dataclasses import dataclass

from deploy.local.errors import CannotRun

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Neighbouring ports from `base` on: four, and one for each further member of the database."""

    base: int

    @property
    def amqp(self):
        return self.base

    @property
    def mongodb(self):
        return self.base + 1

    def database(self, member):
        """The port of a member of the replica set; the first one's is `mongodb`."""
        return self.base + 3 + member if member else self.mongodb

    @property
    def distribution(self):
        return self.base + 2

    @property
    def epmd(self):
        return self.base + 3


def require_free(*ports):
    """Raises CannotRun naming the first port that something else listens on."""
    for port in ports:
        if _taken(port):
            raise CannotRun(
                f"Port {port} on {HOST} is taken by another program.",
                "Stop that program, or set WARM_PORT_BASE to a free range of ports.",
            )


def _taken(port):
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
