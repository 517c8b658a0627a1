"""A client of Warm District: receives its reports and calls its services."""

from warm_client.address import Address, BadAddress
from warm_client.events import Refused
from warm_client.intake import Retries
from warm_client.keys import KeyRing
from warm_client.reports import Report
from warm_client.store import SetAside
from warm_client.subscriber import Subscriber
from warm_client.subscription import Options

__all__ = [
    "Address",
    "BadAddress",
    "KeyRing",
    "Options",
    "Refused",
    "Report",
    "Retries",
    "SetAside",
    "Subscriber",
]
