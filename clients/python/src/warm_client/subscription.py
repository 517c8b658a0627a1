"""What the subscribers of both kinds have in common: their options, and the state of a run."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warm_client.address import Address
from warm_client.intake import Intake, Retries
from warm_client.keys import KeyRing
from warm_client.merging import QUIET_SECONDS
from warm_client.reports import Report
from warm_client.store import SetAside, Store

REPORTS_STREAM = "reports"
KEY_STREAM = "keys"
POLL_SECONDS = 0.25
STREAM_PREFETCH = 10
# When no more keys came for so long, their stream has been read to its present end.
KEY_QUIET_SECONDS = 1.0
# For how long a receipt that the broker doesn't take is left alone.
RECEIPT_SECONDS = 60.0

Handler = Callable[[Report, sqlite3.Connection], Any]


class QueueGone(Exception):
    """The broker ended a consumer: its queue was deleted, or moved."""


@dataclass(frozen=True)
class Options:
    """How a subscriber receives.

    `catch_up`: read the stream first, from the place where it was left. `from_issue`: begin with
    this issue, and skip what was published before it. `prefetch`: messages that the broker may send
    ahead from the queue; if the process dies, each of them counts as delivered. `receipts`: send
    receipts to the programme office. `stream`: `reports`, or `reports.internal` where the user may
    read that. `key_stream`: where later keys are announced; a broker without it is no error.
    `quiet_seconds`: after so long without a message of the stream, the queue's is taken.
    """

    catch_up: bool = True
    from_issue: int | None = None
    prefetch: int = 1
    receipts: bool = True
    stream: str = REPORTS_STREAM
    key_stream: str = KEY_STREAM
    retries: Retries = field(default_factory=Retries)
    quiet_seconds: float = QUIET_SECONDS


class Subscription:
    """`name` is the user's by default, and the queue `sub.<name>.reports`. `store` is a SQLite file
    of this subscriber alone."""

    def __init__(
        self,
        address: Address | str,
        *,
        store: Path | str,
        keys: KeyRing,
        name: str | None = None,
        options: Options | None = None,
    ) -> None:
        self._address = Address.of(address)
        self._name = name or self._address.user
        self._options = options or Options()
        self._store = Store(store)
        self._intake = Intake(
            self._store, keys, self._options.retries, from_issue=self._options.from_issue
        )

    @property
    def queue(self) -> str:
        return f"sub.{self._name}.reports"

    def set_aside(self) -> list[SetAside]:
        """The messages that weren't handled, in the order in which they came."""
        return self._store.aside()

    def discard(self, number: int) -> None:
        """Give up a message that is set aside."""
        self._store.forget_aside(number)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _stream_offset(self) -> int | str:
        position = self._store.position
        return position.offset if position else "first"
