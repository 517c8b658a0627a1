"""What a service says of itself: does it work, is it behind, does its work move.

Lag and progress are two answers: who is behind but moving catches up, and who isn't behind may be
dead.
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from shared import database, topology
from shared.stores import Stores
from shared.types import Json

# Of the database, which may be away: health is asked of a service that is in trouble.
SECONDS = 2
# What waits, by the name of the part that moves it.
LAG = {"outbox": "pending", "figures": "unfolded"}


def health(stores: Stores, **more: Callable[[], Any]) -> Json:
    """`more` is what the service knows besides, from its database; None of all that when it is
    away."""
    service = stores.container.service_name
    books = _books(stores, more)
    retries = books.pop("retries")
    depth = topology.inbox_depth(stores.settings.amqp_uri, service)
    lag = {"inbox": depth} | {part: books[name] for part, name in LAG.items() if name in books}
    progress = {part: stores.progress.state(part, waiting) for part, waiting in lag.items()}
    checks = _checks(stores, books, progress)
    return {
        "service": service,
        "status": _status(checks),
        "checks": checks,
        "lag": lag | {"retries": retries},
        "progress": progress,
        "line": {"invalid_in_a_row": dict(stores.line.reasons), "limit": stores.line.limit},
        **books,
        "version": _version(),
    }


def _books(stores: Stores, more: dict[str, Callable[[], Any]]) -> Json:
    ask = {
        "parked": stores.parking.count,
        "retries": stores.parking.overdue,
        "pending": stores.outbox.pending,
        "log_last": stores.log.last,
        "orgunits": stores.orgunits.count,
        **more,
    }
    try:
        with pymongo.timeout(SECONDS):
            return {name: read() for name, read in ask.items()}
    except PyMongoError as error:
        if not (error.timeout or isinstance(error, database.AWAY)):
            raise
        return dict.fromkeys(ask)


def _checks(stores: Stores, books: Json, progress: Json) -> dict[str, bool]:
    return {
        "database": books["orgunits"] is not None,
        "registry": books["orgunits"] != 0,
        "inbox": stores.consuming,
        "line": not stores.line.stopped,
        "progress": all(part["state"] != "stalled" for part in progress.values()),
    }


def _status(checks: dict[str, bool]) -> str:
    failed = {name for name, passed in checks.items() if not passed}
    if failed == {"registry"}:
        return "starting"
    return "degraded" if failed else "ready"


def _version() -> str:
    try:
        return version("warm-district")
    except PackageNotFoundError:
        return "development"
