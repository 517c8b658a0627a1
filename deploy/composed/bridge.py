"""The bridge of a deployment: a container of the profile `partners`."""

import json
from pathlib import Path

from deploy.bridge.access import Access
from deploy.bridge.partners import Partner
from deploy.bridge.place import Place
from deploy.composed.secretfolder import SecretFolder
from deploy.local.admin_channels import ComposedChannel, run_compose
from deploy.local.errors import CannotRun
from shared.domain.types import Json


class DeployedBridge(Place):
    """`secrets` is the folder of the deployment's secrets."""

    def __init__(self, secrets: Path) -> None:
        self._secrets = SecretFolder(secrets)
        self.registry = self._secrets.partners
        self.access = Access(self.registry, self._control, self._secrets.broker_password)

    def start(self) -> None:
        if self.registry.partners():
            run_compose("--profile", "partners", "up", "-d", "--no-deps", "bridge")

    def health(self) -> Json:
        try:
            asked = run_compose("exec", "-T", "bridge", "python", "-m", "deploy.bridge.ask")
            health: Json = json.loads(asked)
        except (CannotRun, ValueError):
            return {"status": "silent", "partners": []}
        return health

    def uri_of(self, partner: Partner) -> str:
        return self._secrets.amqp_uri_of(partner)

    def _control(self, *arguments: str, given: str = "") -> str:
        # For the next start of the broker.
        self._secrets.write_definitions()
        return ComposedChannel().control(*arguments, given=given)
