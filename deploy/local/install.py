"""Broker, database and browser: found on this machine, or installed where that is possible."""

import glob
import os
import platform
import shutil
import subprocess
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from deploy.local.errors import CannotRun

BROWSER = ("chromium", "fonts-noto-cjk")
POLICY = Path("/usr/sbin/policy-rc.d")


def ensure_broker(say):
    """Path of RabbitMQ's own start script, installing Debian's package when it is missing.

    The system's broker is never started. `say` is told what is being done. Raises CannotRun.
    """
    script = _broker_script()
    if script is None:
        require_apt("RabbitMQ is not installed.", "rabbitmq-server", "AMQP_URI")
        say("installing RabbitMQ (rabbitmq-server)")
        with no_service_starts():
            apt_install("rabbitmq-server")
        script = _broker_script()
    if script is None:
        raise CannotRun(
            "RabbitMQ's start script was not found.",
            "Set RABBITMQ_HOME to its folder (the one that holds sbin), or set AMQP_URI.",
        )
    return script


def ensure_database(say):
    """Path of the database server `mongod`, with the system libraries that it needs.

    `say` is told what is being done. Raises CannotRun.
    """
    mongod = _mongod()
    if mongod is None:
        raise CannotRun(
            f"There is no MongoDB server for this machine ({platform.machine()}).",
            "Set MONGODB_URI to a replica set that you run (6.0 or later).",
        )
    packages = [_package_of(library) for library in _missing_libraries(mongod)]
    if packages:
        require_apt("MongoDB needs system libraries.", " ".join(packages), "MONGODB_URI")
        say(f"installing {' '.join(packages)}")
        apt_install(*packages)
    return mongod


def ensure_browser(say):
    """Path of Chromium, installing Debian's package with Chinese fonts when it is missing.

    `say` is told what is being done. Raises CannotRun.
    """
    if not shutil.which("chromium"):
        require_apt("Chromium is not installed.", " ".join(BROWSER))
        say(f"installing {' '.join(BROWSER)}")
        apt_install(*BROWSER)
    return shutil.which("chromium")


def _broker_script():
    home = os.environ.get("RABBITMQ_HOME")
    pattern = f"{home}/sbin" if home else "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
    found = sorted(glob.glob(f"{pattern}/rabbitmq-server"))
    return Path(found[-1]) if found and shutil.which("erl") else None


def _mongod():
    wheel = find_spec("fiftyone")
    if wheel is None:
        found = shutil.which("mongod")
        return Path(found) if found else None
    return Path(wheel.submodule_search_locations[0], "db", "bin", "mongod")


def _missing_libraries(program):
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in listed.stdout.splitlines() if "not found" in line]


def _package_of(library):
    """Debian's name: libcurl.so.4 is in libcurl4, libssl.so.3 in libssl3."""
    name, _, version = library.partition(".so.")
    return {"libcrypto": "libssl"}.get(name, name) + version


def require_apt(what, packages, variable=None):
    """Raises CannotRun, saying `what` is missing, where this program can't install `packages`."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        install = f"Install it (Debian, Ubuntu: sudo apt-get install {packages})"
        instead = f", or set {variable} to use a server that runs elsewhere" if variable else ""
        raise CannotRun(what, f"{install}{instead}.")


def apt_install(*packages):
    """Install Debian's packages as they are named now. Raises CannotRun."""
    _apt("update")
    _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*arguments):
    done = subprocess.run(
        ["apt-get", "--quiet=2", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun(
            f"apt-get {' '.join(arguments)} failed:\n{done.stderr or done.stdout}",
            "Repair that and try again.",
        )


@contextmanager
def no_service_starts():
    """Debian starts a server when its package is installed, unless a policy forbids it."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
