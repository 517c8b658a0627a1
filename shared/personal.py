"""Personal data at rest: each field encrypted on its own, with a key that only its owner has."""

from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet
from nameko.extensions import DependencyProvider

from shared.settings import BadSettings, Settings, read_key


def field_cipher(settings: Settings) -> Fernet:
    """The cipher with the service's key. Raises BadSettings."""
    key = read_key(settings.field_key_file, "WARM_FIELD_KEY_FILE")
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise BadSettings(f"WARM_FIELD_KEY_FILE: {error}") from error


class PersonalData(DependencyProvider):
    """`self.personal.seal(fields)`: name → encrypted bytes."""

    def setup(self) -> None:
        self._cipher: Fernet = self.container.config["keys"]["fields"]

    def get_dependency(self, worker_ctx: Any) -> "PersonalData":
        return self

    def key(self, name: str) -> Any:
        """Another of the service's secrets."""
        return self.container.config["keys"][name]

    def seal(self, personal: Mapping[str, object]) -> dict[str, bytes]:
        return {name: self._cipher.encrypt(str(value).encode()) for name, value in personal.items()}

    def open(self, sealed: Mapping[str, bytes]) -> dict[str, str]:
        return {name: self._cipher.decrypt(bytes(value)).decode() for name, value in sealed.items()}
