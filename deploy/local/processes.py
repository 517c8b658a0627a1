"""Processes of a stack: started apart from the terminal, remembered in pid files, stopped by pid.

A pid file holds the pid and the kernel's start time of the process, so that a pid which the
system has since given to someone else is never signalled.
"""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.signals import deferred
from deploy.local.waiting import wait_until

_children = {}


@dataclass(frozen=True)
class Process:
    """One named process below the stack's folder `home`, running or not."""

    name: str
    home: Path

    @property
    def pid_file(self):
        return self.home / "run" / f"{self.name}.pid"

    @property
    def log_file(self):
        return self.home / "logs" / f"{self.name}.log"

    def start(self, command, environment):
        """Start `command`, its output appended to the log. Does nothing if it already runs."""
        if self.pid is not None:
            return
        for file in (self.pid_file, self.log_file):
            file.parent.mkdir(parents=True, exist_ok=True)
        # Between the start and the pid file nothing may interrupt, or nobody could stop it again.
        with deferred(), self.log_file.open("ab") as log:
            child = spawn(command, environment, log)
            _children[child.pid] = child
            self.pid_file.write_text(f"{child.pid} {_start_time(child.pid)}\n")

    @property
    def pid(self):
        """The pid while the process lives, else None."""
        try:
            pid, started = self.pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_time(int(pid)) == started else None

    def stop(self, grace):
        """SIGTERM, and SIGKILL when it has not ended after `grace` seconds."""
        stop_all([self], grace)

    def ask_to_stop(self):
        self._signal(signal.SIGTERM)

    def see_ended(self, grace):
        """Wait for the end of a process that was asked to stop, and enforce it after `grace` s."""
        if not self.wait_ended(grace):
            self.kill()
        self.pid_file.unlink(missing_ok=True)

    def kill(self):
        """SIGKILL to the process and its group; returns when it is gone."""
        self._signal(signal.SIGKILL, os.killpg)
        self.wait_ended(10)

    def wait_ended(self, timeout):
        return wait_until(lambda: self.pid is None, timeout, every=0.02)

    def require_alive(self):
        """Raises CannotRun with the end of its log when the process has ended."""
        if self.pid is None:
            raise CannotRun(
                f"{self.name} ended unexpectedly. Its last lines:\n{self.log_tail()}",
                f"The whole log: {self.log_file}",
            )

    def log_tail(self, lines=12):
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    def _signal(self, number, send=os.kill):
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                send(pid, number)


def stop_all(processes, grace):
    """Stop them side by side, each with `grace` seconds before SIGKILL."""
    with deferred():
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.see_ended(grace)


def spawn(command, environment, log):
    """Start it in a session of its own, its output appended to the open file `log`."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        # Ctrl-C in the terminal is for the command, which then stops its processes in order.
        start_new_session=True,
    )


def _start_time(pid):
    if pid in _children:
        _children[pid].poll()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, threads, started = fields[0], int(fields[17]), fields[19]
    # The first thread may have ended while others still hold the ports.
    return None if state == "Z" and threads <= 1 else started
