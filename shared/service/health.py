"""The health of a service: whether it works, is behind, and makes progress.

Lag and progress are two different things: a service that is behind but makes progress catches up,
and a service that is not behind may have failed.
"""

import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from shared.contracts.problems import PROBLEMS
from shared.domain.types import Json
from shared.platform import broker_alarm, clock_check, database, topology
from shared.service import comparison
from shared.service.service_context import ServiceContext

# The database may be unreachable, and health must answer all the same.
SECONDS = 2
# Part of the service → the name of the count of its waiting work.
LAG = {"outbox": "pending", "figures": "unfolded"}


def health(context: ServiceContext, **more: Callable[[], Any]) -> Json:
    """The health of a service; `more` are functions that read further parts from its database.

    All parts from the database are None while it is unreachable.
    """
    service = context.container.service_name
    service_db = _service_db(context, more)
    retries, clock = service_db.pop("retries"), service_db.pop("clock")
    depth = _inbox_depth(context.settings.amqp_uri, service)
    behind = {part: service_db[name] for part, name in LAG.items() if name in service_db}
    lag = {"inbox": depth} | behind
    progress = {part: context.progress.state(part, waiting) for part, waiting in lag.items()}
    connected = {
        "broker": depth is not None and context.answering,
        "database": service_db["orgunits"] is not None,
    }
    checks = connected | {
        "registry": service_db["orgunits"] != 0,
        "inbox": context.consuming,
        "line": not context.circuit_breaker.is_open,
        "progress": all(part["state"] != "stalled" for part in progress.values()),
        # Unknown while the database is unreachable.
        "clock": clock is not False,
    }
    problems = {name: "" for name, passed in checks.items() if not passed}
    problems |= {"line": _invalid(context)} if "line" in problems else {}
    problems |= {"progress": _stalled(progress)} if "progress" in problems else {}
    # A broker that gave no depth isn't waited for once more.
    alarm = None if depth is None else context.alarm_watch.alarm()
    problems |= {broker_alarm.CODE: alarm} if alarm else {}
    late = context.late_requests.problem()
    problems |= {"late_requests": late} if late else {}
    left = service_db.pop("left_over")
    problems |= {"left_over": f"{left} subjects"} if left else {}
    problems |= context.problems
    return {
        "service": service,
        "status": _status(problems),
        "checks": checks,
        "problems": [{"code": code, "detail": text} for code, text in sorted(problems.items())],
        "lag": lag | {"retries": retries},
        "progress": progress,
        "line": {
            "invalid_in_a_row": dict(context.circuit_breaker.reasons),
            "limit": context.circuit_breaker.limit,
        },
        "following": comparison.state(context.following),
        **service_db,
        "version": context.settings.version,
        # Distinguishes several processes of the service.
        "instance": f"{socket.gethostname()}:{os.getpid()}",
    }


def _inbox_depth(amqp_uri: str, service: str) -> int | None:
    """The depth of the inbox, or None if the broker is unreachable."""
    try:
        return topology.inbox_depth(amqp_uri, service)
    except broker_alarm.UNREACHABLE:
        return None


def _service_db(context: ServiceContext, more: dict[str, Callable[[], Any]]) -> Json:
    reads: dict[str, Callable[[], Any]] = {
        "parked": context.dead_letters.count,
        "retries": context.dead_letters.overdue,
        "pending": context.outbox.pending,
        "log_last": context.event_log.last,
        "orgunits": context.orgunits.count,
        "incarnation": context.incarnation,
        "left_over": context.earlier.count,
        "storage": partial(_storage, context),
        "clock": partial(clock_check.is_true, context.clock, context.database),
        **more,
    }
    try:
        with pymongo.timeout(SECONDS):
            return {name: read() for name, read in reads.items()}
    except PyMongoError as error:
        if not (error.timeout or isinstance(error, database.UNREACHABLE)):
            raise
        return dict.fromkeys(reads)


def _storage(context: ServiceContext) -> dict[str, int]:
    """In bytes: the size of the service's own database, and use and size of its disk."""
    stats = context.database.command("dbStats")
    names = {"own": "totalSize", "disk_used": "fsUsedSize", "disk_total": "fsTotalSize"}
    return {name: int(stats[key]) for name, key in names.items()}


def _invalid(context: ServiceContext) -> str:
    counts = context.circuit_breaker.reasons.items()
    return ", ".join(f"{reason} {count}" for reason, count in counts)


def _stalled(progress: dict[str, Json]) -> str:
    stalled = {part: it for part, it in progress.items() if it["state"] == "stalled"}
    return ", ".join(f"{part} has not moved since {it['since']}" for part, it in stalled.items())


def _status(problems: dict[str, str]) -> str:
    failed = {code for code in problems if PROBLEMS[code].degrades}
    if failed == {"registry"}:
        return "starting"
    return "degraded" if failed else "ready"
