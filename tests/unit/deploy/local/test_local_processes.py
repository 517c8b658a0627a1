"""Processes of the local stack: no other process is signalled, and none is left running."""

import os
import signal
import sys

import pytest

from deploy.local.errors import CannotRun
from deploy.local.processes import Process, stop_all
from deploy.local.signals import deferred
from deploy.local.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
IGNORING = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
STUBBORN = [sys.executable, "-c", IGNORING + SLEEPER[2]]


@pytest.fixture
def process(tmp_path):
    process = Process("sleeper", tmp_path)
    yield process
    process.kill()


def start(process, command):
    process.start(command, dict(os.environ))
    assert wait_until(lambda: "up" in process.log_tail(), timeout=10)


def test_a_process_is_found_by_its_pid_file(process):
    start(process, SLEEPER)
    assert Process("sleeper", process.home).pid == process.pid


def test_starting_a_running_process_changes_nothing(process):
    start(process, SLEEPER)
    before = process.pid
    process.start(SLEEPER, dict(os.environ))
    assert process.pid == before


def test_a_pid_that_was_given_to_another_process_is_not_signalled(process):
    start(process, SLEEPER)
    pid = process.pid
    other = Process("other", process.home)
    other.pid_file.write_text(f"{pid} 1\n")
    other.stop(grace=0)
    assert process.pid == pid


def test_a_damaged_pid_file_means_not_running(process):
    process.pid_file.parent.mkdir()
    process.pid_file.write_text("")
    assert process.pid is None


def test_a_process_that_ignores_sigterm_is_killed(process):
    start(process, STUBBORN)
    process.stop(grace=0.2)
    assert process.pid is None
    assert not process.pid_file.exists()


def test_all_are_stopped_together(tmp_path):
    processes = [Process(name, tmp_path) for name in ("one", "two")]
    for process in processes:
        start(process, SLEEPER)
    stop_all(processes, grace=5)
    assert [process.pid for process in processes] == [None, None]


def test_the_end_of_the_log_is_shown_when_a_process_has_ended(process):
    process.start([sys.executable, "-c", "print('no luck')"], dict(os.environ))
    assert process.wait_ended(10)
    with pytest.raises(CannotRun, match="no luck"):
        process.require_alive()


@pytest.fixture
def interruptible():
    """Also when the tests run behind a shell, which lets SIGINT be ignored there."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_waits_until_the_deferring_block_is_done(interruptible):
    done = []
    with pytest.raises(KeyboardInterrupt), deferred():
        signal.raise_signal(signal.SIGINT)
        done.append("block")
    assert done == ["block"]
