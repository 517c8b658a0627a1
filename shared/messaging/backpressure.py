"""Whether more has come than is taken at once: what can wait until it is calm again does."""

import eventlet
from eventlet.event import Event as Signal


class Crowd:
    def __init__(self) -> None:
        self._calm: Signal | None = None

    def __bool__(self) -> bool:
        return self._calm is not None

    def begins(self) -> None:
        self._calm = self._calm or Signal()

    def ends(self) -> None:
        if self._calm:
            self._calm.send(None)
        self._calm = None

    def wait_for_its_end(self, seconds: float) -> None:
        """Return at its end, after `seconds`, or at once where there is none."""
        if self._calm:
            with eventlet.Timeout(max(seconds, 0), False):
                self._calm.wait()
