"""What was received and how far each endpoint has it: tables beside those of the subscriber.

Reports are numbered as they come. Each endpoint has a position, the number up to which it has
everything that it wants: it gets one report after the other, in their order.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warm_client import Report
from warm_webhooks.endpoints import Endpoint

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook_reports (number INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, issue INTEGER NOT NULL,
    named TEXT NOT NULL, whole TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhook_endpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, failing_since REAL, next_at REAL NOT NULL DEFAULT 0,
    disabled TEXT, last_error TEXT, delivered_at REAL);
"""
BUSY_SECONDS = 30.0


@dataclass(frozen=True)
class Waiting:
    """A report that an endpoint doesn't have yet, and the endpoint's position before it."""

    position: int
    number: int
    event: str
    body: str


@dataclass(frozen=True)
class State:
    """`disabled` says why nothing is sent. Times are seconds since 1970."""

    name: str
    position: int
    failures: int
    failing_since: float | None
    next_at: float
    disabled: str | None
    last_error: str | None
    delivered_at: float | None


class Ledger:
    """One connection to the file, for one thread."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @staticmethod
    def keep(db: sqlite3.Connection, report: Report, named: str, whole: str) -> None:
        """Keep a report, in the transaction in which the subscriber takes it."""
        db.execute(
            "INSERT OR IGNORE INTO webhook_reports (event, kind, issue, named, whole)"
            " VALUES (?, ?, ?, ?, ?)",
            (report.event, report.kind, report.issue, named, whole),
        )

    def know(self, endpoints: Sequence[Endpoint]) -> None:
        """A new endpoint gets what comes from now on."""
        for it in endpoints:
            self._db.execute(
                "INSERT OR IGNORE INTO webhook_endpoints (name, position)"
                " SELECT ?, coalesce(max(number), 0) FROM webhook_reports",
                (it.name,),
            )

    def states(self) -> list[State]:
        rows = self._db.execute(
            "SELECT name, position, failures, failing_since, next_at, disabled, last_error,"
            " delivered_at FROM webhook_endpoints ORDER BY name"
        )
        return [State(*row) for row in rows]

    def state(self, name: str) -> State | None:
        return next((it for it in self.states() if it.name == name), None)

    def next_for(self, endpoint: Endpoint) -> Waiting | None:
        """The first report that the endpoint wants and doesn't have."""
        rows = self._db.execute(
            "SELECT position, number, event, kind, named, whole FROM webhook_reports,"
            " webhook_endpoints WHERE name = ? AND number > position ORDER BY number",
            (endpoint.name,),
        )
        for position, number, event, kind, named, whole in rows:
            if kind in endpoint.kinds:
                return Waiting(position, number, event, whole if endpoint.documents else named)
        return None

    def waiting(self, name: str) -> int:
        """How many reports came after the endpoint's position."""
        row = self._db.execute(
            "SELECT count(*) FROM webhook_reports WHERE number >"
            " (SELECT position FROM webhook_endpoints WHERE name = ?)",
            (name,),
        ).fetchone()
        return int(row[0])

    def delivered(self, name: str, report: Waiting, now: float) -> None:
        """It has the report. Where it was set back meanwhile, it gets it once more."""
        self._db.execute(
            "UPDATE webhook_endpoints SET position = ?, failures = 0, failing_since = NULL,"
            " next_at = 0, last_error = NULL, delivered_at = ? WHERE name = ? AND position = ?",
            (report.number, now, name, report.position),
        )

    def failed(self, name: str, why: str, next_at: float, now: float) -> None:
        self._db.execute(
            "UPDATE webhook_endpoints SET failures = failures + 1, last_error = ?, next_at = ?,"
            " failing_since = coalesce(failing_since, ?) WHERE name = ?",
            (why, next_at, now, name),
        )

    def disable(self, name: str, why: str) -> None:
        self._db.execute("UPDATE webhook_endpoints SET disabled = ? WHERE name = ?", (why, name))

    def enable(self, name: str) -> None:
        """Send again, at once, from where it was left."""
        self._db.execute(
            "UPDATE webhook_endpoints SET disabled = NULL, failures = 0, failing_since = NULL,"
            " next_at = 0 WHERE name = ?",
            (name,),
        )

    def set_back(self, name: str, issue: int) -> int:
        """Send everything again from the first report of that issue on. Returns how many reports
        that are, 0 where the issue isn't known; then nothing changes."""
        row = self._db.execute(
            "SELECT min(number) FROM webhook_reports WHERE issue = ?", (issue,)
        ).fetchone()
        if row[0] is None:
            return 0
        self._db.execute(
            "UPDATE webhook_endpoints SET position = ?, next_at = 0 WHERE name = ?",
            (row[0] - 1, name),
        )
        return self.waiting(name)
