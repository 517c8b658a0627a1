"""Every RPC method of every service, with the schema of what it takes; former names left out."""

from shared.contracts.rpc import METHODS as CONTRACT
from shared.contracts.rpc.common import ALIASES

METHODS = [
    (service, name, method.arguments)
    for service, methods in CONTRACT.items()
    for name, method in methods.items()
    if name not in ALIASES
]
