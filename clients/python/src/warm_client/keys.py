"""The programme office's public keys, by which the signature of an issue is checked.

The first key comes from another source than the broker: a file. Later ones are announced in the
stream `keys`, each signed by the one before, and are trusted where that one is.

The stream also says which keys are retired. The place of that event in the office's log is the end
of the key: what was recorded before it stays valid. What comes after it, or has no place in the
log, isn't the office's.
"""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from warm_client.events import Event

END = "-----END PUBLIC KEY-----"
ANNOUNCED, RETIRED = "supervision.key.announced", "supervision.key.retired"


class UnknownKey(Exception):
    """The argument is the id of a key that the ring doesn't have."""


class KeyRing:
    """Ed25519 public keys. The id of a key is the first 16 hexadecimal digits of the SHA-256 of its
    32 bytes."""

    def __init__(self, pems: Iterable[str] = ()) -> None:
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._ends: dict[str, int] = {}
        for pem in pems:
            self.add(pem)

    @classmethod
    def from_file(cls, path: Path | str) -> Self:
        """The keys of a file, one PEM block after the other. Raises OSError, and ValueError for a
        file without a key."""
        text = Path(path).read_text(encoding="ascii")
        blocks = [block + END for block in text.split(END)[:-1]]
        if not blocks:
            raise ValueError(f"{path}: no public key in PEM")
        return cls(blocks)

    def add(self, pem: str) -> str:
        """Trust this key too; returns its id. Raises ValueError for anything but an Ed25519 key."""
        return self._add(serialization.load_pem_public_key(pem.strip().encode()))

    def follow(self, event: Event) -> str | None:
        """Trust the key that an event of the stream `keys` announces, if one that is trusted signed
        it. Returns the id of a key that is new, else None."""
        if event.type != ANNOUNCED:
            return None
        try:
            text, keyid = event.data["public_key"], event.data["keyid"]
            if keyid in self._keys or not self._vouched(event, text):
                return None
            der = base64.b64decode(text, validate=True)
            return self._add(serialization.load_der_public_key(der))
        except (KeyError, TypeError, AttributeError, ValueError, UnsupportedAlgorithm):
            return None

    def _vouched(self, event: Event, text: str) -> bool:
        previous, signature = event.data["previous"], event.data["signature"]
        if previous not in self._keys or not isinstance(signature, str):
            return False
        message = hashlib.sha256(text.encode()).hexdigest()
        return not self.has_ended(previous, event) and self.verifies(
            previous, signature, message.encode()
        )

    def retire(self, keyid: str, sequence: int) -> None:
        """What this key signed counts up to that place in the office's log."""
        self._ends[keyid] = min(sequence, self._ends.get(keyid, sequence))

    def has_ended(self, keyid: str, event: Event) -> bool:
        """Whether the key was retired before this event was recorded, or it can't be seen."""
        end = self._ends.get(keyid)
        return end is not None and (event.sequence is None or event.sequence > end)

    def _add(self, key: object) -> str:
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("must be an Ed25519 key")
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        keyid = hashlib.sha256(raw).hexdigest()[:16]
        self._keys[keyid] = key
        return keyid

    @property
    def ids(self) -> list[str]:
        return sorted(self._keys)

    def verifies(self, keyid: str, signature: str, message: bytes) -> bool:
        """Whether the key made the signature (base64) over `message`. Raises UnknownKey."""
        key = self._keys.get(keyid)
        if key is None:
            raise UnknownKey(keyid)
        try:
            decoded = base64.b64decode(signature, validate=True)
            key.verify(decoded, message)
        except (InvalidSignature, ValueError):
            return False
        # Base64 has several spellings for the same bytes; only one of them was published.
        return base64.b64encode(decoded).decode() == signature
