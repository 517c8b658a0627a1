"""Housekeeping: what would grow for ever is shortened in the background, a little at a time.

Old commands are moved out of long documents soon; what is kept for a number of days only is looked
for every hour. docs/operations.md lists what is kept for how long.
"""

import time
from datetime import timedelta
from typing import Any, Self

from nameko.extensions import DependencyProvider

from shared.aggregates.command_archive import CommandArchive
from shared.messaging.dead_letter_retention import DeadLetterRetention
from shared.platform import clock_check, logging_setup
from shared.platform.retry import repeat
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

TURN_SECONDS = 2
SWEEP_SECONDS = 3600
# Delayed by back-pressure no longer than this.
PATIENCE_SECONDS = 10


class Housekeeping(DependencyProvider):
    """The background work of every service on its aggregates and dead letters."""

    context = ServiceContext()

    def setup(self) -> None:
        self._stopping = False
        self._sweep_at = 0.0

    def start(self) -> None:
        aggregates = self.context.database["aggregates"]
        self._archive = CommandArchive(aggregates)
        self._thread: Any = self.container.spawn_managed_thread(
            self._run, identifier="housekeeping"
        )

    def stop(self) -> None:
        self._stopping = True
        self._thread.kill()

    def get_dependency(self, worker_ctx: Any) -> Self:
        return self

    def _run(self) -> None:
        repeat(
            self._turn,
            seconds=TURN_SECONDS,
            failed=lambda error: log.warning(
                "housekeeping interrupted", error=type(error).__name__
            ),
            stopping=lambda: self._stopping,
        )

    def _turn(self) -> int:
        """Do a part of the work. Returns how much was done."""
        self.context.backpressure.wait_until_relieved(PATIENCE_SECONDS)
        moved = self._archive.move_some()
        if moved:
            log.info("old commands moved", commands=moved)
        if time.monotonic() < self._sweep_at:
            return moved
        removed = self._sweep()
        if not removed:
            self._sweep_at = time.monotonic() + SWEEP_SECONDS
        return moved + removed

    def _sweep(self) -> int:
        """Remove a part of what has been kept for long enough. Returns how much."""
        context = self.context
        # What is removed by a wrong clock doesn't come back when it is right again.
        if not clock_check.is_true(context.clock, context.database):
            return 0
        settings, now = context.settings, context.clock.now()
        forgotten = self._archive.forget(now - timedelta(days=settings.commands_days))
        removed = self._retention.sweep(now)
        if forgotten or removed:
            log.info("removed what is old", commands=forgotten, dead_letters=removed)
        return forgotten + removed

    @property
    def _retention(self) -> DeadLetterRetention:
        settings, database = self.context.settings, self.context.database
        return DeadLetterRetention(
            database["parked"],
            database["parked_acts"],
            bodies=timedelta(days=settings.resolved_bodies_days),
            resolved=timedelta(days=settings.resolved_days),
            discarded=timedelta(days=settings.discarded_days),
        )
