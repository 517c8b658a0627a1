"""Report consumers outside the system, each with what it has at the broker: queues, bindings,
policies. Which there are is in supervision's database (docs/decisions/0034-subscribers.md).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from shared.contracts.events import EVENT_TYPES
from shared.contracts.series import SERIES_NAMES
from shared.domain.form_names import PUBLIC
from shared.domain.types import Json
from shared.platform.declarations import (
    EDITION_KEYS,
    events_exchange,
    make_binding,
    make_kept_queue,
    make_policy,
    make_queue,
    make_way_back,
    nothing_dropped,
)

# It publishes what subscribers get, and looks after what they don't take.
OWNER = "supervision"
# What no pattern of events matches: editions of reports have a choice of their own, and who else
# subscribes is nobody's business.
NOT_BY_PATTERN = (
    *(f"supervision.{name}." for name in SERIES_NAMES),
    "supervision.subscriber.",
)


def subscriber_queue(name: str) -> str:
    return f"sub.{name}.reports"


def events_queue(name: str) -> str:
    """The queue with the other events that a subscriber asked for."""
    return f"sub.{name}.events"


def undelivered_report_queue(name: str) -> str:
    """It keeps what came back too often from a subscriber."""
    return f"sub.{name}.undelivered"


def event_keys(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """(service, routing key) of each declared event that a pattern such as `relief.order.*`
    matches."""
    return sorted(
        (it.service, it.routing_key)
        for name, it in EVENT_TYPES.items()
        if not name.startswith(NOT_BY_PATTERN)
        and any(fnmatchcase(name, pattern) for pattern in patterns)
    )


@dataclass(frozen=True)
class Account:
    """A subscriber: the edition of the reports that it gets, None for no reports, and the patterns
    of the other events."""

    name: str
    reports: str | None = PUBLIC
    events: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The queues that it reads."""
        reports = [subscriber_queue(self.name)] if self.reports else []
        return (*reports, *([events_queue(self.name)] if self.events else []))

    def undelivered_queues(self) -> dict[str, tuple[str, ...]]:
        """The queue of its undelivered messages, with the queues that they come from."""
        return {undelivered_report_queue(self.name): self.sources}

    def queues(self) -> list[Json]:
        kept = make_kept_queue(undelivered_report_queue(self.name))
        return [*(make_queue(name, x_queue_type="quorum") for name in self.sources), kept]

    def policies(self) -> list[Json]:
        kept = undelivered_report_queue(self.name)
        return [make_policy(name, nothing_dropped(kept)) for name in self.sources]

    def bindings(self) -> list[Json]:
        return [
            *(make_binding(*it) for it in self._subscriptions()),
            *(make_way_back(OWNER, name) for name in self.sources),
        ]

    def _subscriptions(self) -> Iterator[tuple[str, str, str]]:
        """(exchange, queue, routing key)."""
        for key in EDITION_KEYS.get(self.reports or "", ()):
            yield events_exchange(OWNER), subscriber_queue(self.name), key
        for service, key in event_keys(self.events):
            yield events_exchange(service), events_queue(self.name), key


# The deployment's own archive: the first subscriber, there from the beginning. Its password is a
# secret of the deployment.
ARCHIVE = Account("archive")
