"""Is the clock right? It is compared with that of the database server, often another machine."""

from datetime import UTC, datetime, timedelta

from pymongo.database import Database

from shared.domain.clock import Clock
from shared.domain.types import Document

# Clocks that are kept in time differ by less, and the answer takes less.
TOLERANCE = timedelta(minutes=1)


def clock_error(clock: Clock, database: Database[Document]) -> timedelta:
    """How far the clock is ahead of the database server's; 0 for a clock that is set (WARM_NOW)."""
    if clock.is_set:
        return timedelta(0)
    return clock.now() - _server_time(database)


def is_true(clock: Clock, database: Database[Document]) -> bool:
    """Do the two clocks agree?"""
    return abs(clock_error(clock, database)) <= TOLERANCE


def _server_time(database: Database[Document]) -> datetime:
    found: datetime = database.client.admin.command("hello")["localTime"]
    return found if found.tzinfo else found.replace(tzinfo=UTC)
