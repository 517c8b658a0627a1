"""The stack's own RabbitMQ: a child process with its own node name, ports, cookie and data."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import amqp
from kombu.exceptions import KombuError

from deploy.bridge.definitions import with_partners
from deploy.bridge.registry import Registry
from deploy.broker_definitions import CHECK, FILE, with_passwords, written_at_start
from deploy.broker_protocols import PROTOCOLS, Listening, configuration, plugins
from deploy.local import disk, queue_directory, secretfiles
from deploy.local.errors import CannotRun
from deploy.local.places import BROKER_CONFIG
from deploy.local.ports import HOST, Ports, require_free
from deploy.local.processes import Process
from deploy.local.tls import Tls
from deploy.local.waiting import wait_until
from shared.platform import permissions, topology

USER = "warm"
EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
READY_SECONDS = 120
SETTLE_SECONDS = 5
ANSWER_SECONDS = 5
# In bytes: with less the broker takes no messages, and with less it isn't started.
DISK_LIMIT = 500_000_000
DISK_AT_START = 2 * DISK_LIMIT

# Two schedulers start faster than one for each core, and a local broker needs no more. Only the
# broker's own tools use the distribution: it stays on the loopback interface.
ERLANG = f"+S 2:2 +A 8 -kernel inet_dist_use_interface {{{HOST.replace('.', ',')}}}"


@dataclass(frozen=True)
class Broker:
    """RabbitMQ below the stack's folder `home`, listening on 127.0.0.1 only. `protocols` are those
    that it speaks beside AMQP 0-9-1."""

    home: Path
    ports: Ports
    tls: Tls | None = None
    protocols: Sequence[str] = ()

    @property
    def uri(self) -> str:
        """The address for the stack itself: its user has every permission."""
        return self.uri_of(USER)

    def uri_of(self, identity: str) -> str:
        """The address for a service or a subscriber; see `shared/platform/permissions.py`. That of
        a partner is in its own virtual host."""
        vhost = identity if identity.startswith(permissions.PARTNERS) else "%2F"
        place = f"{identity}:{self.password_of(identity)}@{HOST}:{self.ports.amqp}/{vhost}"
        return f"amqps://{place}?cacertfile={self.tls.authority}" if self.tls else f"amqp://{place}"

    @property
    def protocol_ports(self) -> dict[str, int]:
        """The port of each further protocol that has one of its own."""
        own = [name for name in self.protocols if PROTOCOLS[name].listener]
        return {name: self._listening.port(PROTOCOLS[name]) for name in own}

    @property
    def _listening(self) -> Listening:
        return Listening(HOST, HOST, self.tls is not None, self.ports.base)

    @property
    def process(self) -> Process:
        return Process("broker", self.home)

    @property
    def _epmd(self) -> Process:
        return Process("epmd", self.home)

    @property
    def folder(self) -> Path:
        return self.home / "broker"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def launch(self, script: Path) -> None:
        """Start RabbitMQ with its own start `script`, without waiting; see `await_ready`."""
        if self.process.pid is not None:
            return
        self._epmd.stop(grace=1)
        require_free(self.ports.amqp, self.ports.distribution, self.ports.epmd)
        require_free(*self.protocol_ports.values())
        self.folder.mkdir(parents=True, exist_ok=True)
        disk.require_free(self.folder, DISK_AT_START, "The broker")
        self._write_configuration()
        environment = self._environment()
        # By default Erlang starts epmd as a daemon that outlives the broker.
        self._epmd.start([shutil.which("epmd") or "epmd"], environment)
        self.process.start([script], environment)

    def await_ready(self) -> None:
        """Return once `answers()` is true. Raises CannotRun after READY_SECONDS."""
        if not wait_until(self._answers_or_fails, READY_SECONDS, every=0.1):
            raise CannotRun(
                f"The broker was not ready within {READY_SECONDS} s.",
                f"See {self.process.log_file}",
            )

    def kill(self) -> None:
        """SIGKILL, as soon as the newest queues can survive it."""
        wait_until(lambda: queue_directory.saved(self._data), SETTLE_SECONDS)
        self.process.kill()

    def control(self, script: Path, *arguments: str, given: str = "") -> str:
        """The output of `rabbitmqctl`, which lies beside RabbitMQ's start `script`. `given` is the
        content of a file that is named as the last argument.

        Raises CannotRun when it fails.
        """
        with self._file_with(given) as file:
            command = [str(script.with_name("rabbitmqctl")), "--quiet", *arguments, *file]
            done = subprocess.run(
                command, env=self._environment(), capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            raise CannotRun(
                f"rabbitmqctl {' '.join(arguments)} failed: {done.stderr or done.stdout}",
                f"See {self.process.log_file}",
            )
        return done.stdout

    @contextmanager
    def _file_with(self, given: str) -> Iterator[list[str]]:
        """Its path, none without content. It is in the stack's folder, because the broker of some
        tests sees no other. By its standard input rabbitmqctl of 4.0.5 waits for ever (tried)."""
        if not given:
            yield []
            return
        file = self.home / f"given.{os.getpid()}"
        secretfiles.write_private(file, given.encode())
        try:
            yield [str(file)]
        finally:
            file.unlink()

    @property
    def processes(self) -> list[Process]:
        """In the order in which they may be stopped."""
        return [self.process, self._epmd]

    def _answers_or_fails(self) -> bool:
        self.process.require_alive()
        return self.answers()

    def answers(self) -> bool:
        """Whether a client can log in and declare every queue; streams start last."""
        try:
            topology.apply(self.uri)
        except (OSError, amqp.AMQPError, KombuError):
            return False
        return True

    def check(self, script: Path) -> str:
        """Which queues lack their policy, in the words of deploy/broker/check.erl. Raises CannotRun
        where the broker doesn't answer."""
        return self.control(script, "eval_file", str(CHECK)).strip().removeprefix('<<"')[:-3]

    @property
    def partners(self) -> Registry:
        return Registry(self.home / "partners", self.home / "secrets")

    def password_of(self, user: str) -> str:
        if user.startswith(permissions.PARTNERS):
            return self.partners.password(user)
        # Stacks that already exist keep the password of their own user under the plain name.
        name = "broker" if user == USER else f"broker.{user}"
        path = self.home / "secrets" / f"{name}.password"
        return secretfiles.secret_file(path, secretfiles.password).read_text()

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "RABBITMQ_NODENAME": f"warm_{self.home.name}@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_MNESIA_BASE": str(self._data),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "WARM_DEFINITIONS": str(FILE),
            # The start script is then replaced by the broker instead of waiting beside it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _listener(self) -> str:
        place = f"{HOST}:{self.ports.amqp}"
        if not self.tls:
            return f"listeners.tcp.local = {place}"
        return f"""
listeners.tcp = none
listeners.ssl.local = {place}
ssl_options.cacertfile = {self.tls.authority}
ssl_options.certfile = {self.tls.server}
ssl_options.keyfile = {self.tls.server}
ssl_options.verify = verify_none
"""

    def _write_configuration(self) -> None:
        common = (BROKER_CONFIG / "rabbitmq.conf").read_text()
        own = f"""
{self._listener()}
load_definitions = {self.folder / "definitions.json"}
disk_free_limit.absolute = {DISK_LIMIT}
{configuration(self.protocols, self._listening)}"""
        (self.folder / "rabbitmq.conf").write_text(common + own)
        (self.folder / "plugins").write_text(plugins(self.protocols))
        partners = self.partners.partners().values()
        definitions = with_partners(written_at_start(), partners)
        definitions["users"].append(permissions.user(USER, "administrator"))
        definitions["permissions"].append({"user": USER, "vhost": "/", **EVERYTHING})
        complete = with_passwords(definitions, self.password_of)
        secretfiles.write_private(self.folder / "definitions.json", json.dumps(complete).encode())
