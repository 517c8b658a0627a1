"""The composed system as an operator has it: a copy of the project's files in a folder of its own,
and docker-compose."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from deploy.broker_protocols import PROTOCOLS, SETTING
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from shared.platform.topology import SERVICES
from tests.composed import engine

SCRIPTS = Path(__file__).with_name("scripts")
TESTS = SCRIPTS.parents[1]

# In the containers of scripts: the system, the clients, the tests.
MODULES = "/app:/app/clients/python/src:/project"

# An operator's own file. Facts of 2017 would have it draft every week since, in between. The
# receiver of webhooks is somewhere outside.
OVERRIDE = f"""
services:
  supervision:
    environment:
      WARM_DRAFT_TIMER: "off"
  receiver:
    image: warm-district:${{WARM_VERSION}}
    profiles: [receiver]
    command: [tests.composed.scripts.receive_webhooks]
    environment:
      PYTHONPATH: /app:/project
    networks: [outside]
    volumes: ["{TESTS}:/project/tests:ro"]
"""
# Programs of subscribers, each with a profile of its name; `archive` is the deployment's own.
EXAMPLES = ("feed", "full-archive", "statistics", "webhooks")
PROFILES = ("subscriber", *EXAMPLES, "receiver", "partners")
SERVERS = ("broker", "database")
MANY = 100_000
HEALTHY_SECONDS = 180
SETTLED_SECONDS = 120


class Deployment:
    """`compose` is the program, `images` what takes the place of those in .env, `name` that of the
    project."""

    def __init__(self, folder, docker_host, images, name, compose="docker-compose"):
        self.folder = folder
        self.name = name
        self.docker_host = docker_host
        self.environment = engine.environment(docker_host) | images
        self._compose = compose

    def install(self):
        """From nothing to secrets and an image, as the operators' guide says."""
        copy_project(self.folder)
        (self.folder / "docker-compose.override.yml").write_text(OVERRIDE)
        self.init_deploy()
        # A run that was killed leaves containers and volumes in the engine's folder.
        self.remove()
        self.compose("build", "--quiet")

    def remove(self):
        """Containers, networks and volumes. The folder stays."""
        self.compose(*_named(PROFILES), "down", "--volumes", "--remove-orphans")

    def start(self, *profiles):
        """The one container of each of these profiles."""
        self.compose(*_named(profiles), "up", "-d", "--no-deps", *_containers_of(profiles))

    def stop(self, *profiles):
        """Their containers are gone; what they have written stays."""
        gone = ("rm", "--force", "--stop")
        self.compose(*_named(profiles), *gone, *_containers_of(profiles))

    def init_deploy(self, *arguments):
        self._run(
            sys.executable,
            *("-P", "-m", "deploy.local.cli", "init-deploy"),
            *("--secrets", self.folder / "secrets", *arguments),
            environment=os.environ | {"PYTHONPATH": str(self.folder), SETTING: ",".join(PROTOCOLS)},
        )

    def compose(self, *arguments, version=None):
        """What docker-compose says on standard output. Raises CannotRun when it fails."""
        more = {"WARM_VERSION": version} if version else {}
        command = (self._compose, "--project-name", self.name, *arguments)
        return self._run(*command, environment=self.environment | more)

    def office(self, *arguments):
        """One of people's tools."""
        return self.compose("run", "--rm", "-T", "office", *arguments)

    def warm(self, *arguments):
        """What `./warm … --deployed` prints on the deployment's machine."""
        more = {"PYTHONPATH": str(self.folder), "COMPOSE_PROJECT_NAME": self.name}
        command = (sys.executable, "-P", "-m", "deploy.local.cli", *arguments, "--deployed")
        return self._run(*command, environment=self.environment | more)

    def publish(self, week):
        """The week's issue, drafted, read, approved and published; as an operator gets it."""
        who = ("--actor", "person:head-of-office")
        self.office("briefing", "draft", week, "--actor", "person:programme-office")
        read = self.office("briefing", "show", week)
        self.office("briefing", "approve", week, read.split()[-1][:8], *who)
        self.office("briefing", "publish", week, *who)
        return self.office("briefing", "show", week, "--format", "json")

    def public(self, week):
        """The public edition of a published issue."""
        public = ("--format", "json", "--edition", "public")
        return self.office("briefing", "show", week, *public)

    def status_when_well(self):
        """What `status` says as soon as it finds nothing wrong: a loaded machine needs a while."""

        def status():
            try:
                return json.loads(self.office("status", "--json"))
            except CannotRun:
                return None

        found = wait_until(status, HEALTHY_SECONDS, 1)
        return found or json.loads(self.office("status", "--json"))

    def script(self, name, *arguments, service="office"):
        """What a script of the tests prints, in a container of `service`."""
        return json.loads(self.compose(*self._script(name, service), *map(str, arguments)))

    def start_script(self, name, *arguments):
        """The container in which it runs."""
        begun = self.compose(*self._script(name, "office", "-d"), *map(str, arguments))
        return begun.splitlines()[-1].strip()

    def _script(self, name, service, *how):
        mounted = ("-v", f"{TESTS}:/project/tests:ro", "-e", f"PYTHONPATH={MODULES}")
        program = ("--entrypoint", f"python -W ignore -m tests.composed.scripts.{name}")
        return ("run", *(how or ("--rm", "-T")), *mounted, *program, service)

    def ask(self, service, method, **arguments):
        [answer] = self.ask_each((service, method, arguments))
        return answer

    def ask_each(self, *calls):
        """The answers to several calls, (service, method, arguments), in one container."""
        return self.script("ask", json.dumps(calls))

    def orders_during(self, prefix, act):
        """Raise orders while `act()` is done; how many were acknowledged, and how often asked
        again."""
        raising = self.start_script("raise_orders", prefix, MANY)
        try:
            act()
            self.docker("stop", "--time=60", raising)
            return json.loads(self.docker("logs", raising).splitlines()[-1])
        finally:
            self.docker("rm", "--force", raising)

    def live(self, indicator, orgunit="410103", period="2017-W06"):
        cells = self.ask("supervision", "live", period=period)["cells"]
        return next(
            cell["value"]
            for cell in cells
            if (cell["indicator"], cell["orgunit"]) == (indicator, orgunit)
        )

    def containers(self, service):
        """Ids of those that run."""
        label = "label=com.docker.compose"
        project = f"{label}.project={self.name}", f"{label}.service={service}"
        filters = (f"--filter={it}" for it in (*project, f"{label}.oneoff=False"))
        return self.docker("ps", "--quiet", "--no-trunc", *filters).split()

    def docker(self, *arguments):
        return engine.docker(self.docker_host, *arguments)

    def inspect(self, container):
        return json.loads(self.docker("inspect", container))[0]

    def restarts(self, container):
        """How often the engine has started it again."""
        return self.inspect(container)["RestartCount"]

    def crash(self, container):
        """SIGKILL to its first process: to the engine it died by itself."""
        os.kill(self.inspect(container)["State"]["Pid"], signal.SIGKILL)

    def health(self, service):
        """Of each of its containers that run."""
        states = (self.inspect(container)["State"] for container in self.containers(service))
        return [state["Health"]["Status"] for state in states]

    def wait_healthy(self, **counts):
        """Until every service has all its containers healthy: one each, or as `counts` says."""
        wanted = {name: ["healthy"] * counts.get(name, 1) for name in (*SERVERS, *SERVICES)}
        for name, healths in wanted.items():
            came = wait_until(lambda n=name, h=healths: self.health(n) == h, HEALTHY_SECONDS, 0.5)
            assert came, (name, self.health(name), self.compose("logs", "--tail=30", name))

    def settle(self):
        """Until every event that was recorded is a fact."""
        assert self.script("settled", SETTLED_SECONDS)

    def start_database(self):
        """The database alone, empty and with its users."""
        self.compose("up", "-d", "setup")
        assert wait_until(lambda: self.health("database") == ["healthy"], HEALTHY_SECONDS)
        assert wait_until(lambda: "users" in self.compose("logs", "setup"), HEALTHY_SECONDS)

    def back_up(self):
        """The new backup's folder."""
        told = self.compose("run", "--rm", "-T", "backup")
        return self.folder / "backups" / told.strip().rpartition("/")[2]

    def restore(self, backup):
        """The databases of a backup, where everything else is lost."""
        self.start_database()
        self.compose("run", "--rm", "-T", "restore", f"/backups/{backup.name}")

    def _run(self, *command, environment):
        done = subprocess.run(
            [str(part) for part in command],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stdout + done.stderr)[-4000:]
            raise CannotRun(f"{' '.join(map(str, command))} failed:\n{said}", "See above.")
        return done.stdout


def _named(profiles):
    return [part for name in profiles for part in ("--profile", name)]


def _containers_of(profiles):
    return ["bridge" if name == "partners" else name for name in profiles]


def copy_project(folder):
    """The files that a clone would have, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
