"""The signer of issues, with supervision's key."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nameko.extensions import DependencyProvider

from services.supervision.briefing.signing import Signer
from shared.platform.settings import BadSettings, Settings, read_key


def issue_signer(settings: Settings) -> Signer:
    """The signer with supervision's key. Raises BadSettings."""
    pem = read_key(settings.signing_key_file, "WARM_SIGNING_KEY_FILE")
    try:
        return Signer(pem)
    except ValueError as error:
        raise BadSettings(f"WARM_SIGNING_KEY_FILE: {error}") from error


def records_key(settings: Settings) -> bytes:
    """A secret derived from supervision's key, for what it notes for itself. Raises BadSettings."""
    pem = read_key(settings.signing_key_file, "WARM_SIGNING_KEY_FILE")
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"records").derive(pem.strip())


class SignerProvider(DependencyProvider):
    """`self.signer`: signs issues."""

    def get_dependency(self, worker_ctx: Any) -> Signer:
        signer: Signer = self.container.config["keys"]["issues"]
        return signer
