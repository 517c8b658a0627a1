"""Ed25519 signatures of published issues."""

import base64
import hashlib
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Verifier(Protocol):
    def verifies(self, signature: str, message: bytes) -> bool:
        """Was this signature made for the message, by a key that is known?"""


class PublicKey:
    """An Ed25519 key that checks signatures."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def of_pem(cls, pem: str) -> Self:
        """Raises ValueError for anything but a public Ed25519 key in PEM."""
        return cls(_ed25519(serialization.load_pem_public_key(pem.encode())))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The opposite of `text`. Raises ValueError."""
        return cls(_ed25519(serialization.load_der_public_key(base64.b64decode(text))))

    @property
    def keyid(self) -> str:
        """The first 16 hexadecimal digits of the raw key's SHA-256."""
        raw = self._key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return hashlib.sha256(raw).hexdigest()[:16]

    @property
    def text(self) -> str:
        """Its SubjectPublicKeyInfo (DER) in base64."""
        return base64.b64encode(self._info(serialization.Encoding.DER)).decode()

    @property
    def pem(self) -> str:
        return self._info(serialization.Encoding.PEM).decode()

    def verifies(self, signature: str, message: bytes) -> bool:
        try:
            decoded = base64.b64decode(signature, validate=True)
            self._key.verify(decoded, message)
        except (InvalidSignature, ValueError):
            return False
        # Base64 has several spellings for the same bytes; only one of them was published.
        return base64.b64encode(decoded).decode() == signature

    def _info(self, encoding: serialization.Encoding) -> bytes:
        return self._key.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


class Signer:
    """Signs with an Ed25519 private key in PEM (PKCS 8). Raises ValueError for anything else."""

    def __init__(self, pem: bytes) -> None:
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("must be an Ed25519 key")
        self._key = key
        self.public = PublicKey(key.public_key())

    @property
    def keyid(self) -> str:
        return self.public.keyid

    def public_pem(self) -> str:
        """The public key in PEM, which checks signatures."""
        return self.public.pem

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message)).decode()

    def verifies(self, signature: str, message: bytes) -> bool:
        return self.public.verifies(signature, message)


def _ed25519(key: object) -> Ed25519PublicKey:
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("must be an Ed25519 key")
    return key
