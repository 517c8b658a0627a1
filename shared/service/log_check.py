"""Compares the service's log with what supervision has of it: at its start, and at intervals.

A log that lacks what was seen belongs to a database that was restored from an older copy. Then no
number is given and no command is taken until it is brought forward (bring_forward.py). While
supervision can't be asked, the service works as before, but for a database that a restore has
marked.
"""

import time
from typing import Any

from nameko.extensions import DependencyProvider

from shared.domain.errors import Unavailable
from shared.messaging.log_guard import BEHIND, UNCHECKED
from shared.messaging.log_repair import contradiction
from shared.platform import logging_setup
from shared.platform.retry import repeat
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

# How often a comparison is tried that hasn't succeeded yet, and how often health follows what
# another process of the service has found.
FOLLOW_SECONDS = 1


class LogCheck(DependencyProvider):
    """Works in the background; methods don't use this dependency."""

    context = ServiceContext()

    def setup(self) -> None:
        self._stopping = False
        self._due = 0.0
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="log check")

    def stop(self) -> None:
        self._stopping = True
        if self._thread:
            self._thread.kill()

    def _run(self) -> None:
        repeat(
            self._turn,
            seconds=FOLLOW_SECONDS,
            failed=lambda error: log.warning("log not compared", error=type(error).__name__),
            stopping=lambda: self._stopping,
        )

    def _turn(self) -> None:
        try:
            seconds = self.context.settings.log_check_seconds or self._until_restored_is_compared()
            if seconds and time.monotonic() >= self._due:
                self._compare()
                self._due = time.monotonic() + seconds
        finally:
            self._show()

    def _until_restored_is_compared(self) -> int:
        """A database that a restore has marked is compared in any case: it takes no commands
        before."""
        problem = self.context.log_guard.problem()
        return FOLLOW_SECONDS if problem and problem[0] == UNCHECKED else 0

    def _compare(self) -> None:
        guard, seen = self.context.log_guard, self.context.seen
        try:
            about = seen.about()
        except Unavailable:
            # Supervision reads the stream first; the guard waits for no longer than its own limit.
            raise
        except Exception:
            guard.tried()
            raise
        aggregates = self.context.database["aggregates"]
        found = contradiction(self.context.event_log, aggregates, about)
        if found:
            if guard.problem() != (BEHIND, found):
                log.error("log behind", detail=found)
            guard.close(found)
        elif guard.begun is None:
            guard.open()
        guard.tried()

    def _show(self) -> None:
        found = self.context.log_guard.problem()
        for code in (BEHIND, UNCHECKED):
            if found and found[0] == code:
                self.context.problems[code] = found[1]
            else:
                self.context.problems.pop(code, None)
