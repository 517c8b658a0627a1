"""Whether the work of a service makes progress. Each part of a service reports to Progress.

Durations are measured with a monotonic clock, because the service's clock may be set from outside.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.clock import Clock
from shared.domain.periods import format_instant
from shared.domain.types import Json


@dataclass
class _Part:
    # In seconds of the monotonic clock: when the part became busy or idle, when it last finished
    # some work or had none, and since when work waits that the part hasn't noticed.
    changed: float
    moved: float
    unnoticed: float | None = None
    busy: bool = False


class Progress:
    """The progress of the parts `inbox` and `outbox`, and in supervision `figures`."""

    def __init__(
        self, stall_seconds: float, clock: Clock, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._stall_seconds = stall_seconds
        self._clock = clock
        self._tick = tick
        self._start = tick()
        self._parts: dict[str, _Part] = {}

    def waits(self, part: str) -> None:
        """The part has work."""
        self._become(part, busy=True)

    def moved(self, part: str) -> None:
        """Some of its work is done."""
        state = self._become(part, busy=True)
        state.moved, state.unnoticed = self._tick(), None

    def idle(self, part: str) -> None:
        """No work is left."""
        self._become(part, busy=False).moved = self._tick()

    def did(self, part: str, count: int) -> int:
        """`count` pieces of work are done; 0 means that none was left. Returns `count`."""
        (self.moved if count else self.idle)(part)
        return count

    def state(self, part: str, waiting: int | None) -> Json:
        """`idle`, `moving` or `stalled`, and since when.

        `waiting` is the amount of waiting work by the broker's or the database's count, or None if
        unknown. Stalled: work waits, and none was done for more than WARM_STALL_SECONDS.
        """
        state, now = self._part(part), self._tick()
        if state.busy or waiting == 0:
            state.unnoticed = None
        elif state.unnoticed is None:
            state.unnoticed = now
        if not state.busy and waiting == 0:
            return self._report("idle", state.changed)
        since = state.moved if state.unnoticed is None else min(state.moved, state.unnoticed)
        if now - since > self._stall_seconds:
            return self._report("stalled", since)
        return self._report("moving", state.changed if state.busy else since)

    def _part(self, name: str) -> _Part:
        return self._parts.setdefault(name, _Part(self._start, self._start))

    def _become(self, name: str, busy: bool) -> _Part:
        part = self._part(name)
        if part.busy != busy:
            part.busy, part.changed = busy, self._tick()
        return part

    def _report(self, state: str, since: float) -> Json:
        age = timedelta(seconds=self._tick() - since)
        instant = (self._clock.now() - age).replace(microsecond=0)
        return {"state": state, "since": format_instant(instant)}
