"""Secrets of a local stack: made once, readable by their owner only."""

import os
import secrets

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def secret_file(path, make):
    """The path, after writing what `make()` gives (bytes) there if the file did not exist."""
    if not path.exists():
        write_private(path, make())
    return path


def write_private(path, content):
    """Put `content` (bytes) at `path` in one step, readable by the owner only (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.rename(path)


def password():
    return secrets.token_urlsafe(24).encode()


def field_key():
    """A Fernet key: 32 bytes in URL-safe base64."""
    return Fernet.generate_key()


def signing_key():
    """A new Ed25519 private key, PKCS #8 in PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
