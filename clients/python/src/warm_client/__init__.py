"""A client of Warm District: receives its reports and calls its services."""

from warm_client.address import Address, BadAddress
from warm_client.async_rpc import AsyncRpcClient
from warm_client.errors import AccessRefused, CallError, OtherError, ServiceError
from warm_client.events import Refused
from warm_client.intake import Retries
from warm_client.keys import KeyRing
from warm_client.reports import Report
from warm_client.rpc import RpcClient
from warm_client.store import SetAside
from warm_client.subscriber import Subscriber
from warm_client.subscription import Options
from warm_client.typed_errors import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    NeedsConfirmation,
    NotFound,
    Unavailable,
    ValidationFailed,
)

__all__ = [
    "AccessRefused",
    "Address",
    "AsyncRpcClient",
    "BadAddress",
    "CallError",
    "Conflict",
    "DeadlineExceeded",
    "Forbidden",
    "KeyRing",
    "NeedsConfirmation",
    "NotFound",
    "Options",
    "OtherError",
    "Refused",
    "Report",
    "Retries",
    "RpcClient",
    "ServiceError",
    "SetAside",
    "Subscriber",
    "Unavailable",
    "ValidationFailed",
]
