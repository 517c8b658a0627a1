"""Loads the registry of org units from supervision when a service starts.

Afterwards events keep it up to date. While supervision is down, the service works with the org
units that it has, and repeats its request.
"""

from functools import partial
from typing import Any

from nameko.extensions import DependencyProvider

from shared.platform import logging_setup
from shared.platform.retry import retry
from shared.service.rpc_client import RpcClient
from shared.service.service_context import ServiceContext

log = logging_setup.get(__name__)

OWNER = "supervision"
RETRY_SECONDS = 2


class Registry(DependencyProvider):
    """Loads the registry in the background; methods don't use this dependency."""

    context = ServiceContext()

    def setup(self) -> None:
        self._loader: Any = None

    def start(self) -> None:
        if self.container.service_name != OWNER:
            self._loader = self.container.spawn_managed_thread(self._load, identifier="registry")

    def stop(self) -> None:
        if self._loader:
            self._loader.kill()

    def _load(self) -> None:
        with RpcClient(self.context.settings.amqp_uri) as rpc:
            # No failure stops the service: it works with the units that it has.
            retry(
                partial(self._load_from, rpc),
                seconds=RETRY_SECONDS,
                failed=lambda error: log.warning(
                    "registry not loaded yet", error=type(error).__name__
                ),
            )

    def _load_from(self, rpc: RpcClient) -> None:
        units = rpc.call(OWNER, "orgunits", self.context.settings.rpc_seconds)
        self.context.orgunits.load([(unit["state"], unit["version"]) for unit in units])
        log.info("registry loaded", units=len(units))
