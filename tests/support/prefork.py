"""Services forked from a process that has imported them already: a start takes a tenth of a second
of processor time instead of more than one, and tests start services hundreds of times.

What is started is the same program, in a process, session and environment of its own. By their
command services are started by composed tests, `./warm demo` and integration/test_readiness.py.

Run as a program it is that process: it reads one request a line and answers with a pid.
"""

import json
import os
import posix
import subprocess
import sys
from pathlib import Path

from eventlet import hubs

from deploy.local import processes
from deploy.local.places import ROOT

RUNNER = "shared.service.runner"
CHUNK = 65_536


class Prefork:
    """The process to fork from, started when first needed; it ends with this one."""

    def __init__(self, spawn):
        self._spawn = spawn
        self._parent = None

    def __call__(self, command, environment, log):
        """As `processes.spawn`."""
        if not _is_usual(command, environment):
            return self._spawn(command, environment, log)
        if self._parent is None or self._parent.poll() is not None:
            self._parent = _start()
        request = {"service": command[-1], "environment": environment, "log": log.name}
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return Forked(int(self._parent.stdout.readline()))

    def close(self):
        if self._parent:
            self._parent.communicate()


class Forked:
    """What callers need of subprocess.Popen: its parent looks after its end."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None


def _is_usual(command, environment):
    """Is it a service of this tree, by its usual runner?"""
    usual = [sys.executable, "-m", RUNNER]
    return list(command[:-1]) == usual and environment.get("PYTHONPATH") == str(ROOT)


def _start():
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.support.prefork"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def install():
    """Have stacks start their services this way. Returns what ends it."""
    usual = processes.spawn
    processes.spawn = prefork = Prefork(usual)

    def uninstall():
        processes.spawn = usual
        prefork.close()

    return uninstall


# From here on: the process that is forked from. It uses `posix` itself, because what `os` offers is
# green once the services are imported, and would start a hub that the children share.


def serve(runner):
    buffer = b""
    while chunk := posix.read(0, CHUNK):
        buffer += chunk
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            _reap()
            pid = _fork(runner, json.loads(line))
            posix.write(1, f"{pid}\n".encode())


def _reap():
    try:
        while posix.waitpid(-1, posix.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _fork(runner, request):
    pid = posix.fork()
    if pid:
        return pid
    posix.setsid()
    # The hub that the imports made polls a descriptor that all children would share: each would
    # wake for the events of the others, and spin.
    hubs.use_hub()
    log = posix.open(request["log"], posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT, 0o644)
    nothing = posix.open("/dev/null", posix.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        posix.dup2(source, target)
    posix.close(log)
    posix.close(nothing)
    os.environ.clear()
    os.environ.update(request["environment"])
    status = 1
    try:
        status = runner.main([request["service"]])
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        posix._exit(status)
    return None


def main():
    # First, because it makes the standard library green.
    from shared.service import runner

    for folder in sorted(Path(ROOT, "services").glob("*/service.py")):
        __import__(f"services.{folder.parent.name}.service")
    serve(runner)


if __name__ == "__main__":
    main()
