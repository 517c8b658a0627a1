"""The signer of issues, with supervision's key."""

from typing import Any

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


class SignerProvider(DependencyProvider):
    """`self.signer`: signs issues."""

    def get_dependency(self, worker_ctx: Any) -> Signer:
        signer: Signer = self.container.config["keys"]["issues"]
        return signer
