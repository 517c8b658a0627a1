"""The broker's definitions file: what the broker holds, and who may do what with it.

`python -m deploy.catalogue` writes it. It names users and gives none of them a password.
"""

import json

from deploy.local.places import BROKER_CONFIG
from shared import permissions, topology
from shared.types import Json

FILE = BROKER_CONFIG / "definitions.json"


def definitions() -> Json:
    return {**topology.definitions(), **permissions.definitions()}


def write() -> None:
    FILE.write_text(json.dumps(definitions(), indent=2) + "\n", encoding="utf-8")
