"""Canonical JSON: the same content is the same bytes, so that digests mean something."""

import hashlib
import json


def _refuse_what_varies(value: object, path: str) -> None:
    # Floats and dates have more than one spelling, and a number as key becomes text unasked.
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: the key {key!r} must be text")
            _refuse_what_varies(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            _refuse_what_varies(part, f"{path}[{index}]")
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"{path}: {type(value).__name__} has no canonical JSON")


def dumps(value: object) -> bytes:
    """The canonical bytes of plain JSON.

    Raises TypeError naming the path of a float, a date or anything else that isn't plain JSON;
    UnicodeEncodeError for text that isn't Unicode (a lone surrogate).
    """
    _refuse_what_varies(value, "$")
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def sha256(value: object) -> str:
    """The hexadecimal SHA-256 of the canonical bytes."""
    return hashlib.sha256(dumps(value)).hexdigest()


def event_digest(event: object) -> str:
    """The hexadecimal SHA-256 of JSON as it came, floats and lone surrogates included, whatever
    the order of its keys."""
    text = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
