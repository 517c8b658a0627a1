"""The programs of the reference, copied and run against a real broker and real services."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

from deploy.catalogue import snippets
from shared.contracts.events import EVENT_TYPES

SECONDS = 60


@contextmanager
def program(running, text):
    environment = os.environ | {"AMQP_URI": running.stack.amqp_uri, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", text]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def answer(running, full, method):
    with program(running, snippets.call(full, method)) as started:
        return json.loads(started.communicate(timeout=SECONDS)[0])


def test_the_program_of_an_event_prints_it(running):
    with program(running, snippets.hear(EVENT_TYPES["relief.order.raised"])) as started:
        assert "waiting" in started.stdout.readline()
        order = running.raise_order()
        events = running.ask("relief", "events", after=0, limit=1000)["events"]
        event = next(it for it in events if it["subject"] == order["id"])
        line = started.stdout.readline()
    assert line.startswith(f"{event['id']} {event['time']} {event['orgunit']} ")


def test_the_program_of_a_query_prints_its_answer(running):
    found = answer(running, "common.health", "relief.health")
    assert found["error"] is None and found["result"]["service"] == "relief"


def test_the_program_of_a_command_prints_the_typed_error_of_its_example(running):
    """The golden example is of a unit that this registry lacks."""
    found = answer(running, "relief.record_visits", "relief.record_visits")
    assert found["result"] is None
    assert found["error"]["exc_type"] == "ValidationFailed"
    assert json.loads(found["error"]["value"])["data"].keys() == {"orgunit"}
