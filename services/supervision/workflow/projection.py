"""The projection: stores events as facts, folds them to figures, and fills gaps."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Self

from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from services.supervision.briefing.week_query import WeekQuery
from services.supervision.documents import OrgUnit
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import FactStore, fact_from
from services.supervision.facts.recent_facts import RecentFacts
from services.supervision.facts.sources import SourceMarks, SourceState
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.figure_rules import FigureRules
from services.supervision.figures.totals import Totals
from services.supervision.indicators import PRESENT
from services.supervision.indicators.reporting import TRACKED_TYPES
from services.supervision.indicators.rules import Rules
from services.supervision.oversight.calendar_notices import announced
from services.supervision.proof.own_notes import OwnNotes
from services.supervision.proof.sealed_facts import SealedFacts
from services.supervision.proof.sealed_numbers import SealedNumbers
from services.supervision.proof.whole_chunks import WholeChunks
from services.supervision.proof.whole_facts import WholeFacts
from services.supervision.workflow.rebuild import RebuildRun
from services.supervision.workflow.rebuild_jobs import FAILED, RebuildJobs
from services.supervision.workflow.registry import registered
from services.supervision.workflow.sealed_figures import SealedFigures
from services.supervision.workflow.seen import OwnSeen, SeenLogs
from services.supervision.workflow.source_logs import SourceLogs
from services.supervision.workflow.stream_tail import StreamTail
from shared.aggregates.aggregate import Command, fingerprint
from shared.contracts.envelope import Unreadable, read
from shared.contracts.messages import Message
from shared.domain.errors import Conflict, Unavailable, WarmError
from shared.domain.periods import Period
from shared.domain.types import Document, Event, Json
from shared.messaging.deliveries import Delivery, Rejection, reason_of
from shared.messaging.log_guard import UNCHECKED
from shared.platform import database, logging_setup, topology
from shared.platform.concurrency import run_concurrently
from shared.platform.retry import repeat, retry
from shared.platform.topology import SERVICES
from shared.service.comparison import Comparison, Source
from shared.service.orgunit_sync import CalendarCopy, RegistryCopy, compare_registry
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

FOLD_SECONDS = 0.5
GAP_SECONDS = 2
RULES_SECONDS = 10
FORGET_SECONDS = 3600
# Who commands what nobody asked for.
ACTOR = "service:supervision"
# Folding is delayed by back-pressure no longer than this.
PATIENCE_SECONDS = 10
STREAM_SHORT = "stream_short"


class Stopped(Exception):
    """The service ends."""


class Projection(DependencyProvider):
    """`self.projection`: the facts and figures of the service, with its background work."""

    context = ServiceContext()

    def setup(self) -> None:
        own = self.context.database
        self.facts = FactStore(own["facts"])
        self.rebuilds = RebuildJobs(own)
        self.recent = RecentFacts(self.facts)
        self.figures = FigureCache(own, self.facts, self.rebuilds, recent=self.recent)
        self.figure_rules = FigureRules(own)
        self.marks = SourceMarks(own["sources"], self.facts)
        self.logs = SourceLogs(
            self.context, self.container.service_name, self.marks, self._take_logged
        )
        self.seen = SeenLogs(own["facts"], self.context.dead_letters, self._waiting)
        self.tail = StreamTail(
            self.context.settings.amqp_uri, own["stream_mark"], own["facts"], self._take_streamed
        )
        # Until the stream's tail is read, nothing else is taken: it may hold what this database
        # lost, and the first event with a number has it.
        self._tail_read = Signal()
        self.context.seen = OwnTail(self)
        self.evidence = Evidence(own["evidence"], own["facts"])
        key = self.container.config["keys"]["records"]
        chunks = WholeChunks(own["whole_chunks"], self.evidence, key)
        whole = WholeFacts(own["whole_facts"], chunks, key)
        digests = OwnNotes(own["facts_digests"], key)
        self.sealed = SealedFacts(self.evidence, whole, digests)
        self.sealed_figures = SealedFigures(own, key, self.context.settings.version)
        # Two inserts at once, of numbers that lie side by side, hinder each other in the index.
        self._inserting = Semaphore()
        self._stopping = False
        self._folded = time.monotonic()
        self._rebuilding: Any = None
        # Source → the mark at which fetching didn't help.
        self._unfilled: dict[str, int] = {}

    def start(self) -> None:
        self._threads = [
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fold, FOLD_SECONDS), identifier="folder"
            ),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fill_gaps, GAP_SECONDS), identifier="gaps"
            ),
            self.container.spawn_managed_thread(self._follow_stream, identifier="stream"),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._follow_rules, RULES_SECONDS), identifier="rules"
            ),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._forget, FORGET_SECONDS), identifier="old jobs and totals"
            ),
            *(
                self.container.spawn_managed_thread(
                    Comparison(source, self.context).run, identifier=f"comparison {source.name}"
                )
                for source in self._followed()
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

    def _followed(self) -> list[Source]:
        """What supervision keeps of events: the facts of each source, and copies of its own
        registry and calendar notices, as every service has them."""
        units = self.context.repository()
        registry = RegistryCopy(
            self.context,
            lambda digest: compare_registry(units.versions(OrgUnit), digest),
            lambda: registered(units),
        )
        calendar = CalendarCopy(self.context, lambda: announced(units))
        return [
            registry,
            calendar,
            *(self.logs.follow(source, self._relief) for source in SERVICES),
        ]

    def _relief(self) -> None:
        """Wait while the inbox is full: what is fetched is no more urgent than what arrives."""
        self.context.backpressure.wait_until_relieved(PATIENCE_SECONDS)

    def take(self, messages: list[Message]) -> dict[int, Rejection]:
        """Store a batch of events as facts. Returns the rejections by position."""
        self._tail_read.wait()
        return self._take(messages)

    def _take(self, messages: list[Message]) -> dict[int, Rejection]:
        self.context.update_registry(messages)
        rejections = self._of_unknown_units(messages)
        known = [position for position in range(len(messages)) if position not in rejections]
        stored = self._store([fact_from(messages[position]) for position in known])
        return rejections | {known[position]: why for position, why in stored.items()}

    def _store(self, facts: list[Document]) -> dict[int, Rejection]:
        """Announce, insert, confirm: see pending_folds.py for the reason."""
        pending = self.figures.pending
        subjects = {fact["subject"] for fact in facts if fact["type"] in TRACKED_TYPES}
        if not subjects:
            return self.recent.insert(facts) if facts else {}
        entry = pending.announce(subjects)
        with self._inserting:
            rejections = self.recent.insert(facts)
        pending.confirm(entry, subjects)
        return rejections

    def frozen(self, sources: Mapping[str, int]) -> Iterator[list[Event]]:
        """The facts of an issue with this freeze (source → last number), grouped by subject.

        Drafting, publishing, explaining and verifying share this definition.
        """
        return self.facts.frozen(sources, self.evidence.untrusted())

    def frozen_among(self, sources: Mapping[str, int], query: Document) -> Iterator[list[Event]]:
        """Those of the facts of an issue that a query selects. Raises ValueError at one that isn't
        as it was sealed."""
        numbers = SealedNumbers(self.evidence, self.sealed.chunks)
        return self.facts.frozen_among(sources, query, numbers.trusted)

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
        own = self.context.database
        with own.client.start_session(snapshot=True) as session:
            week_query = WeekQuery(own, session, rules)
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

    def _forget(self) -> int:
        """Remove old rebuild jobs, which are commands, and totals that can be made again."""
        days = self.context.settings.commands_days
        return self.rebuilds.forget(days) + Totals(self.context.database).forget()

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

    def seen_by(self, service: str) -> Json:
        """What the facts have of a service's log. Raises Unavailable as long as the stream's tail
        isn't read: it may have more."""
        if not self._tail_read.ready():
            reason = "the stream is being read"
            raise Unavailable({"problem": UNCHECKED, "reason": reason})
        return self.seen.about(service)

    def _follow_stream(self) -> None:
        """Read the stream's tail, then keep its mark, and settle what was renumbered."""
        retry(
            lambda: self._stopping or self._read_tail(),
            seconds=1,
            failed=lambda error: log.warning("stream not read", error=type(error).__name__),
        )
        self._tail_read.send(None)
        if seconds := self.context.settings.log_check_seconds:
            self._repeat(self._look_at_stream, seconds)

    def _read_tail(self) -> bool:
        count = self.tail.read()
        if count:
            log.info("stream's tail read", messages=count)
        return True

    def _waiting(self) -> int:
        """Messages in the inbox."""
        uri, name = self.context.settings.amqp_uri, self.container.service_name
        return topology.inbox_depth(uri, name)

    def _look_at_stream(self) -> None:
        progress = self.context.progress.state("inbox", 0)
        self.tail.follow(drained=not self._waiting() and progress["state"] == "idle")
        short = self.tail.is_short()
        if short:
            self.context.problems[STREAM_SHORT] = short
        else:
            self.context.problems.pop(STREAM_SHORT, None)
        self.seen.settle()

    def _take_streamed(self, deliveries: list[Delivery]) -> None:
        """Take the events that are no facts yet; invalid messages were met when they arrived."""
        readable: list[tuple[Message, Delivery]] = []
        for delivery in deliveries:
            with suppress(Unreadable):
                message = read(delivery.body, delivery.exchange.removesuffix(".events"))
                readable.append((message, delivery))
        known = self.facts.known(message.head.id for message, _ in readable)
        missing = [(it, delivery) for it, delivery in readable if it.head.id not in known]
        if missing:
            self._take_all(missing, source=topology.LOG_STREAM)

    def _take_logged(self, source: str, events: list[Event]) -> None:
        """Handle events from a source's log like arrivals: invalid ones become dead letters."""
        self._tail_read.wait()
        deliveries = [Delivery.logged(source, event) for event in events]
        readable = []
        for delivery in deliveries:
            try:
                readable.append((read(delivery.body, source), delivery))
            except Unreadable as error:
                self.context.dead_letters.add(delivery, error.reason, error.detail)
        self._take_all(readable, source)

    def _take_all(self, readable: list[tuple[Message, Delivery]], source: str) -> None:
        """All together, or each alone where one of them can't be handled."""
        try:
            self._take_readable(readable)
        except database.UNREACHABLE:
            raise
        except Exception as error:
            log.warning("events not taken together", source=source, error=type(error).__name__)
            self._take_one_by_one(readable)

    def _take_readable(self, readable: list[tuple[Message, Delivery]]) -> None:
        rejections = self._take([message for message, _ in readable])
        for position, why in rejections.items():
            delivery = readable[position][1]
            self.context.dead_letters.add(delivery, why.reason, why.detail, why.orgunit)

    def _take_one_by_one(self, readable: list[tuple[Message, Delivery]]) -> None:
        """Only the faulty ones become dead letters."""
        for message, delivery in readable:
            try:
                self._take_readable([(message, delivery)])
            except database.UNREACHABLE:
                raise
            except Exception as error:
                self.context.dead_letters.add(delivery, *reason_of(error))

    def _of_unknown_units(self, messages: list[Message]) -> dict[int, Rejection]:
        known = self.context.orgunits.known({message.head.orgunit for message in messages})
        units = (message.head.orgunit for message in messages)
        return {
            position: Rejection("unknown_orgunit", unit, unit)
            for position, unit in enumerate(units)
            if unit not in known
        }

    def _fold(self) -> int:
        # While many events arrive, they touch the same cells again and again: fold these later.
        at_most = self._folded + PATIENCE_SECONDS - time.monotonic()
        self.context.backpressure.wait_until_relieved(at_most)
        self._folded = time.monotonic()
        run_concurrently(len(SERVICES), self.marks.advance, SERVICES)
        return self.context.progress.did("figures", self.figures.fold())

    def _fill_gaps(self) -> None:
        """Where a later event shows that some are missing, don't wait for the comparison."""
        for source in SERVICES:
            before = self.marks.advance(source)
            if before != self._unfilled.get(source) and self.marks.has_gap(source):
                state = self.logs.catch_up(source, self._relief)
                if state.mark > before:
                    log.info("gap filled", source=source, mark=state.mark)
                elif state.last is not None:
                    # A dead letter, or in no log: the comparison tries again, less often.
                    self._unfilled[source] = before

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


class OwnTail(OwnSeen):
    """What supervision has of its own log, once the stream's tail is read."""

    def __init__(self, projection: Projection) -> None:
        super().__init__(projection.seen, projection.container.service_name)
        self._projection = projection

    def about(self) -> Json:
        return self._projection.seen_by(self._service)
