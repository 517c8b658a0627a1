"""Personal data at rest: each field encrypted on its own, with a key that only relief has."""

from cryptography.fernet import Fernet
from nameko.extensions import DependencyProvider

from shared.settings import BadSettings, read_key


class PersonalData(DependencyProvider):
    """`self.personal.seal(fields)`: name → encrypted bytes."""

    def setup(self):
        path = self.container.config["settings"].field_key_file
        try:
            self._cipher = Fernet(read_key(path, "WARM_FIELD_KEY_FILE").strip())
        except ValueError as error:
            raise BadSettings(f"WARM_FIELD_KEY_FILE: {error}") from error

    def get_dependency(self, worker_ctx):
        return self

    def seal(self, personal):
        return {name: self._cipher.encrypt(str(value).encode()) for name, value in personal.items()}

    def open(self, sealed):
        return {name: self._cipher.decrypt(bytes(value)).decode() for name, value in sealed.items()}
