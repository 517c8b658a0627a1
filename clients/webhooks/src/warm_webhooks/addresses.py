"""Which network addresses may be sent to: public ones, and those that an endpoint allows.

Without this check, an address in the settings could make the forwarder speak to servers that only
the deployment's own network reaches. The name is resolved once and the connection goes to the
address that was checked, so that a second answer of the name server can't lead elsewhere.
"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import TypeAlias

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

# IPv4 addresses behind a translator.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotAllowed(OSError):
    """The name leads to an address that isn't public, and that the endpoint doesn't allow."""


def resolve(host: str, port: int, allowed: Sequence[Network]) -> str:
    """The first address of a host. Raises NotAllowed unless all of them may be sent to, and
    OSError where the name can't be resolved."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(place[0]) for *_, place in found]
    for text in addresses:
        # A zone, as in fe80::1%eth0, isn't part of the address.
        address = _embedded(ipaddress.ip_address(text.partition("%")[0]))
        if not address.is_global and not any(address in network for network in allowed):
            raise NotAllowed(f"{address} isn't a public address, and isn't in `allow`")
    return addresses[0]


def _embedded(address: Address) -> Address:
    """The IPv4 address that is meant, where there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
