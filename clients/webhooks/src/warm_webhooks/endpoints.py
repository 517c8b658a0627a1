"""The endpoints: where reports go, read from a TOML file.

[[endpoint]]
name = "city-archive"
url = "https://archive.example.org/hooks/warm"
secret_file = "city-archive.secret"
"""

import ipaddress
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warm_client.reports import PUBLISHED, REVISED, WITHDRAWN
from warm_webhooks.addresses import Network
from warm_webhooks.signing import Secret

KINDS = (PUBLISHED, REVISED, WITHDRAWN)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KNOWN = {"name", "url", "secret_file", "kinds", "documents", "allow"}


class BadEndpoints(ValueError):
    """The argument says what is wrong with the file, and where."""


@dataclass(frozen=True)
class Endpoint:
    """`kinds` of reports that it wants. `documents`: with the whole report; else only what names
    it, for receivers that fetch it elsewhere. `allow`: networks that aren't public and may be sent
    to, also without TLS."""

    name: str
    url: str = field(repr=False)
    secret: Secret
    kinds: tuple[str, ...] = KINDS
    documents: bool = True
    allow: tuple[Network, ...] = ()


def read(path: Path) -> list[Endpoint]:
    """The endpoints of a file. Raises BadEndpoints, OSError."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["endpoint"]
        found = [_endpoint(entry, path.parent) for entry in entries]
    except KeyError as error:
        raise BadEndpoints(f"{path}: {error.args[0]} is missing") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise BadEndpoints(f"{path}: {error}") from None
    names = [it.name for it in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadEndpoints(f"{path}: the name {min(twice)} is given twice")
    return found


def _endpoint(entry: dict[str, Any], folder: Path) -> Endpoint:
    name = entry["name"]
    if not NAME.fullmatch(name):
        raise ValueError(f"name {name!r}: must be lower-case letters, digits and hyphens")
    if unknown := entry.keys() - KNOWN:
        raise ValueError(f"{name}: unknown {min(unknown)}; known are {', '.join(sorted(KNOWN))}")
    allow = tuple(ipaddress.ip_network(it) for it in entry.get("allow", ()))
    kinds = tuple(entry.get("kinds", KINDS))
    if set(kinds) - set(KINDS):
        raise ValueError(f"{name}: kinds must be some of {', '.join(KINDS)}")
    secret = _secret(name, folder / entry["secret_file"])
    documents = bool(entry.get("documents", True))
    return Endpoint(name, _url(name, entry["url"], allow), secret, kinds, documents, allow)


def _secret(name: str, path: Path) -> Secret:
    try:
        return Secret.from_text(path.read_text(encoding="ascii"))
    except ValueError as error:
        raise ValueError(f"{name}: {path}: {error}") from None


def _url(name: str, url: str, allow: tuple[Network, ...]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(f"{name}: url must be https://host/path, without user and password")
    if parts.scheme == "http" and not allow:
        raise ValueError(f"{name}: url must be https:// (http only to networks in `allow`)")
    return url
