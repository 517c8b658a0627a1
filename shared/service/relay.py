"""The relay publishes events as soon as their command is written; a sweep publishes the rest."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider, SharedExtension

from shared.aggregates.repository import Repository
from shared.domain.types import Document
from shared.messaging.outbox import BATCH
from shared.platform import logging_setup
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

RETRY_SECONDS = 1
PAUSE_SECONDS = 0.05


class Relay(SharedExtension):
    """Sends new events of the outbox at once, and sweeps for pending ones at intervals."""

    context = ServiceContext()

    def setup(self) -> None:
        self._stopping = False
        self._fresh: list[Document] = []
        self._wakeup = eventlet.semaphore.Semaphore(0)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        self._thread.wait()
        self.context.outbox.publisher.close()

    def take(self, pending: list[Document]) -> None:
        """Publish these soon: they were just written, and are pending in their aggregate."""
        self._fresh += pending
        self._wake()

    def _wake(self) -> None:
        if self._wakeup.balance <= 0:
            self._wakeup.release()

    def _run(self) -> None:
        sweep_at = 0.0
        while not self._stopping:
            if time.monotonic() >= sweep_at:
                # It finds these too: sent once more, they would be twice in every queue.
                self._fresh.clear()
                self._try(self.context.outbox.sweep)
                sweep_at = time.monotonic() + self.context.settings.sweep_seconds
            self._wakeup.acquire(timeout=max(sweep_at - time.monotonic(), 0))
            began = time.monotonic()
            fresh, self._fresh = self._fresh, []
            for start in range(0, len(fresh), BATCH):
                self._try(partial(self.context.outbox.send, fresh[start : start + BATCH]))
            # A single event is sent at once; many events are sent together.
            eventlet.sleep(max(began + PAUSE_SECONDS - time.monotonic(), 0))
        self._try(self.context.outbox.sweep)

    def _try(self, work: Callable[[], int]) -> None:
        try:
            if self.context.log_guard.is_closed():
                # No number may be given now: the events wait in their aggregates.
                return
            self.context.progress.did("outbox", work())
        except Exception as error:
            # The events are still pending, so nothing is lost: the sweeper sends them later.
            log.warning("relay interrupted", error=type(error).__name__)
            if not self._stopping:
                eventlet.sleep(RETRY_SECONDS)


class RepositoryProvider(DependencyProvider):
    """The dependency `self.repository`: the aggregates of the service."""

    context = ServiceContext()
    relay = Relay()

    def get_dependency(self, worker_ctx: Any) -> Repository:
        return self.context.repository(self.relay.take)
