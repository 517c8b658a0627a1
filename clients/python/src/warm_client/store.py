"""What a subscriber remembers, in one SQLite file: what it took, what it set aside, which receipts
it still owes, and how far it read the stream.

The tables begin with `warm_`. A handler may keep its own tables in the same file: what it writes by
the connection that it is given is stored together with the fact that the report was handled.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warm_client.reports import Report

SCHEMA = """
CREATE TABLE IF NOT EXISTS warm_state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS warm_taken (event TEXT PRIMARY KEY, report TEXT NOT NULL,
    digest TEXT NOT NULL, handled INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS warm_taken_report ON warm_taken (report);
CREATE TABLE IF NOT EXISTS warm_refusals (body TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS warm_aside (number INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT UNIQUE NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL,
    event TEXT, receipt BLOB);
CREATE TABLE IF NOT EXISTS warm_retired (keyid TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS warm_receipts (event TEXT PRIMARY KEY, receipt BLOB NOT NULL);
"""
DISK_ERRORS = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_BUSY,
}
POSITION, BEGUN = "position", "begun"


@dataclass(frozen=True)
class SetAside:
    """A message that wasn't handled, as it came, with the reason."""

    number: int
    reason: str
    body: bytes


@dataclass(frozen=True)
class Taken:
    """A report that was handled, or skipped because it is older than what the subscriber wants."""

    digest: str
    handled: bool


@dataclass(frozen=True)
class Position:
    """The last message of the stream that was dealt with: its offset and its body's SHA-256."""

    offset: int
    sha256: str


def printable(text: str) -> str:
    """Text that can be stored: without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def cannot_store(error: Exception) -> bool:
    """Whether it is the disk's error, or another process's, and not the handler's."""
    code = getattr(error, "sqlite_errorcode", None) if isinstance(error, sqlite3.Error) else None
    return code is not None and (code & 0xFF) in DISK_ERRORS


class TakenMeanwhile(Exception):
    """Another process with the same store has handled the report."""


def fingerprint(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Store:
    """`path` may be `:memory:`, for tests. Two processes may have the same file, such as while one
    takes over from the other: each report is handled by one of them."""

    def __init__(self, path: Path | str) -> None:
        # Autocommit: transactions begin and end below.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        # A report that was acknowledged is on the disk.
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything that is written inside is stored, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            # A handler may have ended it.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def handling(self, report: Report, body: bytes, receipt: bytes) -> Iterator[sqlite3.Connection]:
        """Inside, the handler works: the report counts as handled if it succeeds. Raises
        TakenMeanwhile."""
        with self.transaction() as db:
            # Nobody else writes from here on, and somebody may have done so until now.
            if self.taken(report) is not None:
                raise TakenMeanwhile
            yield db
            self._take(report, handled=True)
            self.owe(report.event, receipt)
            db.execute("DELETE FROM warm_refusals WHERE body = ?", (fingerprint(body),))
            db.execute("DELETE FROM warm_aside WHERE sha256 = ?", (fingerprint(body),))

    def skip(self, report: Report) -> None:
        """It is older than what the subscriber begins with."""
        self._take(report, handled=False)

    def _take(self, report: Report, handled: bool) -> None:
        row = (report.event, report.key, report.digest, handled)
        self._db.execute("INSERT OR REPLACE INTO warm_taken VALUES (?, ?, ?, ?)", row)

    def taken(self, report: Report) -> Taken | None:
        """How this report was taken, by this event or by another."""
        found = self._db.execute(
            "SELECT digest, handled FROM warm_taken WHERE report = ? LIMIT 1", (report.key,)
        ).fetchone()
        return Taken(found[0], bool(found[1])) if found else None

    def owe(self, event: str, receipt: bytes) -> None:
        """Send this receipt, in place of another one for the event that wasn't sent yet."""
        self._db.execute("INSERT OR REPLACE INTO warm_receipts VALUES (?, ?)", (event, receipt))

    def owe_again(self, body: bytes) -> None:
        """Send the receipt for a message that is set aside once more."""
        self._db.execute(
            "INSERT OR REPLACE INTO warm_receipts SELECT event, receipt FROM warm_aside"
            " WHERE sha256 = ? AND event IS NOT NULL",
            (fingerprint(body),),
        )

    def receipts(self) -> list[tuple[str, bytes]]:
        """(event, receipt) of those that weren't sent yet."""
        return self._db.execute("SELECT event, receipt FROM warm_receipts").fetchall()

    def receipt_sent(self, event: str, receipt: bytes) -> None:
        self._db.execute(
            "DELETE FROM warm_receipts WHERE event = ? AND receipt = ?", (event, receipt)
        )

    def count_refusal(self, body: bytes) -> int:
        """How often the handler refused it, this time included."""
        row = self._db.execute(
            "INSERT INTO warm_refusals VALUES (?, 1)"
            " ON CONFLICT (body) DO UPDATE SET times = times + 1 RETURNING times",
            (fingerprint(body),),
        ).fetchone()
        return int(row[0])

    def set_aside(self, body: bytes, reason: str, event: str | None, receipt: bytes | None) -> None:
        """Keep a message that isn't handled, and forget how often it was refused. `event` is its
        id, if it has one."""
        with self.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO warm_aside (sha256, reason, body, event, receipt)"
                " VALUES (?, ?, ?, ?, ?)",
                (fingerprint(body), printable(reason), body, event, receipt),
            )
            db.execute("DELETE FROM warm_refusals WHERE body = ?", (fingerprint(body),))
            self.owe_again(body)

    def is_aside(self, body: bytes) -> bool:
        found = self._db.execute(
            "SELECT 1 FROM warm_aside WHERE sha256 = ?", (fingerprint(body),)
        ).fetchone()
        return found is not None

    def aside(self) -> list[SetAside]:
        """What is set aside, in the order in which it came."""
        rows = self._db.execute("SELECT number, reason, body FROM warm_aside ORDER BY number")
        return [SetAside(*row) for row in rows]

    def forget_aside(self, number: int) -> None:
        self._db.execute("DELETE FROM warm_aside WHERE number = ?", (number,))

    def note_retired(self, keyid: str, sequence: int) -> None:
        """A key of the office ended at that place in its log."""
        self._db.execute(
            "INSERT INTO warm_retired VALUES (?, ?)"
            " ON CONFLICT (keyid) DO UPDATE SET sequence = min(sequence, excluded.sequence)",
            (keyid, sequence),
        )

    def retired(self) -> dict[str, int]:
        """Key → where it ended."""
        return dict(self._db.execute("SELECT keyid, sequence FROM warm_retired"))

    @property
    def position(self) -> Position | None:
        text = self._get(POSITION)
        if not text:
            return None
        offset, sha256 = text.split()
        return Position(int(offset), sha256)

    @position.setter
    def position(self, position: Position | None) -> None:
        self._set(POSITION, f"{position.offset} {position.sha256}" if position else "")

    @property
    def has_begun(self) -> bool:
        """Whether the first issue that the subscriber wants, or a later one, has come."""
        return self._get(BEGUN) == "yes"

    def begin(self) -> None:
        self._set(BEGUN, "yes")

    def _get(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM warm_state WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO warm_state VALUES (?, ?)", (name, value))
