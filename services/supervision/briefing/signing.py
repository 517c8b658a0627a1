"""Ed25519 signatures of published issues."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from nameko.extensions import DependencyProvider

from shared.platform.settings import BadSettings, read_key


class Signer:
    """Signs with a private key in PEM (PKCS 8). Raises ValueError for anything else."""

    def __init__(self, pem):
        self._key = serialization.load_pem_private_key(pem, password=None)

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
            decoded = base64.b64decode(signature, validate=True)
            self._key.public_key().verify(decoded, message)
        except (InvalidSignature, ValueError):
            return False
        # Spare bits give the same bytes more than one spelling; only one of them was published.
        return base64.b64encode(decoded).decode() == signature

    def _public_bytes(self):
        return self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )


def issue_signer(settings):
    """The signer with supervision's key. Raises BadSettings."""
    pem = read_key(settings.signing_key_file, "WARM_SIGNING_KEY_FILE")
    try:
        return Signer(pem)
    except ValueError as error:
        raise BadSettings(f"WARM_SIGNING_KEY_FILE: {error}") from error


class SignerProvider(DependencyProvider):
    """`self.signer`: signs issues."""

    def get_dependency(self, worker_ctx):
        return self.container.config["keys"]["issues"]
