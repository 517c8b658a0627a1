"""The two ways to the broker's own command line, `rabbitmqctl`, and to supervision: of a local
stack, and of a deployment by docker-compose on its own machine.

Who may use a way administers the broker anyway: the user who runs the local stack, and on a
deployment's machine root, or a user of the container engine. No service, and no user of the broker,
gets a right for it.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

from deploy.local.errors import CannotRun
from deploy.local.options import chosen_stack
from deploy.local.places import ROOT
from deploy.local.service_calls import service_client
from deploy.local.stacks import named_stack
from shared.service.rpc_client import RpcClient

SECONDS = 60
# In the broker's container: standard input becomes a file, which nobody else may read, for the time
# of the command. rabbitmqctl of 4.0 doesn't read its standard input.
WITH_A_FILE = """umask 077; file=/tmp/given.$$; trap 'rm -f "$file"' EXIT
cat > "$file" && rabbitmqctl -q "$@" "$file"
"""


class Channel(Protocol):
    def call(self, method: str, **arguments: Any) -> Any:
        """The answer of a method of supervision. Raises CannotRun."""

    def control(self, *arguments: str, given: str = "") -> str:
        """What `rabbitmqctl` prints. `given` is the content of a file that is named as the last
        argument. Raises CannotRun."""

    def address(self, name: str, password: str) -> str:
        """The AMQP address of a user."""


class LocalChannel:
    """To the broker of a local stack."""

    def __init__(self, stack_name: str, rpc: RpcClient) -> None:
        self._stack = named_stack(chosen_stack(stack_name))
        self._rpc = rpc

    def call(self, method: str, **arguments: Any) -> Any:
        return self._rpc.call("supervision", method, **arguments)

    def control(self, *arguments: str, given: str = "") -> str:
        return self._stack.broker_control(*arguments, given=given)

    def address(self, name: str, password: str) -> str:
        parts = urlsplit(self._stack.amqp_uri)
        return parts._replace(netloc=f"{name}:{password}@{parts.hostname}:{parts.port}").geturl()


class ComposedChannel:
    """To a deployment on this machine: its office's container calls supervision, and the broker's
    container runs `rabbitmqctl`."""

    def call(self, method: str, **arguments: Any) -> Any:
        module = ("--entrypoint", "python", "office", "-W", "ignore", "-m", "deploy.composed.call")
        asked = ("run", "--rm", "-T", *module, method, json.dumps(arguments))
        return json.loads(run_compose(*asked))

    def control(self, *arguments: str, given: str = "") -> str:
        tool = ("sh", "-c", WITH_A_FILE, "sh") if given else ("rabbitmqctl", "-q")
        return run_compose("exec", "-T", "broker", *tool, *arguments, given=given)

    def address(self, name: str, password: str) -> str:
        return f"amqps://{name}:{password}@broker:5671/%2F?cacertfile=authority.pem"


@contextmanager
def admin_channel(stack_name: str, deployed: bool) -> Iterator[Channel]:
    """Raises CannotRun, also for what is refused through it."""
    if deployed:
        yield ComposedChannel()
        return
    with service_client(stack_name, SECONDS) as rpc:
        yield LocalChannel(stack_name, rpc)


def run_compose(*arguments: str, given: str = "") -> str:
    """What docker-compose prints, with `given` as its input. Raises CannotRun."""
    done = subprocess.run(
        (*_compose(), *arguments),
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun(
            (done.stderr or done.stdout).strip()[-500:],
            "Run it on the deployment's machine, as a user of its container engine.",
        )
    return done.stdout


def _compose() -> tuple[str, ...]:
    """Either generation of the program, whichever this machine has."""
    return ("docker-compose",) if shutil.which("docker-compose") else ("docker", "compose")
