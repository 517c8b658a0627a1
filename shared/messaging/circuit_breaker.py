"""Stopping the line: many invalid messages in a row are a wrong deployment, or a foreign flood.

The inbox then takes no more of them: the rest stays in its queue, and nothing is lost.
"""

from collections import Counter


class CircuitBreaker:
    """Stopped once more than `limit` messages in a row were invalid; `resume` lets it go on."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.reasons: Counter[str] = Counter()

    @property
    def is_open(self) -> bool:
        return self.reasons.total() > self.limit

    def record_invalid(self, reason: str) -> None:
        """One more, parked for `reason`."""
        self.reasons[reason] += 1

    def record_valid(self) -> None:
        """One that was understood and handled: those before it were some bad messages."""
        self.reasons.clear()

    def resume(self) -> None:
        """Count from nothing again."""
        self.reasons.clear()
