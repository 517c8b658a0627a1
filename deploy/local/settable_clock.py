"""The clock of the services in demo and tests: a file that holds the current instant."""

import os
from datetime import datetime
from pathlib import Path

from shared.domain.periods import format_instant


class SettableClock:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def setting(self) -> str:
        """The value of WARM_NOW for the services."""
        return f"@{self.path}"

    def set(self, instant: datetime) -> None:
        """Replace the file in one step: a reader never finds half an instant."""
        new = self.path.with_suffix(".new")
        new.write_text(format_instant(instant), encoding="ascii")
        os.replace(new, self.path)
