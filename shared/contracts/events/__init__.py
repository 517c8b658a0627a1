"""Every event type that a service may publish, declared once, in one module for each service.

A type never changes its meaning. An incompatible change is a new version, and both versions are
published for an announced time (docs/decisions/0030-event-versions.md).
"""

from collections.abc import Iterator

from shared.contracts.events import clinics, jobfairs, relief, supervision, volunteering
from shared.contracts.events.declare import EventType

_MODULES = {
    "clinics": clinics,
    "jobfairs": jobfairs,
    "relief": relief,
    "supervision": supervision,
    "volunteering": volunteering,
}

# The newest version of each type.
EVENT_TYPES: dict[str, EventType] = {
    event_type.name: event_type for module in _MODULES.values() for event_type in module.EVENTS
}


def published_versions() -> Iterator[EventType]:
    """Every version of every type that is published."""
    for newest in EVENT_TYPES.values():
        yield from newest.published()
