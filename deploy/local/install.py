"""Broker, database, browser and fonts: found on this machine, or installed where possible."""

import glob
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from deploy.local.console import Say
from deploy.local.errors import CannotRun
from services.supervision.forms import fonts

BROWSER = ("chromium", *fonts.PACKAGES)
WRITER = ("libreoffice-writer-nogui", *fonts.PACKAGES)
POLICY = Path("/usr/sbin/policy-rc.d")


def ensure_broker(say: Say) -> Path:
    """Path of RabbitMQ's own start script; Debian's package is installed when it is missing.

    The system's broker is never started. `say` shows progress. Raises CannotRun.
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


def ensure_database(say: Say) -> Path:
    """Path of the database server `mongod`; missing system libraries are installed.

    `say` shows progress. Raises CannotRun.
    """
    mongod = _mongod()
    if mongod is None:
        raise CannotRun(
            f"There is no MongoDB server for this machine ({platform.machine()}).",
            "Set MONGODB_URI to a replica set of your own (MongoDB 6.0 or later).",
        )
    packages = [_package_of(library) for library in _missing_libraries(mongod)]
    if packages:
        require_apt("MongoDB needs system libraries.", " ".join(packages), "MONGODB_URI")
        say(f"installing {' '.join(packages)}")
        apt_install(*packages)
    return mongod


def ensure_browser(say: Say) -> str | None:
    """Path of Chromium; Debian's package, with Chinese fonts, is installed when it is missing.

    `say` shows progress. Raises CannotRun.
    """
    if not shutil.which("chromium"):
        require_apt("Chromium is not installed.", " ".join(BROWSER))
        say(f"installing {' '.join(BROWSER)}")
        apt_install(*BROWSER)
    return shutil.which("chromium")


def ensure_writer(say: Say) -> str:
    """Path of LibreOffice with its word processor, for tests; installed when it is missing.

    `say` shows progress. Raises CannotRun.
    """
    if not glob.glob("/usr/lib/libreoffice/program/libswlo.so"):
        require_apt("LibreOffice Writer is not installed.", " ".join(WRITER))
        say(f"installing {' '.join(WRITER)}")
        apt_install(*WRITER)
    return "/usr/lib/libreoffice/program/soffice"


def ensure_fonts(say: Say) -> None:
    """The fonts of the PDF; Debian's packages are installed when they are missing.

    `say` shows progress. Raises CannotRun.
    """
    if fonts.missing():
        packages = " ".join(fonts.PACKAGES)
        require_apt("The fonts of the PDF are not installed.", packages)
        say(f"installing {packages}")
        apt_install(*fonts.PACKAGES)


def _broker_script() -> Path | None:
    home = os.environ.get("RABBITMQ_HOME")
    pattern = f"{home}/sbin" if home else "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"
    found = sorted(glob.glob(f"{pattern}/rabbitmq-server"))
    return Path(found[-1]) if found and shutil.which("erl") else None


def _mongod() -> Path | None:
    wheel = find_spec("fiftyone")
    if wheel is None or not wheel.submodule_search_locations:
        found = shutil.which("mongod")
        return Path(found) if found else None
    return Path(wheel.submodule_search_locations[0], "db", "bin", "mongod")


def _missing_libraries(program: Path) -> list[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in listed.stdout.splitlines() if "not found" in line]


def _package_of(library: str) -> str:
    """Debian's package name: libcurl.so.4 is in libcurl4, libssl.so.3 in libssl3."""
    name, _, version = library.partition(".so.")
    return {"libcrypto": "libssl"}.get(name, name) + version


def require_apt(problem: str, packages: str, variable: str | None = None) -> None:
    """Raises CannotRun with `problem` where this program can't install `packages`.

    `variable` is the setting that makes the packages unnecessary.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        install = f"Install it (Debian, Ubuntu: sudo apt-get install {packages})"
        instead = f", or set {variable} to use a server that runs elsewhere" if variable else ""
        raise CannotRun(problem, f"{install}{instead}.")


def apt_install(*packages: str) -> None:
    """Install the current versions of Debian packages. Raises CannotRun."""
    _apt("update")
    _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> None:
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
            "Correct the cause and run the command again.",
        )


@contextmanager
def no_service_starts() -> Iterator[None]:
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
