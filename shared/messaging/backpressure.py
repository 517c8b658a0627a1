"""Back-pressure: background work is delayed while the inbox is full."""

import eventlet
from eventlet.event import Event as Signal


class Backpressure:
    """On between `start` and `stop`, and true while it is on."""

    def __init__(self) -> None:
        self._end: Signal | None = None

    def __bool__(self) -> bool:
        return self._end is not None

    def start(self) -> None:
        self._end = self._end or Signal()

    def stop(self) -> None:
        if self._end:
            self._end.send(None)
        self._end = None

    def wait_until_relieved(self, seconds: float) -> None:
        """Return when it stops, after `seconds` at most; at once if it isn't on."""
        if self._end:
            with eventlet.Timeout(max(seconds, 0), False):
                self._end.wait()
