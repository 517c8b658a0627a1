"""Each guarantee taken out of a copy of the code: a named test fails, or it proves nothing."""

import os
import shutil
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from deploy.local.stacks import port_base
from tests.mutations.mutations import MUTATIONS

SECONDS = 300
# Not beside the stacks of the project itself.
PORTS = 1000
FAILED = 1
KEPT_OUT = shutil.ignore_patterns(".git", ".venv", "var", ".*cache", "__pycache__", ".hypothesis")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutated") / "warm"
    shutil.copytree(ROOT, folder, ignore=KEPT_OUT)
    return folder


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_a_mutation_is_noticed(copy, mutation):
    file = copy / mutation.file
    whole = file.read_text()
    file.write_text(whole.replace(mutation.text, mutation.instead))
    try:
        ended = outcome(copy, *mutation.killed_by)
    finally:
        file.write_text(whole)
    assert ended.returncode == FAILED, ended.stdout[-2000:]


def outcome(folder, file, name):
    test = f"{file}::{name}" if name else file
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-x", test]
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WARM_PORT_BASE": str(port_base() + PORTS),
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
