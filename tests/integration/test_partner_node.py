"""The example of a partner's service in Node, unchanged, with its packages as they are pinned."""

import subprocess
from contextlib import contextmanager

import pytest

from deploy.local.places import ROOT
from tests.support import node, plain_amqp
from tests.support.partners import added, until
from tests.support.running import properties

EXAMPLE = ROOT / "deploy" / "examples" / "partner-node"
ALLOWED = {
    "methods": ("relief.order", "relief.record_visits"),
    "events": ("relief.order.raised",),
}
VISITS = "relief.visits_household"


@contextmanager
def example(uri, output):
    with output.open("ab") as printed:
        process = subprocess.Popen(
            ["node", "school.js"],
            cwd=node.installed(EXAMPLE),
            env=node.environment() | {"AMQP_URI": uri},
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_it_is_short():
    assert len((EXAMPLE / "school.js").read_text("utf-8").splitlines()) < 150


@pytest.mark.long
def test_it_hears_an_event_asks_for_more_and_gives_a_command(running, tmp_path):
    output = tmp_path / "printed.txt"
    with added(running.stack, "school", **ALLOWED) as partner:
        with example(partner.uri, output):
            until(lambda: "listening" in output.read_text())
            first = running.raise_order()["id"]
            until(lambda: f"visited {first} (raised)" in output.read_text())
            with plain_amqp.channel(partner.uri) as channel:
                channel.basic_publish("relief.events", "order.raised", b"{", properties())
                depth = {"queue": "school.parked", "passive": True}
                until(lambda: channel.queue_declare(**depth).method.message_count == 1)
        # What is raised meanwhile waits for it.
        second = running.raise_order()["id"]
        with example(partner.uri, output):
            until(lambda: f"visited {second} (raised)" in output.read_text())
    running.wait(lambda: running.live(VISITS) == "2")
