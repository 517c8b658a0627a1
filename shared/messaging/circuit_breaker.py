"""The circuit breaker of the inbox: many invalid messages in a row mean a wrong deployment, or a
flood of foreign messages.

While it is open, the inbox takes no messages: they stay in its queue, and nothing is lost.
"""

from collections import Counter


class CircuitBreaker:
    """Opens after more than `limit` invalid messages in a row; `resume` closes it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.reasons: Counter[str] = Counter()

    @property
    def is_open(self) -> bool:
        return self.reasons.total() > self.limit

    def record_invalid(self, reason: str) -> None:
        """Count an invalid message, a dead letter with this `reason`."""
        self.reasons[reason] += 1

    def record_valid(self) -> None:
        """A message was handled: the invalid ones before it were single cases."""
        self.reasons.clear()

    def resume(self) -> None:
        """Close it: count from 0 again."""
        self.reasons.clear()
