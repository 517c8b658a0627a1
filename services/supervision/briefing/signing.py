"""Ed25519 signatures of published issues."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    """Signs with an Ed25519 private key in PEM (PKCS 8). Raises ValueError for anything else."""

    def __init__(self, pem: bytes) -> None:
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("must be an Ed25519 key")
        self._key = key

    @property
    def keyid(self) -> str:
        """The first 16 hexadecimal digits of the public key's SHA-256."""
        return hashlib.sha256(self._public_bytes()).hexdigest()[:16]

    def public_pem(self) -> str:
        """The public key in PEM, which checks signatures."""
        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message)).decode()

    def verifies(self, signature: str, message: bytes) -> bool:
        try:
            decoded = base64.b64decode(signature, validate=True)
            self._key.public_key().verify(decoded, message)
        except (InvalidSignature, ValueError):
            return False
        # Base64 has several spellings for the same bytes; only one of them was published.
        return base64.b64encode(decoded).decode() == signature

    def _public_bytes(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
