"""The bridge of a local stack: a process beside the services."""

import os
import sys
from urllib.parse import urlsplit

from deploy.bridge.access import Access
from deploy.bridge.partners import Partner
from deploy.bridge.place import Place
from deploy.local.places import ROOT
from deploy.local.services import HEALTH_SECONDS, health_socket
from deploy.local.stack import Stack
from shared.domain.types import Json
from shared.platform.permissions import BRIDGE
from shared.service import health_client


class LocalBridge(Place):
    """The broker is the stack's own."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.process = stack.process(BRIDGE)
        self.registry = stack.partners
        self.access = Access(stack.partners, stack.broker_control, self._password_of)

    def start(self) -> None:
        if not self.registry.partners():
            return
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "AMQP_URI": self._stack.amqp_uri_of(BRIDGE),
            "WARM_PARTNERS": str(self.registry.file),
            "WARM_HEALTH_SOCKET": self._socket,
        }
        self.process.start([sys.executable, "-m", "deploy.bridge"], environment)

    def health(self) -> Json:
        try:
            health: Json = health_client.ask(self._socket, HEALTH_SECONDS)
        except (OSError, ValueError):
            return {"status": "silent", "partners": []}
        return health

    def uri_of(self, partner: Partner) -> str:
        return self._stack.amqp_uri_of(partner.account)

    def _password_of(self, user: str) -> str:
        return urlsplit(self._stack.amqp_uri_of(user)).password or ""

    @property
    def _socket(self) -> str:
        return health_socket(self._stack.home, BRIDGE)
