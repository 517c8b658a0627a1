"""Back-pressure: background work is delayed while the inbox is full."""

import eventlet
from eventlet.event import Event as Signal


class Backpressure:
    def __init__(self) -> None:
        self._relief: Signal | None = None

    def __bool__(self) -> bool:
        return self._relief is not None

    def start(self) -> None:
        self._relief = self._relief or Signal()

    def stop(self) -> None:
        if self._relief:
            self._relief.send(None)
        self._relief = None

    def wait_until_relieved(self, seconds: float) -> None:
        """Return when it stops, after `seconds`, or at once when there is none."""
        if self._relief:
            with eventlet.Timeout(max(seconds, 0), False):
                self._relief.wait()
