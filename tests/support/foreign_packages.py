"""Foreign programs for tests, each pinned, installed below `var/foreign` when it is missing."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path

from deploy.local.places import ROOT, VAR
from tests.support import node

FOLDER = ROOT / "tests" / "integration" / "foreign"
READERS = FOLDER / "readers"
PLACE = VAR / "foreign"
SECONDS = 120


def python(name):
    """The interpreter of an environment with what `<name>.txt` pins; None: that of the tests."""
    if name is None:
        return sys.executable
    pins = FOLDER / f"{name}.txt"
    place = _place(name, pins.read_bytes())
    with _made_once(place) as empty:
        if empty:
            venv.create(empty, with_pip=True, symlinks=True)
            install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pins)]
            _run([str(empty / "bin" / "python"), *install])
    return str(place / "bin" / "python")


def by_python(name, script, *arguments, given=""):
    """What a reader prints that runs in the environment `name`."""
    return _run([python(name), str(READERS / script), *arguments], given)


def by_node(script, *arguments, given=""):
    """What a reader for Node prints."""
    folder = node.installed(FOLDER / "js")
    shutil.copy(READERS / script, folder)
    return _run(["node", script, *arguments], given, cwd=folder, env=node.environment())


def debian(package):
    """The folder into which a package of this machine's Debian, with what it needs, is unpacked."""
    needed = [package, *DEBIAN[package]]
    place = _place(package, " ".join(needed).encode())
    with _made_once(place) as empty:
        if empty:
            empty.mkdir()
            _run(["apt-get", "download", *needed], cwd=empty)
            for file in empty.glob("*.deb"):
                _run(["dpkg", "-x", str(file), str(empty)])
    return place


# Package → what it needs and the machine may lack.
DEBIAN = {"amqp-tools": ["librabbitmq4", "libpopt0"]}


def _place(name, pinned) -> Path:
    return PLACE / f"{name}-{hashlib.sha256(pinned).hexdigest()[:12]}"


@contextmanager
def _made_once(place):
    """`place`, to be filled, unless that was done before; else None."""
    PLACE.mkdir(parents=True, exist_ok=True)
    done = place.with_name(f"{place.name}.done")
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists():
            yield None
        else:
            shutil.rmtree(place, ignore_errors=True)
            yield place
            done.touch()


def _run(command, given="", **options):
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        **options,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
