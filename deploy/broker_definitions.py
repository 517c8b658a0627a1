"""The broker's definitions file: exchanges, queues, bindings, users and permissions.

`python -m deploy.catalogue` writes the file. Its users have no passwords.
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


def with_passwords(definitions: Json, password_of: Callable[[str], str]) -> Json:
    """The same definitions, each user with the hash of its password."""
    users = [
        user | {"password_hash": password_hash(password_of(user["name"]))}
        for user in definitions["users"]
    ]
    return definitions | {"users": users}


def password_hash(password: str) -> str:
    """RabbitMQ's form: base64 of a four-byte salt and SHA-256 over salt and password.

    The salt follows from the password, so that the same secrets give the same file. This is safe
    because the passwords are long and random: no table of their hashes can exist.
    """
    salt = hashlib.sha256(b"salt of " + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def write() -> None:
    FILE.write_text(json.dumps(definitions(), indent=2) + "\n", encoding="utf-8")
