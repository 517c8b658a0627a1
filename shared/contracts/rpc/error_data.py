"""The data of an error, so short that an error never has more than ANSWER_BYTES.

An error says what is wrong, it doesn't give back what was sent: long texts are cut, and of many
messages the first ones are named and the others counted.
"""

import json
from typing import Any

from shared.contracts.limits import ERROR_DATA_BYTES, ERROR_MESSAGES, ERROR_NAME, ERROR_TEXT
from shared.domain.types import Json

# The field whose message counts those that aren't named.
MORE = "_more"


def bounded(data: Any) -> Any:
    """`data`, the same where it is short enough. A message is an element of a list, or a single
    value of an object."""
    room = _Room()
    if not isinstance(data, dict):
        return room.fill(data)
    kept: Json = room.fill(data) or {}
    return kept | {MORE: [f"… and {room.left_out} more."]} if room.left_out else kept


class _Room:
    """What is left of the limits."""

    def __init__(self) -> None:
        self.messages, self.bytes, self.left_out = ERROR_MESSAGES, ERROR_DATA_BYTES, 0

    def fill(self, value: Any) -> Any:
        """The part of the value that there is room for; None if there is none at all."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            kept = [short for it in value if (short := self._message(it)) is not _NOTHING]
            return kept if kept or not value else None
        short = self._message(value)
        return None if short is _NOTHING else short

    def _object(self, value: Json) -> Json | None:
        kept: Json = {}
        for name, part in value.items():
            before = self.left_out
            shown = _cut(str(name), ERROR_NAME)
            found = self.fill(part)
            if found is not None or before == self.left_out:
                self.bytes -= _size(shown)
                kept[shown] = found
        return kept if kept or not value else None

    def _message(self, value: Any) -> Any:
        short = _short(value)
        size = _size(short)
        if not self.messages or size > self.bytes:
            self.left_out += 1
            return _NOTHING
        self.messages -= 1
        self.bytes -= size
        return short


_NOTHING = object()


def _short(value: Any) -> Any:
    """The value with its texts cut."""
    if isinstance(value, str):
        return _cut(value, ERROR_TEXT)
    if isinstance(value, dict):
        return {_cut(str(name), ERROR_NAME): _short(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_short(part) for part in value]
    return value


def _cut(text: str, longest: int) -> str:
    """Also without lone surrogates, which no strict reader of JSON accepts."""
    plain = text[: longest + 1].encode("utf-8", "backslashreplace").decode()
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def _size(value: Any) -> int:
    return len(json.dumps(value, default=str).encode())
