"""Canonical JSON: the same content gives the same bytes, so that digests can be compared."""

import hashlib
import json


def _check_plain(value: object, path: str) -> None:
    # Floats and dates have several spellings, and json would turn a number used as a key into text.
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: the key {key!r} must be text")
            _check_plain(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            _check_plain(part, f"{path}[{index}]")
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"{path}: {type(value).__name__} has no canonical JSON")


def dumps(value: object) -> bytes:
    """The canonical bytes of plain JSON.

    Raises TypeError naming the path of a float, a date or anything else that isn't plain JSON;
    UnicodeEncodeError for text that isn't Unicode (a lone surrogate).
    """
    _check_plain(value, "$")
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def sha256(value: object) -> str:
    """The hexadecimal SHA-256 of the canonical bytes."""
    return hashlib.sha256(dumps(value)).hexdigest()


def event_digest(event: object) -> str:
    """The hexadecimal SHA-256 of JSON as received, floats and lone surrogates included.

    The order of keys has no effect.
    """
    text = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
