"""Every event type that a service may publish, declared once, in one module for each service.

A type never changes its meaning. An incompatible change is a new version, and both versions are
published for an announced time.
"""

from shared.contracts.events import clinics, jobfairs, relief, supervision, volunteering
from shared.contracts.events.declare import EventType

_MODULES = {
    "clinics": clinics,
    "jobfairs": jobfairs,
    "relief": relief,
    "supervision": supervision,
    "volunteering": volunteering,
}

EVENT_TYPES: dict[str, EventType] = {
    event_type.name: event_type for module in _MODULES.values() for event_type in module.EVENTS
}
