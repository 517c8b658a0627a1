"""The instant until which a caller waits for the answer to its request.

It travels in the header `deadline`, as RFC 3339 text. A service does nothing for a request that is
past it, wherever that was held up. The broker's own expiry doesn't do that: it begins when the
broker takes the request, which may be long after it was sent.

Deadlines are by the system's clock, never by the programme's, which tests set.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from shared.domain.errors import DeadlineExceeded, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.types import Json

HEADER = "deadline"
# The clocks of a caller and of a service may differ by this.
TOLERANCE = timedelta(seconds=5)
# Also the values of `carried_out` in the data of DeadlineExceeded, for a command.
NO, UNKNOWN = "no", "unknown"
CARRIED_OUT = "carried_out"
FORM = f"The header `{HEADER}` must be an instant with its offset, such as 2017-02-06T01:30:00Z."


def now() -> datetime:
    return datetime.now(UTC)


def after(seconds: float) -> str:
    """The header's value for a caller that waits so long from now on."""
    return (now() + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def is_past(deadline: datetime, at: datetime) -> bool:
    return at - deadline > TOLERANCE


@dataclass(frozen=True)
class Deadline:
    """`on_late` is called with the seconds, when a request is refused."""

    instant: datetime
    on_late: Callable[[float], None] = lambda _late: None

    @classmethod
    def of(
        cls,
        headers: Mapping[str, Any],
        expiration: str | None = None,
        on_late: Callable[[float], None] = lambda _late: None,
    ) -> Self | None:
        """The deadline of a request; None where the caller gives none. Raises ValidationFailed.

        `expiration` is how long the broker was to keep it, in milliseconds. The caller doesn't wait
        longer than that from now on, even if its clock is ahead.
        """
        if (text := headers.get(HEADER)) is None:
            return None
        try:
            instant = parse_instant(text)
        except (ValueError, TypeError):
            raise ValidationFailed({"_deadline": [FORM]}) from None
        if expiration and expiration.isascii() and expiration.isdigit():
            kept = min(int(expiration), 2**31)
            instant = min(instant, now() + timedelta(milliseconds=kept))
        return cls(instant, on_late)

    def require(self) -> None:
        """Raises DeadlineExceeded, with both instants, if it is past."""
        at = now()
        if is_past(self.instant, at):
            late = (at - self.instant).total_seconds()
            self.on_late(late)
            raise DeadlineExceeded(
                {
                    "reason": "the request came after its deadline; nothing was done",
                    CARRIED_OUT: NO,
                    "deadline": self.instant.isoformat(),
                    "now": at.isoformat(),
                }
            )

    @contextmanager
    def current(self) -> Iterator[None]:
        """The work inside is done for a caller: calls of other services end with its deadline."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def within(seconds: float) -> float:
    """`seconds`, or fewer if the caller for whom this is done waits less. A green thread that this
    one starts has no caller."""
    deadline = _current.get()
    if deadline is None:
        return seconds
    return min(seconds, (deadline.instant - now()).total_seconds())


class LateRequests:
    """The requests that a service refused lately because they were past their deadline."""

    SECONDS = 15.0

    def __init__(self) -> None:
        self._refused: deque[tuple[float, float]] = deque(maxlen=1000)

    def note(self, late: float) -> None:
        self._refused.append((time.monotonic(), late))

    def problem(self) -> str:
        """Empty where there were none."""
        since = time.monotonic() - self.SECONDS
        lately = [late for at, late in self._refused if at > since]
        if not lately:
            return ""
        return f"{len(lately)} in {self.SECONDS:.0f} s, by {min(lately):.0f} s or more"


def clocks_differ(refusal: Json) -> str:
    """What a refusal says that comes while the caller still waits: its clock or the service's is
    wrong. Empty for other errors."""
    try:
        ahead = (parse_instant(refusal["now"]) - now()).total_seconds()
    except (KeyError, TypeError, ValueError):
        return ""
    return f"the service's clock is {ahead:.0f} s ahead of the caller's: set both by NTP"
