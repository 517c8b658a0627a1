"""A Docker engine of our own: Debian's, started for a run of the tests and ended with it.

It lives in namespaces of its own for network and mounts. Its bridges, addresses and rules of
iptables are nobody else's, any number of engines run side by side, and what it has set up there is
gone when its last process is. The world outside is reached through slirp4netns, which needs
nothing of the machine but a tap device.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from deploy.local import install
from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until

# By path: on some machines an earlier folder of PATH holds another program of this name.
DOCKER = "/usr/bin/docker"
PACKAGES = {
    "dockerd": "docker.io",
    "docker-compose": "docker-compose",
    "slirp4netns": "slirp4netns",
}
# Of slirp4netns: asks the machine's own name server, wherever that listens.
NAME_SERVER = "10.0.2.3"
START, STOP = 90, 60


@contextmanager
def started(cache_folder, say):
    """The address of an engine that keeps its images in `cache_folder`, while the block runs.

    One run at a time has a cache folder; a second one waits. `say` is told what is being done.
    Raises CannotRun.
    """
    _require(say)
    cache = Path(cache_folder).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_only_user(cache, say))
        # The path of a socket may not be longer than some 100 characters; the cache's may.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warm-docker-")))
        engine = stack.enter_context(_dockerd(cache, home))
        stack.enter_context(_nobody_left(engine))
        stack.enter_context(_outside(engine, cache))
        address = f"unix://{home}/docker.sock"
        _wait_for(engine, lambda: _answers(address), cache / "dockerd.log")
        yield address


def ensure_programs(packages, say):
    """Install the Debian packages of the programs that are missing, starting no service.

    `packages` has each program's package. Raises CannotRun.
    """
    missing = [package for program, package in packages.items() if not shutil.which(program)]
    if missing:
        install.require_apt("Programs of the composed tests are missing.", " ".join(missing))
        say(f"installing {' '.join(missing)}")
        with install.no_service_starts():
            install.apt_install(*missing)


def environment(docker_host):
    """The environment for docker and docker-compose to use this engine and nothing else."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    # Compose calls `docker` by PATH when it builds.
    path = f"{Path(DOCKER).parent}:{os.environ['PATH']}"
    return {**rest, "DOCKER_HOST": docker_host, "PATH": path}


def docker(docker_host, *arguments, timeout=600, **options):
    """What docker prints on standard output. Raises CannotRun when it fails."""
    done = subprocess.run(
        [DOCKER, *map(str, arguments)],
        env=environment(docker_host),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
    if done.returncode != 0:
        raise CannotRun(
            f"docker {arguments[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}",
            "Repair that and try again.",
        )
    return done.stdout


def network(docker_host):
    """The engine's network namespace, for nsenter: published ports listen there, not outside."""
    home = Path(docker_host.removeprefix("unix://")).parent
    return Path("/proc", (home / "pid").read_text().strip(), "ns", "net")


def _require(say):
    """Install what an engine needs. Raises CannotRun where that isn't possible."""
    if os.geteuid() != 0:
        raise CannotRun(
            "The composed tests start a Docker engine of their own, which only root can.",
            "Run them as root, or name an engine by DOCKER_HOST, or run the other tests.",
        )
    ensure_programs(PACKAGES, say)


@contextmanager
def _only_user(cache, say):
    """A lock, for as long as the engine runs."""
    with (cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run's engine, which uses {cache}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _dockerd(cache, home):
    # Its own, empty: the machine's might say things that contradict these arguments.
    (home / "daemon.json").write_text("{}")
    command = [
        *("unshare", "--net", "--mount", "dockerd"),
        *("--config-file", home / "daemon.json"),
        *("--data-root", cache / "data", "--exec-root", home / "exec"),
        *("--host", f"unix://{home}/docker.sock", "--pidfile", home / "pid"),
        *("--dns", NAME_SERVER),
    ]
    with _child(command, cache / "dockerd.log") as child:
        yield child


@contextmanager
def _nobody_left(engine):
    """What belongs to containers ends with the engine, also where an interrupted one left it."""
    ours = os.readlink("/proc/self/ns/net")
    try:
        yield
    finally:
        theirs = os.readlink(f"/proc/{engine.pid}/ns/net") if engine.poll() is None else ours
        engine.terminate()
        wait_until(lambda: engine.poll() is not None, STOP)
        if theirs != ours:
            for process in _in_network(theirs):
                os.kill(process, signal.SIGKILL)


def _in_network(namespace):
    """Processes of that network namespace."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(folder / "ns/net") == namespace:
                yield int(folder.name)


@contextmanager
def _outside(engine, cache):
    """The engine's way to the world outside."""
    ours = os.readlink("/proc/self/ns/net")
    log = cache / "dockerd.log"
    # Before unshare has done its work, it would be this machine's network that is changed.
    _wait_for(engine, lambda: os.readlink(f"/proc/{engine.pid}/ns/net") != ours, log)
    command = ["slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback"]
    log = cache / "slirp4netns.log"
    with _child([*command, engine.pid, "tap0"], log) as slirp:
        devices = Path(f"/proc/{engine.pid}/net/dev")
        _wait_for(slirp, lambda: "tap0" in devices.read_text(), log)
        yield


@contextmanager
def _child(command, log):
    """A process that is asked to end with the block, and by the kernel if this process dies."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for the tests, which then end it in order.
            start_new_session=True,
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_for(process, condition, log):
    """Wait until `condition()` holds. Raises CannotRun if the process ends before, or time does."""
    wait_until(lambda: process.poll() is not None or condition(), START)
    if process.poll() is not None or not condition():
        last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
        raise CannotRun(
            f"The Docker engine of the composed tests doesn't start. Its last lines:\n{last}",
            f"The whole log: {log}",
        )


def _answers(address):
    asked = subprocess.run(
        [DOCKER, "info"], env=environment(address), capture_output=True, check=False
    )
    return asked.returncode == 0
