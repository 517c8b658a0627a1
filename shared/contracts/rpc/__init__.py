"""The RPC methods of every service, declared once: service → method name → Method."""

from shared.contracts.rpc import (
    clinics,
    common,
    jobfairs,
    oversight,
    relief,
    supervision,
    volunteering,
)
from shared.contracts.rpc.declare import Method

METHODS: dict[str, dict[str, Method]] = {
    "volunteering": common.METHODS | volunteering.METHODS,
    "relief": common.METHODS | relief.METHODS,
    "clinics": common.METHODS | clinics.METHODS,
    "jobfairs": common.METHODS | jobfairs.METHODS,
    "supervision": common.METHODS | oversight.METHODS | supervision.METHODS,
}
