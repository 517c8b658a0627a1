"""The RPC methods of every service, declared once."""

from shared.contracts.rpc import (
    assessment,
    calendar,
    clinics,
    common,
    editions,
    jobfairs,
    keys,
    nominations,
    oversight,
    rebuilds,
    receipts,
    registry,
    relief,
    review,
    staff,
    subscribers,
    supervision,
    volunteering,
)
from shared.contracts.rpc.declare import Method

COMMON = "common"

# Owner → method name → Method, by present names. Every service answers those of COMMON; a service
# that declares one of them again answers its own.
DECLARED: dict[str, dict[str, Method]] = {
    COMMON: {name: it for name, it in common.METHODS.items() if name not in common.ALIASES},
    "volunteering": volunteering.METHODS,
    "relief": relief.METHODS,
    "clinics": clinics.METHODS,
    "jobfairs": jobfairs.METHODS,
    "supervision": oversight.METHODS
    | assessment.METHODS
    | calendar.METHODS
    | keys.METHODS
    | nominations.METHODS
    | staff.METHODS
    | subscribers.METHODS
    | editions.METHODS
    | review.METHODS
    | registry.METHODS
    | receipts.METHODS
    | rebuilds.METHODS
    | supervision.METHODS,
}

# Service → method name → Method, former names included.
METHODS: dict[str, dict[str, Method]] = {
    service: common.METHODS | own for service, own in DECLARED.items() if service != COMMON
}
