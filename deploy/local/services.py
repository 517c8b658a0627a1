"""The service processes of a stack."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.processes import Process
from deploy.local.waiting import wait_until
from shared.domain.errors import DeadlineExceeded
from shared.service.rpc_client import RpcClient

HEALTH_SECONDS = 5.0
RUNNER = "shared.service.runner"


@dataclass(frozen=True)
class Services:
    """Starts the services, and asks them by `amqp_uri`. `uris_of` tells the addresses of broker and
    database that a service is given."""

    home: Path
    environment_name: str
    amqp_uri: str
    uris_of: Callable[[str], Mapping[str, str]]

    def process(self, name):
        return Process(name, self.home)

    def start(self, name, extra_environment=None, instance="", module=RUNNER):
        """Start the service `name`; a further `instance` of it makes a process of its own, such as
        relief-2 for "-2". `module` is what runs it."""
        environment = {**self._environment(name), **(extra_environment or {})}
        command = [sys.executable, "-m", module, name]
        self.process(f"{name}{instance}").start(command, environment)

    def wait_for(self, names, statuses, timeout):
        """Returns once the status of every service is among `statuses`; raises CannotRun."""
        with RpcClient(self.amqp_uri) as rpc:
            for name in names:
                if not wait_until(lambda n=name: self._is(rpc, n, statuses), timeout, every=0.1):
                    raise CannotRun(
                        f"{name} did not become {statuses[0]} within {timeout} s:"
                        f" {health(rpc, name)}",
                        f"See {self.process(name).log_file}",
                    )

    def _is(self, rpc, name, statuses):
        self.process(name).require_alive()
        return health(rpc, name)["status"] in statuses

    def _environment(self, name):
        folder = self.home / "secrets"
        field_key = secretfiles.secret_file(folder / "field.key", secretfiles.field_key)
        signing_key = secretfiles.secret_file(folder / "signing.key", secretfiles.signing_key)
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **self.uris_of(name),
            "WARM_ENV": self.environment_name,
            "WARM_FIELD_KEY_FILE": str(field_key),
            "WARM_SIGNING_KEY_FILE": str(signing_key),
        }


def health(rpc, name, timeout=HEALTH_SECONDS):
    """What the service says of itself; `{"status": "silent"}` when it says nothing."""
    try:
        return rpc.call(name, "health", timeout=timeout)
    except DeadlineExceeded:
        return {"service": name, "status": "silent"}
