"""The broker's definitions file: what the broker holds, and who may do what with it.

`python -m deploy.catalogue` writes it. It names users and gives none of them a password.
"""

import base64
import hashlib
import json
from collections.abc import Callable

from deploy.local.places import BROKER_CONFIG
from shared.domain.types import Json
from shared.platform import permissions, topology

FILE = BROKER_CONFIG / "definitions.json"


def definitions() -> Json:
    return {**topology.definitions(), **permissions.definitions()}


def with_passwords(held: Json, password_of: Callable[[str], str]) -> Json:
    """The definitions `held`, each user with the hash of its password."""
    users = [
        user | {"password_hash": password_hash(password_of(user["name"]))} for user in held["users"]
    ]
    return held | {"users": users}


def password_hash(password: str) -> str:
    """RabbitMQ's form: base64 of a four-byte salt and SHA-256 over salt and password.

    The salt follows from the password: the passwords are random and long, so that nobody could have
    made a table of their hashes, and the same secrets give the same file.
    """
    salt = hashlib.sha256(b"salt of " + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def write() -> None:
    FILE.write_text(json.dumps(definitions(), indent=2) + "\n", encoding="utf-8")
