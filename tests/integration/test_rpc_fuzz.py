"""Whatever callers send to any method: each request gets a typed answer, and nobody else notices.

Beside it others give commands, whose ids are known, and one asks every service without a pause.
"""

import json
import threading
import time
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from deploy.local.places import VAR
from shared.contracts.limits import ANSWER_BYTES, QUERY_BYTES
from shared.contracts.rpc import METHODS
from shared.domain.errors import NotFound, WarmError
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.support.calling import Caller, acknowledged, assert_nothing_lost, while_calling
from tests.support.fuzzing import Fuzzer, bodies

TYPED = {kind.__name__ for kind in WarmError.__subclasses__()}
# Each method once in a round.
ROUNDS = 3
LONG_SECONDS = 20 * 60
QUIET_SECONDS = 15
# Commands beside the fuzzing come one after the other from so many callers.
CALLERS = 2
# Together a district's week, at 250,000 facts a year. Drafting and sealing read the whole week,
# whatever asks for it. Then they repeat themselves.
MOST = 2_500
MEMORY = 1.5
SLOWER = 5


def test_no_request_harms_anybody(running, seed):
    """How long bystanders wait is measured where nothing else runs: in the long run."""
    chance = Random(f"{seed}:fuzz")
    fuzzed(running, chance, chain.from_iterable(bodies(chance) for _ in range(ROUNDS)))


@pytest.mark.long
def test_no_request_harms_anybody_in_twenty_minutes(running, seed):
    chance, end = Random(f"{seed}:long fuzz"), time.monotonic() + LONG_SECONDS
    rounds = iter(lambda: time.monotonic() < end, False)
    found = fuzzed(running, chance, chain.from_iterable(bodies(chance) for _ in rounds))
    assert found["p99_beside_ms"] <= SLOWER * found["p99_quiet_ms"], found


def fuzzed(running, chance, requests):
    """What was measured, once nobody was harmed."""
    pids = running.pids()
    callers = [
        Caller(running, f"beside-fuzzing-{chance.random()}-{n}", MOST) for n in range(CALLERS)
    ]
    fuzzer = Fuzzer(running.stack.amqp_uri, check)
    quiet, beside = Bystander(running), Bystander(running)
    # Every path has run once: what is loaded at its first use isn't counted.
    Fuzzer(running.stack.amqp_uri, check).run(bodies(chance))
    while_calling(callers, lambda: quiet.during(lambda: time.sleep(QUIET_SECONDS)))
    rest = {name: resident(pid) for name, pid in pids.items()}
    while_calling(again(callers), lambda: beside.during(lambda: fuzzer.run(requests)))
    peak = {name: resident(pid, "VmHWM") for name, pid in pids.items()}
    found = {
        "requests": fuzzer.sent,
        "answers": dict(fuzzer.answers),
        "largest_bytes": dict(fuzzer.largest),
        "rest_kb": rest,
        "peak_kb": peak,
        "p99_quiet_ms": quiet.p99(),
        "p99_beside_ms": beside.p99(),
        "commands": sum(caller.given for caller in callers),
    }
    (VAR / "fuzz.json").write_text(json.dumps(found, indent=1))
    print(json.dumps(found))
    assert running.pids() == pids
    assert set(fuzzer.answers) <= TYPED | {"result"}
    assert all(peak[name] <= MEMORY * rest[name] for name in SERVICES), found
    assert acknowledged(callers)
    assert_nothing_lost(running, callers)
    return found


def check(service, method, answer, size, request):
    """Typed, declared, and no larger than anybody asked for."""
    error, declared = answer["error"], METHODS[service][method]
    asked_for = not error and not declared.changes
    assert size <= (QUERY_BYTES if asked_for else ANSWER_BYTES), (service, method, size, request)
    if error:
        raised = {kind.__name__ for kind in declared.raises}
        assert error["exc_type"] in raised, (service, method, error, request)


class Bystander:
    """Asks each service in turn, and keeps how long the answers took."""

    def __init__(self, running):
        self.running, self.seconds = running, []
        self._stopping = False
        self._failed = []

    def during(self, act):
        thread = threading.Thread(target=self._ask)
        thread.start()
        try:
            act()
        finally:
            self._stopping = True
            thread.join()
        assert not self._failed

    def _ask(self):
        with RpcClient(self.running.stack.amqp_uri) as rpc:
            while not self._stopping:
                for name in SERVICES:
                    began = time.monotonic()
                    try:
                        rpc.call(name, "replay_progress", id="no-such")
                    except NotFound:
                        self.seconds.append(time.monotonic() - began)
                    except Exception as error:
                        self._failed.append(error)
                time.sleep(0.01)

    def p99(self):
        """In milliseconds."""
        return round(sorted(self.seconds)[int(len(self.seconds) * 0.99)] * 1000, 1)


def again(callers):
    for caller in callers:
        caller.stopping = False
    return callers


def resident(pid, what="VmRSS"):
    """In kilobytes."""
    [line] = [
        line
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(what)
    ]
    return int(line.split()[1])
