"""The bridge: the links of all partners, as the partners' file says now."""

import os
import socket
from pathlib import Path

from deploy.bridge import partners
from deploy.bridge.calls_link import CallsLink
from deploy.bridge.events_link import EventsLink
from deploy.bridge.partners import Partner
from shared.domain.types import Json
from shared.platform import broker, logging_setup
from shared.platform.broker_alarm import UNREACHABLE

log = logging_setup.get(__name__)

# For the broker's answer, where a health check waits for it.
CONNECT_SECONDS = 2


class Bridge:
    """`uri` is the bridge's address in our virtual host, `file` the partners' (partners.py)."""

    def __init__(self, uri: str, file: Path, version: str) -> None:
        self._uri, self._file, self._version = uri, file, version
        self._carried: dict[Partner, tuple[EventsLink, CallsLink]] = {}

    def follow(self) -> None:
        """Begin what the file has and is not carried yet, and end what it has no more."""
        try:
            wanted = set(partners.read(self._file).values())
        except (OSError, ValueError) as error:
            # What is carried goes on.
            log.warning("partners' file not read", error=str(error))
            return
        for partner in self._carried.keys() - wanted:
            for link in self._carried.pop(partner):
                link.stop()
            log.info("partner ended", partner=partner.name)
        for partner in wanted - self._carried.keys():
            links = EventsLink(partner, self._uri), CallsLink(partner, self._uri)
            self._carried[partner] = links
            for link in links:
                link.start()
            log.info("partner begun", partner=partner.name)

    def health(self) -> Json:
        """In the form of a service's health, with the counts of each partner since the start."""
        problems = [] if self._reaches_broker() else ["broker"]
        return {
            "service": "bridge",
            "status": "degraded" if problems else "ready",
            "problems": [{"code": code, "detail": ""} for code in problems],
            "partners": [_state(*links) for links in list(self._carried.values())],
            "version": self._version,
            "instance": f"{socket.gethostname()}:{os.getpid()}",
        }

    def _reaches_broker(self) -> bool:
        limits = {"connect_timeout": CONNECT_SECONDS, "answer_seconds": CONNECT_SECONDS}
        try:
            with broker.connection(self._uri, **limits) as connection:
                connection.connect()
        except UNREACHABLE:
            return False
        return True


def _state(events: EventsLink, calls: CallsLink) -> Json:
    return {
        "name": events.partner.name,
        "connected": events.connected and calls.connected,
        "problem": events.problem or calls.problem,
        "passed_on": events.passed_on,
        "answered": calls.answered,
        "refused": calls.refused,
        "waiting": calls.waiting,
    }
