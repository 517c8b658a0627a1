"""Does the work of a service move? Each part of it tells; `state` is the answer.

Durations are by a monotonic clock: the service's own may be set from outside.
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
    # All in seconds of the monotonic clock: when it last became busy or idle, when something last
    # moved or nothing was left, and since when something waits of which the part knows nothing.
    changed: float
    moved: float
    unnoticed: float | None = None
    busy: bool = False


class Progress:
    """Parts: `inbox`, `outbox`, and where there are any `figures`."""

    def __init__(
        self, stall_seconds: float, clock: Clock, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._stall_seconds = stall_seconds
        self._clock = clock
        self._tick = tick
        self._start = tick()
        self._parts: dict[str, _Part] = {}

    def waits(self, part: str) -> None:
        """There is work in hand."""
        self._become(part, busy=True)

    def moved(self, part: str) -> None:
        """Some of it is done."""
        known = self._become(part, busy=True)
        known.moved, known.unnoticed = self._tick(), None

    def idle(self, part: str) -> None:
        """None is left."""
        self._become(part, busy=False).moved = self._tick()

    def did(self, part: str, count: int) -> int:
        """`count` things are done, or none was left. Returns `count`."""
        (self.moved if count else self.idle)(part)
        return count

    def state(self, part: str, waiting: int | None) -> Json:
        """`idle`, `moving` or `stalled`, and since when.

        `waiting` is what waits by the broker's or the database's count, None where that is not
        known. Stalled: something waits, and nothing has moved for longer than WARM_STALL_SECONDS.
        """
        known, now = self._part(part), self._tick()
        if known.busy or waiting == 0:
            known.unnoticed = None
        elif known.unnoticed is None:
            known.unnoticed = now
        if not known.busy and waiting == 0:
            return self._told("idle", known.changed)
        still = known.moved if known.unnoticed is None else min(known.moved, known.unnoticed)
        if now - still > self._stall_seconds:
            return self._told("stalled", still)
        return self._told("moving", known.changed if known.busy else still)

    def _part(self, name: str) -> _Part:
        return self._parts.setdefault(name, _Part(self._start, self._start))

    def _become(self, name: str, busy: bool) -> _Part:
        part = self._part(name)
        if part.busy != busy:
            part.busy, part.changed = busy, self._tick()
        return part

    def _told(self, state: str, since: float) -> Json:
        age = timedelta(seconds=self._tick() - since)
        since_then = (self._clock.now() - age).replace(microsecond=0)
        return {"state": state, "since": format_instant(since_then)}
