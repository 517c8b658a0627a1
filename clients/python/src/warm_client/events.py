"""The envelope of a message: a CloudEvents 1.0 event in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_ID = 200
# What every JSON library and SQLite can hold.
LARGEST = 2**53 - 1


class Refused(Exception):
    """The message is no valid report; the argument says why."""


@dataclass(frozen=True)
class Event:
    id: str
    type: str
    # 1, 2, … of the event's type.
    version: int
    # Its place in the service's own log; None where it has none.
    sequence: int | None
    data: Mapping[str, Any]


def read_event(body: bytes) -> Event:
    """The event in a message's body. Raises Refused."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("not JSON") from error
    if not isinstance(event, dict) or event.get("specversion") != "1.0":
        raise Refused("not CloudEvents 1.0")
    identity, kind, data = event.get("id"), event.get("type"), event.get("data")
    if not isinstance(identity, str) or not isinstance(kind, str):
        raise Refused("no id or no type")
    if len(identity) > LONGEST_ID or not identity.isprintable():
        raise Refused("the id is too long or not printable")
    data = data if isinstance(data, dict) else {}
    return Event(identity, kind, _version(event), _sequence(event), data)


def _sequence(event: Mapping[str, Any]) -> int | None:
    number = event.get("sourcesequence")
    return number if type(number) is int and 0 < number <= LARGEST else None


def _version(event: Mapping[str, Any]) -> int:
    """The last part of `dataschema`, `urn:warm:<type>:<version>`; 1 where there is none."""
    text = str(event.get("dataschema", "")).rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() else 1
