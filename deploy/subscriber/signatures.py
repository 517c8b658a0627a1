"""Checks the signatures of briefings. It needs `cryptography` beside pika.

One public key is compared on another way and given as a file. Later ones come by the stream `keys`,
each signed by the key before it, so that none of them has to be compared again.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ANNOUNCED = "supervision.key.announced"


class Keys:
    """The keys that are trusted: the one in the PEM file, and those that follow from it. Raises
    ValueError for a file without an Ed25519 key."""

    def __init__(self, file: Path) -> None:
        # Reads the stream again, where a key isn't known.
        self.refresh: Callable[[], None] = lambda: None
        self._known: dict[str, Ed25519PublicKey] = {}
        self._trust(serialization.load_pem_public_key(file.read_bytes()))

    def hear(self, kind: str, data: Any) -> None:
        """An event of the stream `keys`: a key that a trusted one has signed is trusted too."""
        try:
            if kind == ANNOUNCED and self._signed(
                data["previous"], data["signature"], hexdigest(data["public_key"].encode())
            ):
                self._trust(serialization.load_der_public_key(decoded(data["public_key"])))
        except (KeyError, TypeError, AttributeError, ValueError):
            # What can't be read is not trusted.
            return

    def verifies(self, keyid: Any, signature: Any, digest: str) -> bool:
        """Was the hexadecimal digest signed by the trusted key `keyid`?"""
        if str(keyid) not in self._known:
            self.refresh()
        return self._signed(keyid, signature, digest)

    def _signed(self, keyid: Any, signature: Any, digest: str) -> bool:
        try:
            self._known[keyid].verify(decoded(signature), digest.encode())
        except (InvalidSignature, KeyError, TypeError, ValueError):
            return False
        return True

    def _trust(self, key: object) -> None:
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self._known[hashlib.sha256(raw).hexdigest()[:16]] = key


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def hexdigest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
