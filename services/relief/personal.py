"""Personal data at rest: each field encrypted on its own, with a key that only relief has."""

from cryptography.fernet import Fernet
from nameko.extensions import DependencyProvider

from shared.settings import BadSettings, read_key


def field_cipher(settings):
    """The cipher with relief's key. Raises BadSettings."""
    key = read_key(settings.field_key_file, "WARM_FIELD_KEY_FILE")
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise BadSettings(f"WARM_FIELD_KEY_FILE: {error}") from error


class PersonalData(DependencyProvider):
    """`self.personal.seal(fields)`: name → encrypted bytes."""

    def setup(self):
        self._cipher = self.container.config["keys"]["fields"]

    def get_dependency(self, worker_ctx):
        return self

    def seal(self, personal):
        return {name: self._cipher.encrypt(str(value).encode()) for name, value in personal.items()}

    def open(self, sealed):
        return {name: self._cipher.decrypt(bytes(value)).decode() for name, value in sealed.items()}
