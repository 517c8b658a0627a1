"""Receives reports with the Python client, and sends each to every endpoint, in order.

A report is stored in the transaction in which the subscriber takes it. From there on the endpoints
are independent: each has a thread, and one that is down or slow holds up nobody else.
"""

import json
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warm_client import Address, KeyRing, Options, Report, Subscriber
from warm_webhooks.endpoints import Endpoint
from warm_webhooks.ledger import Ledger, Waiting
from warm_webhooks.sending import Outcome, post

POLL_SECONDS = 0.5

log = logging.getLogger("warm_webhooks")


@dataclass(frozen=True)
class Patience:
    """The pauses in seconds after the first, second, … failure; the last one is repeated. After
    `gives_up` seconds of failures the endpoint is disabled."""

    pauses: tuple[float, ...] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    gives_up: float = 5 * 86400.0
    chance: random.Random = field(default_factory=random.Random)

    def pause(self, failures: int) -> float:
        """After so many failures in a row, with up to a tenth more, so that endpoints that failed
        together don't come back together."""
        return self.pauses[min(failures, len(self.pauses) - 1)] * self.chance.uniform(1.0, 1.1)


def message(report: Report, now: datetime, documents: bool) -> str:
    """The body for a receiver. `data` is that of the event; without documents only what names the
    report."""
    named = {
        "kind": report.kind,
        "edition": report.edition,
        "issue": report.issue,
        "period": report.period,
        "revision": report.revision,
        "digest": report.digest,
    }
    data = {**report.data, **named} if documents else named
    body = {"type": f"{report.series}.{report.kind}", "timestamp": now.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False)


class Sender:
    """Sends to one endpoint, one report after the other."""

    def __init__(
        self,
        endpoint: Endpoint,
        ledger: Ledger,
        patience: Patience,
        clock: Callable[[], float] = time.time,
        send: Callable[..., Outcome] = post,
    ) -> None:
        self.endpoint, self._ledger, self._patience = endpoint, ledger, patience
        self._clock, self._send = clock, send

    def step(self) -> bool:
        """Send the next report, if there is one and it is time. Returns whether it was taken."""
        state = self._ledger.state(self.endpoint.name)
        if state is None or state.disabled or self._clock() < state.next_at:
            return False
        report = self._ledger.next_for(self.endpoint)
        if report is None:
            return False
        body = report.body.encode()
        headers = self.endpoint.secret.headers(report.event, int(self._clock()), body)
        outcome = self._send(self.endpoint, headers, body)
        if outcome.delivered:
            self._ledger.delivered(self.endpoint.name, report, self._clock())
        else:
            self._note_failure(report, outcome, state.failures, state.failing_since)
        return outcome.delivered

    def _note_failure(
        self, report: Waiting, outcome: Outcome, failures: int, since: float | None
    ) -> None:
        name, now = self.endpoint.name, self._clock()
        pause = max(self._patience.pause(failures), outcome.pause)
        self._ledger.failed(name, outcome.why, now + pause, now)
        log.warning("%s 未收下 %s / not taken: %s", name, report.event, outcome.why)
        if outcome.gone or (since is not None and now - since >= self._patience.gives_up):
            self._ledger.disable(name, outcome.why)
            log.error("%s 已停用 / disabled: %s", name, outcome.why)


class Forwarder:
    """`store` is the SQLite file of this forwarder alone."""

    def __init__(
        self,
        address: Address | str,
        endpoints: Sequence[Endpoint],
        *,
        store: Path,
        keys: KeyRing,
        name: str | None = None,
        options: Options | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._endpoints, self._store = endpoints, store
        self._patience = patience or Patience()
        self._stopping = threading.Event()
        self._subscriber = Subscriber(
            address, self._keep, store=store, keys=keys, name=name, options=options
        )
        ledger = Ledger(store)
        ledger.know(endpoints)
        ledger.close()

    def run(self) -> None:
        """Until SIGTERM or SIGINT. A request that is under way is ended."""
        senders = [threading.Thread(target=self._send_to, args=(it,)) for it in self._endpoints]
        for thread in senders:
            thread.start()
        try:
            self._subscriber.run()
        finally:
            self._stopping.set()
            for thread in senders:
                thread.join()
            self._subscriber.close()

    @staticmethod
    def _keep(report: Report, db: sqlite3.Connection) -> None:
        now = datetime.now(UTC)
        named, whole = (message(report, now, documents) for documents in (False, True))
        Ledger.keep(db, report, named, whole)

    def _send_to(self, endpoint: Endpoint) -> None:
        ledger = Ledger(self._store)
        sender = Sender(endpoint, ledger, self._patience)
        while not self._stopping.is_set():
            try:
                sent = sender.step()
            except sqlite3.OperationalError as error:
                log.warning("存储暂不可用 / the store is busy: %s", error)
                sent = False
            if not sent:
                self._stopping.wait(POLL_SECONDS)
        ledger.close()
