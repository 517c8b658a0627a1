"""Personal data at rest: each field is encrypted with a key that only the owning service has."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nameko.extensions import DependencyProvider

from shared.aggregates.aggregate import Command
from shared.platform.settings import BadSettings, Settings, read_key


def field_cipher(settings: Settings) -> Fernet:
    """The cipher with the service's own key. Raises BadSettings."""
    key = read_key(settings.field_key_file, "WARM_FIELD_KEY_FILE")
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise BadSettings(f"WARM_FIELD_KEY_FILE: {error}") from error


def derived_key(settings: Settings, purpose: str) -> bytes:
    """A separate key for `purpose`, derived from the service's key. Raises BadSettings."""
    secret = read_key(settings.field_key_file, "WARM_FIELD_KEY_FILE").strip()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def personal_keys(settings: Settings) -> dict[str, Any]:
    """The secrets of a service with personal data, by name. Raises BadSettings."""
    return {"fields": field_cipher(settings), "commands": derived_key(settings, "commands")}


def keyed_hash(key: bytes, text: str) -> str:
    """HMAC-SHA256 in hexadecimal digits: without the key, names can't be found by trying."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class PersonalData(DependencyProvider):
    """The dependency `self.personal`: `seal` encrypts fields, `open` decrypts them."""

    def setup(self) -> None:
        self._cipher: Fernet = self.container.config["keys"]["fields"]

    def get_dependency(self, worker_ctx: Any) -> "PersonalData":
        return self

    def key(self, name: str) -> Any:
        """One of the service's other secrets."""
        return self.container.config["keys"][name]

    def keyed(self, command: Command) -> Command:
        """A command with personal data, or with a text about a person: its fingerprint outlives
        them, and so needs a key."""
        return replace(command, arguments=self._keyed(command.arguments), former=command.arguments)

    def stored_forms(self, arguments: str) -> set[str]:
        """The fingerprint of a command without a key, and with the service's."""
        return {arguments, self._keyed(arguments)}

    def _keyed(self, arguments: str) -> str:
        return keyed_hash(self.key("commands"), arguments)

    def seal(self, personal: Mapping[str, object]) -> dict[str, bytes]:
        return {name: self._cipher.encrypt(str(value).encode()) for name, value in personal.items()}

    def open(self, sealed: Mapping[str, bytes]) -> dict[str, str]:
        return {name: self._cipher.decrypt(bytes(value)).decode() for name, value in sealed.items()}
