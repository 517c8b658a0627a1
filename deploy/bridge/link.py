"""A link between our virtual host and a partner's: a thread that connects again after any fault.

Whatever happens to one partner's link, those of the others go on.
"""

import threading
import time
from abc import ABC, abstractmethod
from typing import ClassVar

from deploy.bridge.end import in_vhost, opened, read
from deploy.bridge.partners import Partner
from shared.platform import broker, logging_setup
from shared.platform.broker_alarm import UNREACHABLE
from shared.platform.limited_connection import BrokerAlarm

log = logging_setup.get(__name__)

# The wait for something to come, after which deadlines are looked at.
TICK_SECONDS = 0.2
# A partner may delete what the bridge declared: exchanges and bindings go without a word.
DECLARE_SECONDS = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


class Link(ABC, threading.Thread):
    """`uri` is the bridge's own address in our virtual host; its user may enter the partner's too.

    `problem` is why it isn't connected, as the name of an error.
    """

    # Unacknowledged messages, at our end and at the partner's.
    PREFETCH: ClassVar[tuple[int, int]]

    def __init__(self, partner: Partner, uri: str) -> None:
        super().__init__(name=f"{type(self).__name__} {partner.name}", daemon=True)
        self.partner = partner
        self._uri = uri
        self._stopping = threading.Event()
        self.connected = False
        self.problem = ""

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                self._carry()
            except Exception as error:
                # Whatever it is: what isn't acknowledged is in its queue again.
                self.problem = broker.describe(error)
                expected = isinstance(error, UNREACHABLE)
                (log.warning if expected else log.exception)(
                    "link interrupted", link=self.name, error=self.problem
                )
            pause = FIRST_PAUSE if self.connected else min(2 * pause, LONGEST_PAUSE)
            self.connected = False
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Ask it to end. What isn't acknowledged yet returns to its queue."""
        self._stopping.set()

    def _carry(self) -> None:
        ours, theirs = self.PREFETCH
        with (
            opened(self._uri, ours) as inside,
            opened(in_vhost(self._uri, self.partner.account), theirs) as outside,
        ):
            self._inside, self._outside = inside, outside
            self.declare()
            self.begin()
            self.connected, self.problem = True, ""
            self._declared = time.monotonic()
            while not self._stopping.is_set():
                self._take_turn()

    def _take_turn(self) -> None:
        ends = self._inside, self._outside
        read(ends, TICK_SECONDS)
        # While the alarm is on, what arrived waits, and so do those who sent it.
        if not any(end.blocked for end in ends):
            try:
                self._work()
            except BrokerAlarm as alarm:
                # The connections are kept: the broker would keep each one until the alarm ends.
                log.warning("link waits", link=self.name, alarm=alarm.reason)

    def _work(self) -> None:
        self.work()
        if time.monotonic() - self._declared > DECLARE_SECONDS:
            self.declare()
            self._declared = time.monotonic()

    @abstractmethod
    def declare(self) -> None:
        """Declare what the link needs at both ends. Doing it again changes nothing."""

    @abstractmethod
    def begin(self) -> None:
        """Consume, on new connections."""

    @abstractmethod
    def work(self) -> None:
        """Handle what has arrived, and what is overdue."""
