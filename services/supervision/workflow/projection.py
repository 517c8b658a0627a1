"""The projection: events in, facts and figures out, gaps filled."""

import time
from contextlib import contextmanager

from eventlet.semaphore import Semaphore
from nameko.exceptions import RemoteError
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from services.supervision.briefing.week_query import WeekQuery
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import Facts, fact_from
from services.supervision.facts.sources import Sources, Standing, catch_up
from services.supervision.figures.figure_cache import Figures
from services.supervision.indicators.reporting import TRACKED_TYPES
from services.supervision.workflow.rebuild import Rebuild
from services.supervision.workflow.rebuild_jobs import FAILED, RebuildJobs
from shared.aggregates.aggregate import new_id
from shared.contracts.envelope import Unreadable, read
from shared.domain.errors import WarmError
from shared.messaging.deliveries import Delivery, Rejection
from shared.platform import logging_setup
from shared.platform.retry import repeat
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from shared.service.service_context import ServiceContext
from shared.service.week_sealing import seal

log = logging_setup.get(__name__)

OWN_ACTOR = "service:supervision"
FOLD_SECONDS = 0.5
GAP_SECONDS = 2
PATIENCE_SECONDS = 10


class Stopped(Exception):
    """The service ends."""


class Projection(DependencyProvider):
    """`self.projection`: takes batches, folds in the background, and knows how complete it is."""

    context = ServiceContext()

    def setup(self):
        database = self.context.database
        self.facts = Facts(database["facts"])
        self.rebuilds = RebuildJobs(database)
        self.figures = Figures(database, self.facts, self.rebuilds)
        self.sources = Sources(database["sources"], self.facts)
        self.evidence = Evidence(database["evidence"], database["facts"])
        # Two inserts at once, of numbers that lie side by side, hinder each other in the index.
        self._inserting = Semaphore()
        self._stopping = False
        self._folded = time.monotonic()
        self._rebuilding = None

    def start(self):
        self._threads = [
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fold, FOLD_SECONDS), identifier="folder"
            ),
            self.container.spawn_managed_thread(
                lambda: self._repeat(self._fill_gaps, GAP_SECONDS), identifier="gaps"
            ),
        ]

    def stop(self):
        self._stopping = True
        for thread in self._threads:
            thread.kill()
        if self._rebuilding:
            self._rebuilding.wait()

    def get_dependency(self, worker_ctx):
        return self

    def take(self, messages):
        """Store a batch of events as facts. Returns the rejections by event id."""
        self.context.keep_registry(messages)
        rejections = self._strangers(messages)
        facts = [fact_from(message) for message in messages if message.head.id not in rejections]
        return rejections | self._keep(facts)

    def _keep(self, facts):
        """Touch, insert, touched: see notes.py for why."""
        notes = self.figures.notes
        subjects = {fact["subject"] for fact in facts if fact["type"] in TRACKED_TYPES}
        if not subjects:
            return self.facts.insert(facts) if facts else {}
        note = notes.touch(subjects)
        with self._inserting:
            rejections = self.facts.insert(facts)
        notes.touched(note, subjects)
        return rejections

    def frozen(self, sources, among=None):
        """The facts of an issue with this freeze: the one definition that drafting, publishing,
        explaining and verifying share. `among` is a query for some of them."""
        return self.facts.frozen(sources, self.evidence.strangers(), among)

    @contextmanager
    def recalled(self, marks):
        """A Recall with the number that each source is complete up to, `marks` or more; None where
        the figures hold what isn't complete."""
        self.figures.fold()
        database = self.context.database
        with database.client.start_session(snapshot=True) as session:
            week_query = WeekQuery(database, session)
            sources = week_query.complete(marks)
            yield (week_query, sources) if sources else None

    def last_logged(self, source):
        """The last number in the log of a source. Raises DeadlineExceeded."""
        if source == self.container.service_name:
            return self.context.event_log.last()
        with RpcClient(self.context.settings.amqp_uri) as rpc:
            seconds = self.context.settings.rpc_seconds
            return rpc.call(source, "events", seconds, after=0, limit=1)["last"]

    def standings(self):
        """Fetch whatever any source has logged and we lack. Returns a Standing for each."""
        return [self._catch_up(source) for source in SERVICES]

    def close(self, command, period):
        """Let every source seal the week, and fetch what it has logged. Returns a Standing for
        each; one that doesn't answer is incomplete."""
        return [self._close(source, command, period) for source in SERVICES]

    def parked(self):
        """How many messages are parked, by their reason: none of them is in any figure."""
        return self.context.dead_letters.by_reason()

    def rebuild(self, command, source):
        """Begin to fold all facts afresh, in the background. Returns the job (rebuilds.py).

        Raises Conflict while another rebuild is at work.
        """
        job, new = self.rebuilds.begin(command, source)
        if new:
            self._rebuilding = self.container.spawn_managed_thread(
                lambda: self._rebuild(command.id, source), identifier="rebuild"
            )
        return job

    def require_running(self):
        """Raise Stopped when the service ends."""
        if self._stopping:
            raise Stopped

    def _rebuild(self, identity, source):
        log.info("rebuild begins", job=identity, source=source)
        try:
            Rebuild(identity, self).run(source)
        except Exception as error:
            log.warning("rebuild failed", job=identity, error=type(error).__name__)
            self._give_up(identity, error)
        else:
            log.info("rebuild done", job=identity)

    def _give_up(self, identity, error):
        problem = error.data if isinstance(error, WarmError) else {"error": type(error).__name__}
        try:
            self.rebuilds.end(identity, FAILED, problem=problem)
        except PyMongoError:
            # Whoever looks next buries it.
            log.warning("rebuild left behind", job=identity)

    def _close(self, source, command, period):
        try:
            self._seal(source, command, period)
        except (WarmError, RemoteError) as error:
            log.warning("week not sealed", source=source, error=type(error).__name__)
            return Standing(source, self.sources.advance(source), None)
        return self._catch_up(source)

    def _seal(self, source, command, period):
        # One command in each service, its id following from the one that asked for it.
        identity = new_id(f"{command.id}:seal:{source}")
        if source == self.container.service_name:
            own = self.context.repository()
            sealing = own.command("seal_period", identity, OWN_ACTOR, {"period": str(period)})
            seal(self.context, own, source, sealing, period)
            return
        with RpcClient(self.context.settings.amqp_uri) as rpc:
            rpc.call(
                source,
                "seal_period",
                self.context.settings.rpc_seconds,
                command_id=identity,
                actor=OWN_ACTOR,
                period=str(period),
            )

    def _catch_up(self, source):
        if source == self.container.service_name:
            return catch_up(source, self.sources, self._own_log, self._take_logged)
        with RpcClient(self.context.settings.amqp_uri) as rpc:

            def ask(after, limit):
                seconds = self.context.settings.rpc_seconds
                return rpc.call(source, "events", seconds, after=after, limit=limit)

            return catch_up(source, self.sources, ask, self._take_logged)

    def _take_logged(self, source, events):
        """Handle events from a source's log like arrivals: what can't be handled is parked."""
        deliveries = [Delivery.logged(source, event) for event in events]
        readable = {}
        for delivery in deliveries:
            try:
                message = read(delivery.body, source)
                readable[message.head.id] = (message, delivery)
            except Unreadable as error:
                self.context.dead_letters.park(delivery, error.reason, error.detail)
        rejections = self.take([message for message, _ in readable.values()])
        for identity, why in rejections.items():
            delivery = readable[identity][1]
            self.context.dead_letters.park(delivery, why.reason, why.detail, why.orgunit)

    def _own_log(self, after, limit):
        own = self.context.event_log
        return {"events": own.read(after, limit), "last": own.last()}

    def _strangers(self, messages):
        known = self.context.orgunits.known({message.head.orgunit for message in messages})
        heads = (message.head for message in messages)
        return {
            head.id: Rejection("unknown_orgunit", head.orgunit, head.orgunit)
            for head in heads
            if head.orgunit not in known
        }

    def _fold(self):
        """While events crowd in, their cells are touched again and again: fold them afterwards."""
        at_most = self._folded + PATIENCE_SECONDS - time.monotonic()
        self.context.backpressure.wait_until_relieved(at_most)
        self._folded = time.monotonic()
        for source in SERVICES:
            self.sources.advance(source)
        return self.context.progress.did("figures", self.figures.fold())

    def _fill_gaps(self):
        for source in SERVICES:
            before = self.sources.advance(source)
            if self.sources.has_gap(source):
                standing = self._catch_up(source)
                if standing.mark > before:
                    log.info("gap filled", source=source, mark=standing.mark)

    def _repeat(self, work, seconds):
        """Again at once while there is more to do, else after `seconds`."""
        repeat(
            work,
            seconds=seconds,
            failed=lambda error: log.warning(
                "interrupted", work=work.__name__, error=type(error).__name__
            ),
            stopping=lambda: self._stopping,
        )
