"""The clock of a service: the system clock, or in demo and tests a clock set by WARM_NOW."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from shared.domain.periods import SHANGHAI, parse_instant

SETTABLE_IN = ("demo", "test")
# Between the instant of a clock that goes on and the real instant at which it showed it.
AT = " @ "


def _system() -> datetime:
    return datetime.now(UTC)


def _parse(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise ValueError(f"WARM_NOW: {error}") from error


def shown(text: str) -> datetime:
    """What a set clock shows: an instant at which it stands still or, with a second one behind an
    @, one from which it has gone on since that real instant. Raises ValueError."""
    instant, goes_on, since = text.strip().partition(AT)
    return _parse(instant) + (_system() - _parse(since) if goes_on else timedelta(0))


def _file(path: Path) -> Callable[[], datetime]:
    return lambda: shown(path.read_text(encoding="utf-8"))


def _fixed(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


@dataclass(frozen=True)
class Clock:
    """The current time; `Clock()` is the system clock."""

    source: Callable[[], datetime] = _system

    def now(self) -> datetime:
        """An aware datetime in the programme's zone.

        A clock set by a file reads it each time. Raises ValueError or OSError if the file holds
        nothing that `shown` takes.
        """
        return self.source().astimezone(SHANGHAI)

    @property
    def is_set(self) -> bool:
        """Is it another clock than the system's?"""
        return self.source is not _system

    @classmethod
    def from_setting(cls, value: str | None, env: str) -> Self:
        """The clock for the setting WARM_NOW: an instant, or `@` and the path of a file with what
        the clock shows.

        The file must be replaced in one step, or a reader may find it half written. Raises
        ValueError that names WARM_NOW if it is malformed, or set outside demo and test.
        """
        if not value:
            return cls()
        if env not in SETTABLE_IN:
            raise ValueError(f"WARM_NOW is refused unless WARM_ENV is {' or '.join(SETTABLE_IN)}")
        return cls(_file(Path(value[1:])) if value.startswith("@") else _fixed(_parse(value)))
