"""A local stack: one broker, one database and the services, below one folder."""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import amqp
from kombu.exceptions import KombuError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.bridge.registry import Registry
from deploy.local import install, stack_state
from deploy.local.broker import Broker
from deploy.local.console import Say, silent
from deploy.local.database import Database
from deploy.local.errors import CannotRun
from deploy.local.lock import Lock
from deploy.local.ports import Ports
from deploy.local.processes import Process, stop_all
from deploy.local.purge import purge_queues
from deploy.local.services import RUNNER, Services
from deploy.local.tls import Tls
from shared.domain.types import Document
from shared.platform import topology
from shared.platform.database import roles

DATABASE_PREFIX = "warm_"
SERVICE_STOP_SECONDS = 10
SERVER_STOP_SECONDS = 10
READY = ("ready",)
ANSWERING = ("ready", "starting", "degraded")
# Folders that a stack without lasting data removes at each start.
PER_RUN = ("broker", "logs", "partners", "run")


class Stack:
    """Use it as a context manager: everything is stopped at the end, whatever happens.

    `env_name` becomes the services' WARM_ENV. With `keeps_data` false each start begins without
    data. With AMQP_URI or MONGODB_URI in the environment that server is used and none is started.
    `members` is the size of the database's replica set. With `tls` the stack's own servers accept
    TLS connections only. `protocols` are those of the broker beside AMQP 0-9-1.
    """

    def __init__(
        self,
        home: Path,
        port_base: int,
        env_name: str,
        keeps_data: bool = True,
        say: Say = silent,
        members: int = 1,
        tls: Tls | None = None,
        protocols: Sequence[str] = (),
    ) -> None:
        self.home = Path(home)
        self.ports = Ports(port_base)
        self.environment_name = env_name
        self.keeps_data = keeps_data
        self._say = say
        self._own_broker = Broker(self.home, self.ports, tls, protocols)
        self._own_database = Database(self.home, self.ports, members, tls)
        self._broker = None if "AMQP_URI" in os.environ else self._own_broker
        self._database = None if "MONGODB_URI" in os.environ else self._own_database
        self._lock = Lock(self.home.with_suffix(".lock"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def amqp_uri(self) -> str:
        return self._broker.uri if self._broker else os.environ["AMQP_URI"]

    @property
    def mongodb_uri(self) -> str:
        return self._database.uri if self._database else os.environ["MONGODB_URI"]

    def amqp_uri_of(self, identity: str) -> str:
        """The address for a service or a subscriber: with only the permissions it needs, where the
        broker is the stack's own."""
        return self._broker.uri_of(identity) if self._broker else self.amqp_uri

    def mongodb_uri_of(self, service: str) -> str:
        return self._database.uri_of(service) if self._database else self.mongodb_uri

    @property
    def running(self) -> list[str]:
        """Names of the processes of this stack that run now, whichever command started them."""
        names = ("broker", "database", *topology.SERVICES)
        return [name for name in names if self.process(name).pid is not None]

    def process(self, name: str) -> Process:
        """The process of a service, of "broker" or of "database": its pid and log."""
        return Process(name, self.home)

    def start_infrastructure(self) -> None:
        """Start broker and database, ready and with the topology in place.

        Running servers are kept. A stack that doesn't keep data first stops and removes what an
        earlier run left. Raises CannotRun.
        """
        self._lock.acquire()
        if not self.keeps_data:
            self._remove_earlier_run()
        self.resume_infrastructure()
        self._apply_topology()
        self._add_users()

    def resume_infrastructure(self) -> None:
        """Start broker and database if they don't run, with their data, and wait for them."""
        servers = self._launch()
        self._write_state()
        for server in servers:
            server.await_ready()

    def start_services(
        self,
        names: Iterable[str] = topology.SERVICES,
        extra_env: Mapping[str, str] | None = None,
    ) -> None:
        """Start the services `names`, all at once; see `wait_ready`."""
        for name in names:
            self.start_service(name, extra_env)

    def start_service(
        self,
        name: str,
        extra_env: Mapping[str, str] | None = None,
        instance: str = "",
        module: str = RUNNER,
    ) -> None:
        """See `Services.start`."""
        self._services.start(name, extra_env, instance, module)

    def wait_ready(self, names: Iterable[str] = topology.SERVICES, timeout: float = 60) -> None:
        """Return once each of them is ready. Raises CannotRun for the first one that isn't."""
        self._services.wait_for(names, READY, timeout)

    def wait_answering(self, names: Iterable[str] = topology.SERVICES, timeout: float = 60) -> None:
        """Return once each of them answers, even if it still waits for the registry's units."""
        self._services.wait_for(names, ANSWERING, timeout)

    def stop_services(self, names: Iterable[str] = topology.SERVICES) -> None:
        """SIGTERM, and SIGKILL to those that don't end in time."""
        stop_all([self.process(name) for name in names], SERVICE_STOP_SECONDS)

    def kill_service(self, name: str) -> None:
        """SIGKILL: what a crash looks like from outside."""
        self.process(name).kill()

    def kill_broker(self) -> None:
        """SIGKILL; `resume_infrastructure` starts it again with its data."""
        self._require_broker().kill()

    def kill_database(self) -> None:
        """SIGKILL to all members; `resume_infrastructure` starts them again with their data."""
        self._require_database().kill()

    def resume_members(self, names: Collection[str]) -> None:
        """Start members of the database by the names of their processes, without waiting."""
        self._require_database().launch(install.ensure_database(self._say), names)

    def step_down(self, seconds: int) -> None:
        """Make the database's primary step down; it takes part in no election for `seconds`."""
        self._require_database().step_down(seconds)

    @property
    def primary(self) -> str | None:
        """Name of the database process that takes writes now; None while there is none."""
        member = self._require_database().primary
        return member.name if member else None

    def broker_control(self, *arguments: str, given: str = "") -> str:
        """The output of rabbitmqctl. `given` is the content of a file that is named as the last
        argument. Raises CannotRun when it fails."""
        broker, script = self._require_broker(), install.ensure_broker(self._say)
        return broker.control(script, *arguments, given=given)

    @property
    def partners(self) -> Registry:
        """The partners at the stack's own broker."""
        return self._own_broker.partners

    def check_broker(self) -> str:
        """See `Broker.check`. Raises CannotRun when it fails, or the broker isn't the stack's."""
        return self._require_broker().check(install.ensure_broker(self._say))

    def server_pids(self) -> dict[str, int | None]:
        """Pid of each process of broker and database, None for one that doesn't run."""
        processes = [self._own_broker.process, *self._own_database.processes]
        return {process.name: process.pid for process in processes}

    @property
    def protocol_ports(self) -> dict[str, int]:
        """See `Broker.protocol_ports`."""
        return self._require_broker().protocol_ports

    @property
    def owns_servers(self) -> bool:
        """Whether broker and database are the stack's own, so that tests may kill them."""
        return bool(self._broker and self._database)

    def reset(self) -> None:
        """Stop the services, purge every queue and stream, drop the services' databases."""
        self.stop_services()
        purge_queues(self.amqp_uri)
        with MongoClient[Document](self.mongodb_uri) as client:
            for name in client.list_database_names():
                if name.startswith(DATABASE_PREFIX):
                    client.drop_database(name)

    def stop(self) -> None:
        """Stop every process of this stack, whichever command started it."""
        self._lock.acquire()
        self._stop_processes()
        self.unlock()

    def unlock(self) -> None:
        """Let other commands use the stack; its processes go on running."""
        self._lock.release()

    def _require_broker(self) -> Broker:
        if self._broker is None:
            raise CannotRun("The broker is that of AMQP_URI.", "Unset AMQP_URI.")
        return self._broker

    def _require_database(self) -> Database:
        if self._database is None:
            raise CannotRun("The database is that of MONGODB_URI.", "Unset MONGODB_URI.")
        return self._database

    @property
    def _services(self) -> Services:
        return Services(self.home, self.environment_name, self.amqp_uri, self._uris_of)

    def _uris_of(self, service: str) -> dict[str, str]:
        return {
            "AMQP_URI": self.amqp_uri_of(service),
            "MONGODB_URI": self.mongodb_uri_of(service),
        }

    def _launch(self) -> list[Broker | Database]:
        broker_script = install.ensure_broker(self._say) if self._broker else None
        database_program = install.ensure_database(self._say) if self._database else None
        install.ensure_fonts(self._say)
        if self._broker and broker_script:
            self._broker.launch(broker_script)
        if self._database and database_program:
            self._database.launch(database_program)
        # The database is awaited first: its set-up runs while the broker still starts.
        return [server for server in (self._database, self._broker) if server]

    def _apply_topology(self) -> None:
        try:
            topology.apply(self.amqp_uri)
            with MongoClient[Document](self.mongodb_uri) as client:
                client.admin.command("ping")
        except (OSError, amqp.AMQPError, KombuError) as error:
            raise CannotRun(f"The broker can't be used: {error}", "Check AMQP_URI.") from error
        except PyMongoError as error:
            raise CannotRun(f"The database can't be used: {error}", "Check MONGODB_URI.") from error

    def _add_users(self) -> None:
        if self._database:
            self._database.add_users({name: roles(name) for name in topology.SERVICES})

    def _remove_earlier_run(self) -> None:
        self._stop_processes()
        folders = [self.home / name for name in PER_RUN]
        folders += [member.folder for member in self._own_database.members]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _stop_processes(self) -> None:
        self.stop_services([file.stem for file in self._service_pid_files()])
        stop_all(self._server_processes, SERVER_STOP_SECONDS)
        stack_state.remove(self.home)

    def _service_pid_files(self) -> list[Path]:
        """Pid files of all processes but the servers, subscribers included."""
        names = {process.name for process in self._server_processes}
        return [file for file in self.home.glob("run/*.pid") if file.stem not in names]

    @property
    def _server_processes(self) -> list[Process]:
        """An earlier run may have started servers even if today's environment names others."""
        return [*self._own_broker.processes, *self._own_database.processes]

    def _write_state(self) -> None:
        stack_state.write(
            self.home,
            environment=self.environment_name,
            amqp_uri=self.amqp_uri,
            mongodb_uri=self.mongodb_uri,
            ports=self._own_ports(),
        )

    def _own_ports(self) -> dict[str, int]:
        ports: dict[str, int] = {}
        if self._broker:
            ports["amqp"] = self.ports.amqp
            ports["distribution"] = self.ports.distribution
            ports["epmd"] = self.ports.epmd
            ports |= self.protocol_ports
        if self._database:
            ports["mongodb"] = self.ports.mongodb
        return ports
