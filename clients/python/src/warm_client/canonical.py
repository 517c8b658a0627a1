"""Canonical JSON: the same content gives the same bytes, so that digests can be compared."""

import hashlib
import json


def dumps(value: object) -> bytes:
    """Keys sorted at every level, no blanks, UTF-8 as it is. Raises ValueError for NaN and for text
    that isn't Unicode (a lone surrogate)."""
    text = json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def sha256(value: object) -> str:
    """The hexadecimal SHA-256 of the canonical bytes."""
    return hashlib.sha256(dumps(value)).hexdigest()
