"""The bridge of a deployment: a container of the profile `partners`."""

import json
import shutil
import subprocess
from pathlib import Path

from deploy.bridge.access import Access
from deploy.bridge.partners import Partner
from deploy.bridge.place import Place
from deploy.composed.secretfolder import SecretFolder
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from shared.domain.types import Json

# In the broker's container, whose /tmp is in memory.
LOAD = """
umask 077
cat > /tmp/import.json && rabbitmqctl --quiet import_definitions /tmp/import.json
status=$?
rm -f /tmp/import.json
exit $status
"""


class DeployedBridge(Place):
    """`secrets` is the folder of the deployment's secrets. Docker runs in the folder of
    docker-compose.yml. A user who may use it may do everything at the broker."""

    def __init__(self, secrets: Path) -> None:
        self._secrets = SecretFolder(secrets)
        self.registry = self._secrets.partners
        self.access = Access(
            self.registry, ComposedControl(self._secrets), self._secrets.broker_password
        )

    def start(self) -> None:
        if self.registry.partners():
            _compose("--profile", "partners", "up", "-d", "--no-deps", "bridge")

    def health(self) -> Json:
        try:
            asked = _compose("exec", "-T", "bridge", "python", "-m", "deploy.bridge.ask")
            health: Json = json.loads(asked)
        except (CannotRun, ValueError):
            return {"status": "silent", "partners": []}
        return health

    def uri_of(self, partner: Partner) -> str:
        return self._secrets.amqp_uri_of(partner)


class ComposedControl:
    """The command line of the broker's container."""

    def __init__(self, secrets: SecretFolder) -> None:
        self._secrets = secrets

    def run(self, *arguments: str) -> str:
        return _in_broker("rabbitmqctl", "--quiet", *arguments)

    def load(self, definitions: str) -> None:
        _in_broker("sh", "-c", LOAD, given=definitions)
        # For the next start of the broker.
        self._secrets.write_definitions()


def _in_broker(*command: str, given: str = "") -> str:
    return _compose("exec", "-T", "broker", *command, given=given)


def _compose(*arguments: str, given: str = "") -> str:
    """The output of docker-compose. Raises CannotRun where it fails."""
    own = shutil.which("docker-compose")
    command = [own] if own else ["docker", "compose"]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRun(
            f"docker-compose {' '.join(arguments)} failed: {done.stderr or done.stdout}",
            "Run it as root, while the deployment runs.",
        )
    return done.stdout
