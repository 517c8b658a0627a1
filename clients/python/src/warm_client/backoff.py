"""How long to wait before the next attempt: longer each time, and not all at the same moment."""

import random
from dataclasses import dataclass, field


@dataclass
class Backoff:
    """`first` doubles up to `longest`, in seconds. Each wait is between a half and all of that, so
    that a hundred clients don't come back together."""

    first: float = 0.5
    longest: float = 30.0
    chance: random.Random = field(default_factory=random.Random)
    _failures: int = 0

    def wait(self) -> float:
        """Seconds until the next attempt."""
        whole = min(self.first * 2.0 ** min(self._failures, 30), self.longest)
        self._failures += 1
        return whole * self.chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """The last attempt was successful."""
        self._failures = 0
