"""The logs of the sources, supervision's own among them: read directly or through RPC."""

from collections.abc import Callable
from typing import Any

from nameko.exceptions import RemoteError

from services.supervision.facts.sources import SourceMarks, SourceState, catch_up
from shared.aggregates.aggregate import Command, derived_id
from shared.domain.errors import Unavailable, WarmError
from shared.domain.periods import Period
from shared.domain.types import Event, Json
from shared.messaging.log_guard import BEHIND, UNCHECKED
from shared.platform import logging_setup
from shared.service.comparison import Differing, Numbers
from shared.service.rpc_client import RpcClient
from shared.service.service_context import ServiceContext
from shared.service.week_sealing import seal

log = logging_setup.get(__name__)

OWN_ACTOR = "service:supervision"


class SourceLogs:
    """`own` is the name of the service that this is part of; `take(source, events)` handles events
    that are read from a log like arrivals."""

    def __init__(
        self,
        context: ServiceContext,
        own: str,
        marks: SourceMarks,
        take: Callable[[str, list[Event]], None],
    ) -> None:
        self.context = context
        self.own = own
        self.marks = marks
        self._take = take

    def last(self, source: str) -> int:
        """The last number in the log of a source. Raises DeadlineExceeded."""
        if source == self.own:
            return self.context.event_log.last()
        last: int = self._call(source, "events", after=0, limit=1)["last"]
        return last

    def catch_up(self, source: str, pause: Callable[[], None] = lambda: None) -> SourceState:
        """Fetch the events that the source has logged and that are missing here. `pause()` is
        called before each page."""
        if source == self.own:
            return catch_up(source, self.marks, self._own_events, self._take, pause)
        with RpcClient(self.context.settings.amqp_uri) as rpc:

            def ask(after: int, limit: int) -> Json:
                seconds = self.context.settings.rpc_seconds
                page: Json = rpc.call(source, "events", seconds, after=after, limit=limit)
                return page

            return catch_up(source, self.marks, ask, self._take, pause)

    def follow(self, source: str, pause: Callable[[], None]) -> "LogOfSource":
        """The log of a source, as a comparison asks it."""
        return LogOfSource(self, source, pause)

    def close(self, source: str, command: Command, period: Period) -> SourceState:
        """Let the source seal the week, and catch up with it. A source that doesn't answer is
        incomplete."""
        try:
            self._seal(source, command, period)
        except (WarmError, RemoteError) as error:
            log.warning("week not sealed", source=source, error=type(error).__name__)
            return SourceState(source, self.marks.advance(source), None, _is_behind(error))
        return self.catch_up(source)

    def _seal(self, source: str, command: Command, period: Period) -> None:
        # One command in each service, its id derived from the command that asked for it.
        identity = derived_id(f"{command.id}:seal:{source}")
        if source == self.own:
            own = self.context.repository()
            sealing = own.command("seal_period", identity, OWN_ACTOR, {"period": str(period)})
            seal(self.context, own, source, sealing, period)
            return
        arguments = {"command_id": identity, "actor": OWN_ACTOR, "period": str(period)}
        self._call(source, "seal_period", **arguments)

    def _call(self, source: str, method: str, **arguments: object) -> Any:
        with RpcClient(self.context.settings.amqp_uri) as rpc:
            return rpc.call(source, method, self.context.settings.rpc_seconds, **arguments)

    def _own_events(self, after: int, limit: int) -> Json:
        own = self.context.event_log
        return {"events": own.read(after, limit), "last": own.last()}


def _is_behind(error: Exception) -> bool:
    """Does the source say that its database is an older copy?"""
    about = error.data if isinstance(error, Unavailable) else {}
    return bool(about.get("problem") in (BEHIND, UNCHECKED))


class LogOfSource:
    """A source for `Comparison`: the log of a service, by its last number. Events that didn't
    arrive are fetched from it."""

    code = "source_gap"

    def __init__(self, logs: SourceLogs, source: str, pause: Callable[[], None]) -> None:
        self.name = source
        self.logs = logs
        self._pause = pause

    def differing(self) -> Differing:
        # Read first: what arrives meanwhile isn't more than the source has.
        mark = self.logs.marks.advance(self.name)
        numbers = Numbers(mark, self.logs.last(self.name))
        # A source that has less than is here says so itself: `log_behind`.
        return {} if numbers.here >= numbers.there else {self.name: numbers}

    def repair(self, missing: Differing) -> None:
        self.logs.catch_up(self.name, self._pause)
