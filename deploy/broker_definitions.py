"""The broker's definitions file: exchanges, queues, bindings, policies, users and permissions.

`python -m deploy.catalogue` writes the file. Its users have no passwords.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Collection

from deploy.local.places import BROKER_CONFIG
from shared.domain.types import Json
from shared.platform import permissions, topology

FILE = BROKER_CONFIG / "definitions.json"
# Parts that the broker loads at each start. It can't load the topology then: 4.0 binds its streams
# before they exist, and fails. The topology is declared over AMQP.
AT_START = ("vhosts", "policies", "users", "permissions", "topic_permissions")
# Run in the broker: which queues lack their policy? The answer becomes the name of the cluster.
CHECK = BROKER_CONFIG / "check.erl"
COMPLETE = "complete"


def definitions() -> Json:
    return {**topology.definitions(), **permissions.definitions()}


def at_start(*keepers: str) -> Json:
    """What the broker of a deployment loads when it starts. `keepers` may declare and remove
    everything."""
    return _loaded({**definitions(), **permissions.definitions(*keepers)})


def written_at_start() -> Json:
    """The same of the definitions file, for a local stack."""
    return _loaded(json.loads(FILE.read_text("utf-8")))


def _loaded(found: Json) -> Json:
    return {part: found[part] for part in AT_START}


def lacking(cluster_name: str) -> Collection[str] | None:
    """The queues without their policy, by the name of the cluster; None where that says nothing
    about the definitions of this release."""
    parts = cluster_name.split("/")
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    if len(parts) != 3 or parts[:2] != ["warm", digest[:12]]:
        return None
    return () if parts[2] == COMPLETE else parts[2].split(",")


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
