"""The clock that demo and tests set for the services: a file that holds the instant."""

import os

from shared.domain.periods import format_instant


class SettableClock:
    def __init__(self, path):
        self.path = path
        self.path.parent.mkdir(parents=True, exist_ok=True)

    @property
    def setting(self):
        """The services' WARM_NOW."""
        return f"@{self.path}"

    def set(self, instant):
        """Replaced in one step: a reader never finds it half written."""
        new = self.path.with_suffix(".new")
        new.write_text(format_instant(instant), encoding="ascii")
        os.replace(new, self.path)
