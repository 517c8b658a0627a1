"""Leaving a broker that hangs: `secured_leave.py URI PID-OF-THE-BROKER`.

Several green threads wait for confirms on one connection when the broker stops answering. Prints
the outcome of each, whether the next publication went out, and how long an RPC client with a
deadline of a second was held up.
"""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import json
import os
import signal
import sys
import time
from contextlib import contextmanager

from shared.contracts.messages import Message
from shared.domain.errors import DeadlineExceeded
from shared.messaging import publisher as publishing
from shared.messaging.publisher import Publisher
from shared.service.rpc_client import RpcClient, _Call
from tests.support.foreign import visits

EXCHANGE = "relief.events"
WAITING = 3
publishing.CONFIRM_SECONDS = 2


@contextmanager
def hanging(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def outcome(publisher):
    try:
        publisher.publish(EXCHANGE, [Message.of(visits())])
    except Exception as error:
        return type(error).__name__
    return "published"


def ask(rpc):
    """Nobody answers: no service runs."""
    began = time.monotonic()
    try:
        rpc.call("relief", "health", timeout=1)
    except DeadlineExceeded:
        rpc._drop()
    return time.monotonic() - began


def main(uri, pid):
    publisher = Publisher(uri)
    first = outcome(publisher)
    with RpcClient(uri) as rpc:
        ask(rpc)
        rpc._open(_Call("relief", "health", b"", None, time.monotonic() + 10, ""))
        with hanging(int(pid)):
            threads = [eventlet.spawn(outcome, publisher) for _ in range(WAITING)]
            answers = [thread.wait() for thread in threads]
            seconds = ask(rpc)
    print(json.dumps([first, answers, outcome(publisher), seconds]))


main(*sys.argv[1:])
