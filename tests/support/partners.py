"""Partners as they are: stock nameko, unchanged, in processes of their own, with an address."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from deploy.bridge.partners import Partner, checked
from deploy.local.bridge import LocalBridge
from deploy.local.waiting import wait_until
from tests.support.doc_pages import blocks, text

PAGE = "docs/how-to/add-a-partner.md"
PERSON = "person:tester"
SECONDS = 60

_numbers = count(1)


class Added:
    """A partner of a running stack, with the bridge."""

    def __init__(self, bridge, partner):
        self.bridge, self.partner = bridge, partner
        self.name = partner.name
        self.uri = bridge.uri_of(partner)

    @property
    def state(self):
        return self.bridge.state_of(self.name)


@contextmanager
def added(stack, name="", **allowed):
    """The partner, connected; removed at the end. The bridge stops after the last one."""
    bridge = LocalBridge(stack)
    partner = checked(Partner(name or f"school-{next(_numbers)}", **allowed))
    bridge.put(partner, PERSON)
    try:
        bridge.await_connected(partner.name)
        yield Added(bridge, partner)
    finally:
        if partner.name in bridge.registry.partners():
            bridge.remove(partner.name, PERSON)
        if not bridge.registry.partners():
            bridge.process.kill()


def program(name):
    """The program of this name on the page for partners."""
    [code] = [
        code
        for language, code, before in blocks(text(PAGE))
        if language == "python" and f"`{name}`" in before.rstrip().splitlines()[-1]
    ]
    return code


@contextmanager
def nameko_service(folder, uri, name="school"):
    """`nameko run` of the page's service, once it listens; what it prints is in the result."""
    (folder / f"{name}.py").write_text(program(f"{name}.py"))
    output = folder / "heard.txt"
    with output.open("wb") as heard:
        command = [Path(sys.executable).with_name("nameko"), "run", name, "--broker", uri]
        process = subprocess.Popen(command, cwd=folder, stdout=heard, stderr=subprocess.STDOUT)
    try:
        yield output
    finally:
        process.kill()
        process.wait()


def run_program(folder, uri, name):
    """What the page's program printed."""
    (folder / name).write_text(program(name))
    environment = {"PATH": os.environ["PATH"], "AMQP_URI": uri}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", name],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class StockCaller:
    """stock_caller.py, with a partner's address."""

    def __init__(self, uri):
        script = Path(__file__).with_name("stock_caller.py")
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", script, uri],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=script.parent,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def send(self, service, method, **arguments):
        line = json.dumps([service, method, arguments]) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()

    def answer(self):
        return json.loads(self._process.stdout.readline())

    def call(self, service, method, **arguments):
        self.send(service, method, **arguments)
        return self.answer()

    def error(self, service, method, **arguments):
        """(exc_type, what `value` says as JSON) of a call that has to fail as a RemoteError."""
        answer = self.call(service, method, **arguments)
        assert answer.get("error") == "RemoteError", answer
        return answer["exc_type"], json.loads(answer["value"])


def until(condition, seconds=SECONDS):
    assert wait_until(condition, seconds, every=0.05)
