"""The projection: stores events as facts, folds them to figures, and fills gaps."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Self

from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from services.supervision.briefing.week_query import WeekQuery
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import FactStore, fact_from
from services.supervision.facts.sources import SourceMarks, SourceState
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.figure_rules import FigureRules
from services.supervision.indicators import PRESENT
from services.supervision.indicators.reporting import TRACKED_TYPES
from services.supervision.indicators.rules import Rules
from services.supervision.workflow.rebuild import RebuildRun
from services.supervision.workflow.rebuild_jobs import FAILED, RebuildJobs
from services.supervision.workflow.source_logs import SourceLogs
from shared.aggregates.aggregate import Command, fingerprint
from shared.contracts.envelope import Unreadable, read
from shared.contracts.messages import Message
from shared.domain.errors import Conflict, WarmError
from shared.domain.periods import Period
from shared.domain.types import Document, Event, Json
from shared.messaging.deliveries import Delivery, Rejection
from shared.platform import logging_setup
from shared.platform.retry import repeat
from shared.platform.topology import SERVICES
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

FOLD_SECONDS = 0.5
GAP_SECONDS = 2
RULES_SECONDS = 10
# Who commands what nobody asked for.
ACTOR = "service:supervision"
# Folding is delayed by back-pressure no longer than this.
PATIENCE_SECONDS = 10


class Stopped(Exception):
    """The service ends."""


class Projection(DependencyProvider):
    """`self.projection`: the facts and figures of the service, with its background work."""

    context = ServiceContext()

    def setup(self) -> None:
        database = self.context.database
        self.facts = FactStore(database["facts"])
        self.rebuilds = RebuildJobs(database)
        self.figures = FigureCache(database, self.facts, self.rebuilds)
        self.figure_rules = FigureRules(database)
        self.marks = SourceMarks(database["sources"], self.facts)
        self.logs = SourceLogs(
            self.context, self.container.service_name, self.marks, self._take_logged
        )
        self.evidence = Evidence(database["evidence"], database["facts"])
        # Two inserts at once, of numbers that lie side by side, hinder each other in the index.
        self._inserting = Semaphore()
        self._stopping = False
        self._folded = time.monotonic()
        self._rebuilding: Any = None

    def start(self) -> None:
        self._threads = [
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fold, FOLD_SECONDS), identifier="folder"
            ),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fill_gaps, GAP_SECONDS), identifier="gaps"
            ),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._follow_rules, RULES_SECONDS), identifier="rules"
            ),
        ]

    def stop(self) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.kill()
        if self._rebuilding:
            self._rebuilding.wait()

    def get_dependency(self, worker_ctx: Any) -> Self:
        return self

    def take(self, messages: list[Message]) -> dict[str, Rejection]:
        """Store a batch of events as facts. Returns the rejections by event id."""
        self.context.update_registry(messages)
        rejections = self._of_unknown_units(messages)
        facts = [fact_from(message) for message in messages if message.head.id not in rejections]
        return rejections | self._store(facts)

    def _store(self, facts: list[Document]) -> dict[str, Rejection]:
        """Announce, insert, confirm: see pending_folds.py for the reason."""
        pending = self.figures.pending
        subjects = {fact["subject"] for fact in facts if fact["type"] in TRACKED_TYPES}
        if not subjects:
            return self.facts.insert(facts) if facts else {}
        entry = pending.announce(subjects)
        with self._inserting:
            rejections = self.facts.insert(facts)
        pending.confirm(entry, subjects)
        return rejections

    def frozen(
        self, sources: Mapping[str, int], among: Document | None = None
    ) -> Iterator[list[Event]]:
        """The facts of an issue with this freeze (source → last number), grouped by subject.

        Drafting, publishing, explaining and verifying share this definition. `among` is a query
        that selects some of the facts.
        """
        return self.facts.frozen(sources, self.evidence.untrusted(), among)

    @contextmanager
    def snapshot(
        self, marks: Mapping[str, int], rules: Rules
    ) -> Iterator[tuple[WeekQuery, dict[str, int]] | None]:
        """A WeekQuery by the present `rules`, and the number up to which each source is complete:
        `marks` or more.

        None where the figures contain facts beyond a gap, or follow other rules than the present.
        """
        if rules.version != PRESENT.version or not self.figure_rules.are_present():
            yield None
            return
        self.figures.fold()
        database = self.context.database
        with database.client.start_session(snapshot=True) as session:
            week_query = WeekQuery(database, session, rules)
            sources = week_query.complete(marks)
            yield (week_query, sources) if sources else None

    def last_logged(self, source: str) -> int:
        """The last number in the log of a source. Raises DeadlineExceeded."""
        return self.logs.last(source)

    def source_states(self) -> list[SourceState]:
        """The state of each source after fetching the events that are missing here."""
        return [self.logs.catch_up(source) for source in SERVICES]

    def close(self, command: Command, period: Period) -> list[SourceState]:
        """Let every source seal the week, and fetch what it has logged. Returns the state of each;
        a source that doesn't answer is incomplete."""
        return [self.logs.close(source, command, period) for source in SERVICES]

    def dead_letters(self) -> dict[str, int]:
        """How many dead letters there are, by their reason. None of them is in any figure."""
        return self.context.dead_letters.by_reason()

    def rebuild(self, command: Command, source: str) -> Json:
        """Begin to fold all facts again, in the background. Returns the job (rebuild_jobs.py).

        Raises Conflict while another rebuild is running.
        """
        job, new = self.rebuilds.begin(command, source)
        if new:
            self._rebuilding = self.container.spawn_managed_thread(
                lambda: self._rebuild(command.id, source), identifier="rebuild"
            )
        return job

    def require_running(self) -> None:
        """Raise Stopped when the service ends."""
        if self._stopping:
            raise Stopped

    def _follow_rules(self) -> None:
        """Rebuild the figures once where they follow other rules than the present ones."""
        if self.figure_rules.are_present() or self.rebuilds.running():
            return
        log.info("figures follow other rules: rebuilding", rules=PRESENT.version)
        command = Command(
            id=f"rules-{PRESENT.version}-{uuid.uuid4()}",
            actor=ACTOR,
            method="rebuild_figures",
            arguments=fingerprint("rebuild_figures", {"actor": ACTOR, "source": "facts"}),
            recorded=self.context.clock.now(),
        )
        # Raised where another rebuild has begun meanwhile.
        with suppress(Conflict):
            self.rebuild(command, "facts")

    def _rebuild(self, identity: str, source: str) -> None:
        log.info("rebuild begins", job=identity, source=source)
        try:
            RebuildRun(identity, self).run(source)
        except Exception as error:
            log.warning("rebuild failed", job=identity, error=type(error).__name__)
            self._mark_failed(identity, error)
        else:
            log.info("rebuild done", job=identity)

    def _mark_failed(self, identity: str, error: Exception) -> None:
        problem = error.data if isinstance(error, WarmError) else {"error": type(error).__name__}
        try:
            self.rebuilds.end(identity, FAILED, problem=problem)
        except PyMongoError:
            # The next reader of the job marks it as dead.
            log.warning("rebuild not marked as failed", job=identity)

    def _take_logged(self, source: str, events: list[Event]) -> None:
        """Handle events from a source's log like arrivals: invalid ones become dead letters."""
        deliveries = [Delivery.logged(source, event) for event in events]
        readable = {}
        for delivery in deliveries:
            try:
                message = read(delivery.body, source)
                readable[message.head.id] = (message, delivery)
            except Unreadable as error:
                self.context.dead_letters.add(delivery, error.reason, error.detail)
        rejections = self.take([message for message, _ in readable.values()])
        for identity, why in rejections.items():
            delivery = readable[identity][1]
            self.context.dead_letters.add(delivery, why.reason, why.detail, why.orgunit)

    def _of_unknown_units(self, messages: list[Message]) -> dict[str, Rejection]:
        known = self.context.orgunits.known({message.head.orgunit for message in messages})
        heads = (message.head for message in messages)
        return {
            head.id: Rejection("unknown_orgunit", head.orgunit, head.orgunit)
            for head in heads
            if head.orgunit not in known
        }

    def _fold(self) -> int:
        # While many events arrive, they touch the same cells again and again: fold these later.
        at_most = self._folded + PATIENCE_SECONDS - time.monotonic()
        self.context.backpressure.wait_until_relieved(at_most)
        self._folded = time.monotonic()
        for source in SERVICES:
            self.marks.advance(source)
        return self.context.progress.did("figures", self.figures.fold())

    def _fill_gaps(self) -> None:
        for source in SERVICES:
            before = self.marks.advance(source)
            if self.marks.has_gap(source):
                state = self.logs.catch_up(source)
                if state.mark > before:
                    log.info("gap filled", source=source, mark=state.mark)

    def _repeat(self, work: Callable[[], object], seconds: float) -> None:
        """Again at once while there is more to do, else after `seconds`."""
        repeat(
            work,
            seconds=seconds,
            failed=lambda error: log.warning(
                "interrupted", work=work.__name__, error=type(error).__name__
            ),
            stopping=lambda: self._stopping,
        )
