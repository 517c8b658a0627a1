"""The clock of the services in demo and tests: a file that holds what it shows."""

import os
from datetime import UTC, datetime
from pathlib import Path

from shared.domain.clock import AT, shown
from shared.domain.periods import format_instant

# The file's name in the folder of a stack.
CLOCK = "clock"


class SettableClock:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def setting(self) -> str:
        """The value of WARM_NOW for the services."""
        return f"@{self.path}"

    def now(self) -> datetime:
        """What it shows. Raises OSError, ValueError."""
        return shown(self.path.read_text(encoding="ascii"))

    def set(self, instant: datetime) -> None:
        """It stands still at the instant."""
        self._write(format_instant(instant))

    def go_on(self, instant: datetime | None = None) -> None:
        """It goes on from the instant, or from what it shows, at the speed of real time."""
        start = instant or self.now()
        self._write(f"{format_instant(start)}{AT}{format_instant(datetime.now(UTC))}")

    def _write(self, text: str) -> None:
        """Replace the file in one step: a reader never finds half an instant."""
        new = self.path.with_suffix(".new")
        new.write_text(text, encoding="ascii")
        os.replace(new, self.path)
