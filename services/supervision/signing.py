"""Ed25519 signatures of published issues."""

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from nameko.extensions import DependencyProvider

from shared.settings import BadSettings


class Signer:
    """Signs with the private key in a PEM file (PKCS 8)."""

    def __init__(self, path):
        self._key = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)

    @property
    def keyid(self):
        """The first 16 hexadecimal digits of the public key's SHA-256."""
        return hashlib.sha256(self._public_bytes()).hexdigest()[:16]

    def public_pem(self):
        """The public key, with which anybody can check a signature."""
        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, message):
        return base64.b64encode(self._key.sign(message)).decode()

    def verifies(self, signature, message):
        try:
            self._key.public_key().verify(base64.b64decode(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _public_bytes(self):
        return self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )


class SignerProvider(DependencyProvider):
    """`self.signer`: the key is read once, at start."""

    def setup(self):
        path = self.container.config["settings"].signing_key_file
        if not path:
            raise BadSettings("WARM_SIGNING_KEY_FILE is missing: supervision signs issues")
        self._signer = Signer(path)

    def get_dependency(self, worker_ctx):
        return self._signer
