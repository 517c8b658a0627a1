"""Compares what a service keeps of others' events with their source, and repairs it.

An event that is lost shows only when a later one arrives, or never. So each source is asked for its
numbers at intervals: a number that this service should have had for some time is a gap. It is
filled from the source, the bindings of the inbox are made again, and `health` says so until a later
comparison finds nothing missing.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import eventlet
from amqp import AMQPError
from kombu.exceptions import KombuError
from nameko.exceptions import RemoteError

from shared.domain.errors import WarmError
from shared.domain.periods import format_instant
from shared.domain.types import Json
from shared.platform import broker, logging_setup, topology

log = logging_setup.get(__name__)

# Events in flight arrive within this time. It is also the pause before a repair is confirmed.
GRACE_SECONDS = 5
# After so many intervals without an answer the source counts as not compared.
PATIENCE = 4
# Instances don't ask all at once.
JITTER = 0.2
# How many names a detail lists.
NAMED = 5
# In letters, of a problem's detail.
LONGEST = 400
NOT_COMPARED = "not_compared"

NO_ANSWER = (WarmError, RemoteError, OSError, AMQPError, KombuError)


@dataclass(frozen=True)
class Numbers:
    """Of one thing that a source numbers: the number reached here, and the one of the source."""

    here: int
    there: int


# What the numbers are of (a unit's code, a source) → its numbers.
Differing = Mapping[str, Numbers]


def differing(here: Mapping[str, int], there: Mapping[str, int]) -> Differing:
    """What isn't the same in two maps of numbers; a number that is missing is 0."""
    numbers = {it: Numbers(here.get(it, 0), there.get(it, 0)) for it in here.keys() | there.keys()}
    return {it: number for it, number in numbers.items() if number.here != number.there}


class Source(Protocol):
    """What a projection follows."""

    # The name in `health`, and the code of the problem while something is missing.
    name: str
    code: str

    def differing(self) -> Differing:
        """Whatever isn't the same here and in the source now. Raises one of NO_ANSWER."""

    def repair(self, missing: Differing) -> None:
        """Fetch what is missing."""


@dataclass
class Found:
    """What comparisons with one source have found. Instants as text."""

    code: str
    compared: str | None = None
    # Name → since when it is missing.
    missing: dict[str, str] = field(default_factory=dict)
    detail: str = ""
    repaired: Json | None = None
    # What is here and not in the source: its log or its registry went back.
    ahead: list[str] = field(default_factory=list)
    unanswered_since: str | None = None


class Comparison:
    """The comparison with one source. `context` is the ServiceContext of the service."""

    def __init__(self, source: Source, context: Any) -> None:
        self.source = source
        self.context = context
        self.interval = float(context.settings.compare_seconds)
        self.grace = min(GRACE_SECONDS, self.interval)
        self.found = context.following.setdefault(source.name, Found(source.code))
        self._before: Differing = {}
        self._answered = time.monotonic()
        self._since = self._now()

    def run(self) -> None:
        """Compare until the thread is killed."""
        while True:
            seconds = self.grace
            try:
                seconds = self.compare()
            except Exception as error:
                log.warning("not compared", source=self.source.name, error=type(error).__name__)
            eventlet.sleep(seconds)

    def compare(self) -> float:
        """Compare once, and repair what is missing. Returns the seconds until the next time."""
        try:
            return self._compare()
        finally:
            report(self.context)

    def _compare(self) -> float:
        if self.context.backpressure:
            # What is missing may be in the full inbox.
            self._unanswered()
            return self.grace
        try:
            now = self.source.differing()
        except NO_ANSWER:
            self._unanswered()
            return self._pause()
        before, self._before = self._before, now
        self._answered, self._since = time.monotonic(), self._now()
        self.found.compared, self.found.unanswered_since = self._since, None
        # What was there the last time had time to arrive; what came since may be in flight.
        missing = {it: n for it, n in now.items() if it in before and n.here < before[it].there}
        gone = {it: n for it, n in now.items() if it in before and before[it].here > n.there}
        self._note_ahead(gone)
        if missing:
            return self._repair(missing)
        self._end()
        return self.grace if now and not gone else self._pause()

    def _repair(self, missing: Differing) -> float:
        since, new = self._now(), missing.keys() - self.found.missing.keys()
        self.found.missing = {it: self.found.missing.get(it, since) for it in missing}
        self.found.detail = _detail(missing, self.found.missing)
        if new:
            log.warning("events are missing", source=self.source.name, missing=self.found.detail)
        report(self.context)
        self._bind()
        self.source.repair(missing)
        # Confirmed soon; where it didn't help, it is tried again later.
        return self.grace if new else self._pause()

    def _end(self) -> None:
        if self.found.missing:
            names = sorted(self.found.missing)
            self.found.repaired = {"at": self._now(), "number": len(names), "names": names[:NAMED]}
            self.found.missing, self.found.detail = {}, ""
            log.info("repaired", source=self.source.name, **self.found.repaired)

    def _note_ahead(self, gone: Differing) -> None:
        """The source has lost numbers: no repair of this projection. Said in `health`."""
        names = [f"{it}: {numbers}" for it, numbers in _words(gone)]
        if names and not self.found.ahead:
            log.warning("the source is behind", source=self.source.name, names=names[:NAMED])
        self.found.ahead = names[:NAMED]

    def _bind(self) -> None:
        """Make the bindings of the inbox again."""
        try:
            missing = topology.check(self.context.settings.amqp_uri, self._service)
        except (OSError, AMQPError) as error:
            log.warning("bindings not made", error=broker.describe(error))
        else:
            if missing:
                log.warning("broker topology incomplete", missing=missing)

    def _unanswered(self) -> None:
        if time.monotonic() > self._answered + PATIENCE * self.interval:
            self.found.unanswered_since = self._since

    def _pause(self) -> float:
        return self.interval * random.uniform(1 - JITTER, 1)  # noqa: S311

    def _now(self) -> str:
        return format_instant(self.context.clock.now().replace(microsecond=0))

    @property
    def _service(self) -> str:
        return str(self.context.container.service_name)


def report(context: Any) -> None:
    """Bring the problems of the service in line with what its comparisons have found."""
    details: dict[str, list[str]] = {NOT_COMPARED: []}
    for name, found in context.following.items():
        details.setdefault(found.code, [])
        if found.missing:
            details[found.code].append(found.detail)
        if found.unanswered_since:
            details[NOT_COMPARED].append(f"{name} since {found.unanswered_since}")
    for code, texts in details.items():
        if texts:
            context.problems[code] = "; ".join(texts)[:LONGEST]
        else:
            context.problems.pop(code, None)


def state(following: Mapping[str, Found]) -> list[Json]:
    """What `health` says of the comparisons."""
    return [
        {
            "source": name,
            "compared": found.compared,
            "missing": len(found.missing),
            "repaired": found.repaired,
            "ahead": found.ahead,
        }
        for name, found in sorted(following.items())
    ]


def _detail(missing: Differing, since: Mapping[str, str]) -> str:
    """The first of what is missing, with the numbers, and since when."""
    said = [f"{it} since {since[it]}, {numbers}" for it, numbers in _words(missing)]
    more = len(said) - NAMED
    return ", ".join(said[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _words(differing: Differing) -> list[tuple[str, str]]:
    return [(it, f"has {n.here} of {n.there}") for it, n in sorted(differing.items())]
