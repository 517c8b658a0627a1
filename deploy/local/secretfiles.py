"""Secrets of a local stack or of a deployment: created once, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def secret_file(path: Path, make: Callable[[], bytes]) -> Path:
    """The path; a missing file is created with the content that `make()` returns."""
    if not path.exists():
        write_private(path, make())
    return path


def write_private(path: Path, content: bytes, owner: int | None = None, mode: int = 0o600) -> None:
    """Write a file in one step, readable by its owner only.

    `owner` is the id of a user and of its group; the default is the user who writes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        if owner is not None:
            os.fchown(file.fileno(), owner, owner)
        os.fchmod(file.fileno(), mode)
    draft.rename(path)


def password() -> bytes:
    return secrets.token_urlsafe(24).encode()


def membership_key() -> bytes:
    """The key that the members of a replica set share; MongoDB allows base64 only."""
    return base64.b64encode(os.urandom(96))


def field_key() -> bytes:
    """A Fernet key: 32 bytes in URL-safe base64."""
    return Fernet.generate_key()


def signing_key() -> bytes:
    """A new Ed25519 private key, PKCS #8 in PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
