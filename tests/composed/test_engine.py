"""The engine keeps to itself, and ends with the run that started it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from tests.composed import engine

START_AND_WAIT = """
import sys
from tests.composed import engine
with engine.started(sys.argv[1], print) as docker_host:
    print(docker_host, flush=True)
    sys.stdin.read()
"""

pytestmark = pytest.mark.long


def process(docker_host):
    """The folder of the engine's process in /proc; there while it lives."""
    return engine.network(docker_host).parents[1]


def has_ended(folder):
    """Gone, or dead: orphans of a run become children of the test, which doesn't wait for them."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def see_killed_run_end(cache):
    """Kill a run that has an engine, and see the engine end."""
    command = [sys.executable, "-c", START_AND_WAIT, str(cache)]
    run = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with run:
        docker_host = run.stdout.readline().strip()
        folder = process(docker_host)
        run.send_signal(signal.SIGKILL)
    assert wait_until(lambda: has_ended(folder), 30)
    # It could not take this away itself.
    shutil.rmtree(Path(docker_host.removeprefix("unix://")).parent)


def test_two_engines_run_side_by_side_and_the_machine_keeps_its_network(tmp_path):
    devices = os.listdir("/sys/class/net")
    with engine.started(tmp_path / "a", print) as one, engine.started(tmp_path / "b", print) as two:
        for address in (one, two):
            engine.docker(address, "network", "create", "same")
        assert engine.network(one).readlink() != engine.network(two).readlink()
        assert os.listdir("/sys/class/net") == devices
        ended = [process(one), process(two)]
    assert not any(folder.exists() for folder in ended)


def test_a_second_run_with_the_same_cache_says_that_it_waits(tmp_path):
    said, started, over = [], threading.Event(), threading.Event()

    def second():
        with engine.started(tmp_path, said.append):
            started.set()
            over.wait()

    waiting = threading.Thread(target=second)
    with engine.started(tmp_path, print):
        waiting.start()
        assert wait_until(lambda: said, 30)
        assert "waiting" in said[0]
        assert not started.is_set()
    try:
        assert started.wait(60)
    finally:
        over.set()
        waiting.join()


def test_a_killed_run_takes_its_engine_along(tmp_path):
    see_killed_run_end(tmp_path)
    with engine.started(tmp_path, print) as docker_host:
        assert Path(docker_host.removeprefix("unix://")).is_socket()
