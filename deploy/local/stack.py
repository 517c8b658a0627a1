"""A local stack: one broker, one database and the services, below one folder."""

import os
import shutil
from pathlib import Path

import amqp
from kombu.exceptions import KombuError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local import install, stack_state
from deploy.local.broker import Broker
from deploy.local.database import Database
from deploy.local.errors import CannotRun
from deploy.local.lock import Lock
from deploy.local.ports import Ports
from deploy.local.processes import Process, stop_all
from deploy.local.purge import empty_queues
from deploy.local.services import RUNNER, Services
from shared.platform import topology
from shared.platform.database import roles

DATABASE_PREFIX = "warm_"
SERVICE_STOP_SECONDS = 10
SERVER_STOP_SECONDS = 10
READY = ("ready",)
ANSWERING = ("ready", "starting", "degraded")
PER_RUN = ("broker", "logs", "run")


def silent(message):
    """For callers that need not hear what is being done."""


class Stack:
    """Use it as a context manager: everything is stopped at the end, whatever happens.

    `env_name` becomes the services' WARM_ENV. With `keeps_data` false each start is a fresh one.
    With AMQP_URI or MONGODB_URI in the environment that server is used and none is started. The
    database has `members`. With `tls` (a `Tls`) its own servers take nothing else.
    """

    def __init__(self, home, port_base, env_name, keeps_data=True, say=silent, members=1, tls=None):
        self.home = Path(home)
        self.ports = Ports(port_base)
        self.environment_name = env_name
        self.keeps_data = keeps_data
        self._say = say
        self._own_broker = Broker(self.home, self.ports, tls)
        self._own_database = Database(self.home, self.ports, members, tls)
        self._broker = None if "AMQP_URI" in os.environ else self._own_broker
        self._database = None if "MONGODB_URI" in os.environ else self._own_database
        self._lock = Lock(self.home.with_suffix(".lock"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def amqp_uri(self):
        return self._broker.uri if self._broker else os.environ["AMQP_URI"]

    @property
    def mongodb_uri(self):
        return self._database.uri if self._database else os.environ["MONGODB_URI"]

    def amqp_uri_of(self, identity):
        """With the rights of a service or a subscriber alone, where the broker is the stack's."""
        return self._broker.uri_of(identity) if self._broker else self.amqp_uri

    def mongodb_uri_of(self, service):
        return self._database.uri_of(service) if self._database else self.mongodb_uri

    @property
    def running(self):
        """Names of the processes of this stack that run now, whoever started them."""
        names = ("broker", "database", *topology.SERVICES)
        return [name for name in names if self.process(name).pid is not None]

    def process(self, name):
        """The process of a service, or "broker", or "database": its pid and log."""
        return Process(name, self.home)

    def start_infrastructure(self):
        """Broker and database, ready, with the topology in place.

        Goes on with what is already running, unless each start is a fresh one: then whatever an
        earlier run left is stopped and removed. Raises CannotRun.
        """
        self._lock.acquire()
        if not self.keeps_data:
            self._clear_away()
        self.resume_infrastructure()
        self._apply_topology()
        self._add_users()

    def resume_infrastructure(self):
        """Start broker and database if they don't run, with their data, and wait for them."""
        servers = self._launch()
        self._write_state()
        for server in servers:
            server.await_ready()

    def start_services(self, names=topology.SERVICES, extra_env=None):
        """Start the services `names`, all at once; see `wait_ready`."""
        for name in names:
            self.start_service(name, extra_env)

    def start_service(self, name, extra_env=None, instance="", module=RUNNER):
        """See `Services.start`."""
        self._services.start(name, extra_env, instance, module)

    def wait_ready(self, names=topology.SERVICES, timeout=60):
        """Returns once each of them says "ready". Raises CannotRun for the first that doesn't."""
        self._services.wait_for(names, READY, timeout)

    def wait_answering(self, names=topology.SERVICES, timeout=60):
        """Returns once each of them answers; it may still wait for the registry's units."""
        self._services.wait_for(names, ANSWERING, timeout)

    def stop_services(self, names=topology.SERVICES):
        """SIGTERM, and SIGKILL for those that don't end in time."""
        stop_all([self.process(name) for name in names], SERVICE_STOP_SECONDS)

    def kill_service(self, name):
        """SIGKILL: what a crash looks like from outside."""
        self.process(name).kill()

    def kill_broker(self):
        """SIGKILL; `resume_infrastructure` starts it again with its data."""
        self._broker.kill()

    def kill_database(self):
        """SIGKILL to all of its members; `resume_infrastructure` starts it again with its data."""
        self._database.kill()

    def resume_members(self, names):
        """Start some members of the database, by the names of their processes, without waiting."""
        self._database.launch(install.ensure_database(self._say), names)

    def step_down(self, seconds):
        """The database's primary gives way to another member for so many `seconds`."""
        self._database.step_down(seconds)

    @property
    def primary(self):
        """Name of the process of the database that takes writes now; None while there is none."""
        member = self._database.primary
        return member and member.name

    def broker_control(self, *arguments):
        """What rabbitmqctl answers. Raises CannotRun when it fails."""
        return self._broker.control(install.ensure_broker(self._say), *arguments)

    def server_pids(self):
        """Pid of each process of broker and database, None for one that doesn't run."""
        processes = [self._own_broker.process, *self._own_database.processes]
        return {process.name: process.pid for process in processes}

    @property
    def owns_servers(self):
        """Are broker and database its own, to be killed at will?"""
        return bool(self._broker and self._database)

    def reset(self):
        """Stop the services, empty every queue and stream, drop the services' databases."""
        self.stop_services()
        empty_queues(self.amqp_uri)
        with MongoClient(self.mongodb_uri) as client:
            for name in client.list_database_names():
                if name.startswith(DATABASE_PREFIX):
                    client.drop_database(name)

    def stop(self):
        """Stop everything of this stack that runs, whoever started it."""
        self._lock.acquire()
        self._stop_processes()
        self.leave()

    def leave(self):
        """Let other commands use it; what runs goes on running."""
        self._lock.release()

    @property
    def _services(self):
        return Services(self.home, self.environment_name, self.amqp_uri, self._uris_of)

    def _uris_of(self, service):
        return {
            "AMQP_URI": self.amqp_uri_of(service),
            "MONGODB_URI": self.mongodb_uri_of(service),
        }

    def _launch(self):
        broker_script = self._broker and install.ensure_broker(self._say)
        database_program = self._database and install.ensure_database(self._say)
        if self._broker:
            self._broker.launch(broker_script)
        if self._database:
            self._database.launch(database_program)
        # The database is ready first: it is set up while the broker still boots.
        return [server for server in (self._database, self._broker) if server]

    def _apply_topology(self):
        try:
            topology.apply(self.amqp_uri)
            with MongoClient(self.mongodb_uri) as client:
                client.admin.command("ping")
        except (OSError, amqp.AMQPError, KombuError) as error:
            raise CannotRun(f"The broker can't be used: {error}", "See AMQP_URI.") from error
        except PyMongoError as error:
            raise CannotRun(f"The database can't be used: {error}", "See MONGODB_URI.") from error

    def _add_users(self):
        if self._database:
            self._database.add_users({name: roles(name) for name in topology.SERVICES})

    def _clear_away(self):
        self._stop_processes()
        folders = [self.home / name for name in PER_RUN]
        folders += [member.folder for member in self._own_database.members]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _stop_processes(self):
        self.stop_services([file.stem for file in self._service_pid_files()])
        stop_all(self._server_processes, SERVER_STOP_SECONDS)
        stack_state.forget(self.home)

    def _service_pid_files(self):
        """Of everything that was started but the servers, subscribers included."""
        names = {process.name for process in self._server_processes}
        return [file for file in self.home.glob("run/*.pid") if file.stem not in names]

    @property
    def _server_processes(self):
        """By folder, not by what today's environment says: an earlier run may have started them."""
        return [*self._own_broker.processes, *self._own_database.processes]

    def _write_state(self):
        stack_state.write(
            self.home,
            environment=self.environment_name,
            amqp_uri=self.amqp_uri,
            mongodb_uri=self.mongodb_uri,
            ports=self._ports(),
        )

    def _ports(self):
        own = {"amqp": self._broker, "distribution": self._broker, "epmd": self._broker}
        own["mongodb"] = self._database
        return {name: getattr(self.ports, name) for name, server in own.items() if server}
