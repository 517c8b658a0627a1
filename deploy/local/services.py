"""The service processes of a stack."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local import secretfiles
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.processes import Process
from deploy.local.waiting import wait_until
from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.domain.types import Json
from shared.platform import broker, broker_alarm
from shared.service import health_client
from shared.service.rpc_client import RpcClient

HEALTH_SECONDS = 5.0
# Of the path of a unix socket, in bytes, by the system.
LONGEST_SOCKET = 108
RUNNER = "shared.service.runner"


@dataclass(frozen=True)
class Services:
    """Starts the services of a stack and reads their health through `amqp_uri`.

    `uris_of(service)` returns the addresses of broker and database that a service gets.
    """

    home: Path
    environment_name: str
    amqp_uri: str
    uris_of: Callable[[str], Mapping[str, str]]

    def process(self, name: str) -> Process:
        return Process(name, self.home)

    def start(
        self,
        name: str,
        extra_environment: Mapping[str, str] | None = None,
        instance: str = "",
        module: str = RUNNER,
    ) -> None:
        """Start the service `name`. A further `instance` has a process of its own, for example
        relief-2 for "-2". `module` is the Python module that runs the service."""
        environment = {
            **self._environment(name),
            "WARM_HEALTH_SOCKET": health_socket(self.home, f"{name}{instance}"),
            **(extra_environment or {}),
        }
        command = [sys.executable, "-m", module, name]
        self.process(f"{name}{instance}").start(command, environment)

    def wait_for(self, names: Iterable[str], statuses: tuple[str, ...], timeout: float) -> None:
        """Wait until every service has one of these statuses. Raises CannotRun for the first one
        that has not after `timeout` seconds."""
        with RpcClient(self.amqp_uri) as rpc:
            for name in names:
                if not self._wait_for(rpc, name, statuses, timeout):
                    raise CannotRun(
                        f"{name} did not become {statuses[0]} within {timeout} s:"
                        f" {health(rpc, name)}",
                        f"See {self.process(name).log_file}",
                    )

    def _wait_for(
        self, rpc: RpcClient, name: str, statuses: tuple[str, ...], timeout: float
    ) -> bool:
        def reached() -> bool:
            self.process(name).require_alive()
            return health(rpc, name)["status"] in statuses

        return wait_until(reached, timeout, every=0.1)

    def _environment(self, name: str) -> dict[str, str]:
        folder = self.home / "secrets"
        field_key = secretfiles.secret_file(folder / "field.key", secretfiles.field_key)
        signing_key = secretfiles.secret_file(folder / "signing.key", secretfiles.signing_key)
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **self.uris_of(name),
            "WARM_ENV": self.environment_name,
            # Commands of this machine log in as the stack's own user.
            "WARM_TRUSTED_USERS": broker.user_of(self.amqp_uri),
            "WARM_FIELD_KEY_FILE": str(field_key),
            "WARM_SIGNING_KEY_FILE": str(signing_key),
        }


def health_socket(home: Path, instance: str) -> str:
    """The path of the socket on which a process gives its health without the broker; empty where
    the path would be too long for a socket."""
    path = str((home / "run" / f"{instance}.sock").absolute())
    return path if len(path) < LONGEST_SOCKET else ""


def health_by_socket(home: Path, name: str) -> list[Json]:
    """The health of each process of a service that answers on its socket."""
    run = home / "run"
    answers = []
    for path in [*run.glob(f"{name}.sock"), *run.glob(f"{name}-*.sock")]:
        with suppress(OSError, ValueError):
            answers.append(health_client.ask(str(path), HEALTH_SECONDS))
    return answers


def health(rpc: RpcClient, name: str, timeout: float = HEALTH_SECONDS) -> Json:
    """The answer of the service's RPC method `health`; `{"service": …, "status": "silent"}` when
    none comes within `timeout` seconds. Under the broker's alarm: that problem."""
    try:
        answer: Json = rpc.call(name, "health", timeout=timeout)
    except (DeadlineExceeded, Unavailable) as error:
        if error.data.get("problem") == broker_alarm.CODE:
            return under_alarm(name, error.data["reason"])
        problem = {"code": "silent", "detail": error.data.get("clocks", "")}
        return {"service": name, "status": "silent", "problems": [problem]}
    return answer


def under_alarm(name: str, alarm: str) -> Json:
    """What is known of a service that can't be asked because of the broker's alarm."""
    problem = {"code": broker_alarm.CODE, "detail": alarm}
    return {"service": name, "status": "degraded", "problems": [problem]}
