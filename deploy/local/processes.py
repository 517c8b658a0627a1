"""Processes of a stack: detached from the terminal, found by pid files, stopped by pid.

A pid file holds the pid and the kernel's start time of the process. A pid that the system has since
given to another process is therefore never signalled.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.signals import deferred
from deploy.local.waiting import wait_until

KILL_SECONDS = 10

# Parts of a command line; each is passed as text.
Command = Sequence[str | int | Path]

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Process:
    """One named process below the stack's folder `home`, running or not."""

    name: str
    home: Path

    @property
    def pid_file(self) -> Path:
        return self.home / "run" / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return self.home / "logs" / f"{self.name}.log"

    def start(self, command: Command, environment: Mapping[str, str]) -> None:
        """Start `command` with its output appended to the log; a running process is kept."""
        if self.pid is not None:
            return
        for file in (self.pid_file, self.log_file):
            file.parent.mkdir(parents=True, exist_ok=True)
        # An interrupt between the start and the pid file would leave a process that nothing stops.
        with deferred(), self.log_file.open("ab") as log:
            child = spawn(command, environment, log)
            _children[child.pid] = child
            self.pid_file.write_text(f"{child.pid} {_start_time(child.pid)}\n")

    @property
    def pid(self) -> int | None:
        """The pid while the process is alive, else None."""
        try:
            pid, started = self.pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_time(int(pid)) == started else None

    def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL if the process has not ended after `grace` seconds."""
        stop_all([self], grace)

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def await_end(self, grace: float) -> None:
        """Wait `grace` seconds for the end of a process that was asked to stop, then kill it."""
        if not self.wait_ended(grace):
            self.kill()
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL to the process and its group; returns when the process has ended."""
        self._signal(signal.SIGKILL, os.killpg)
        self.wait_ended(KILL_SECONDS)

    def wait_ended(self, timeout: float) -> bool:
        return wait_until(lambda: self.pid is None, timeout, every=0.02)

    def require_alive(self) -> None:
        """Raises CannotRun with the end of the log when the process has ended."""
        if self.pid is None:
            raise CannotRun(
                f"{self.name} ended unexpectedly. Its last lines:\n{self.log_tail()}",
                f"The whole log: {self.log_file}",
            )

    def log_tail(self, lines: int = 12) -> str:
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    def _signal(self, number: int, send: Callable[[int, int], None] = os.kill) -> None:
        pid = self.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                send(pid, number)


def stop_all(processes: Iterable[Process], grace: float) -> None:
    """Stop processes side by side, each with `grace` seconds before SIGKILL."""
    processes = list(processes)
    with deferred():
        for process in processes:
            process.ask_to_stop()
        for process in processes:
            process.await_end(grace)


def spawn(
    command: Command, environment: Mapping[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, with its output appended to the open file `log`."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        # Ctrl-C in the terminal reaches the command alone, which then stops its processes in order.
        start_new_session=True,
    )


def _start_time(pid: int) -> str | None:
    if pid in _children:
        _children[pid].poll()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, threads, started = fields[0], int(fields[17]), fields[19]
    # The first thread may have ended while others still hold the ports.
    return None if state == "Z" and threads <= 1 else started
