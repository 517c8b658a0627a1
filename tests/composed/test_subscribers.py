"""Subscribers of a running deployment, by the command on its machine."""

import json

import pytest

from tests.composed import programs

NEXT = "2017-W10"
REPORT = f"{NEXT}-r0"
SECONDS = 120
# For what must not come.
QUIET_SECONDS = 5


@pytest.fixture
def warm(deployment):
    """`./warm subscriber …`."""
    return lambda *arguments: deployment.warm("subscriber", *arguments)


@pytest.mark.long
def test_a_subscriber_is_added_tried_given_a_new_password_and_removed(deployment, published, warm):
    def listed():
        found = json.loads(warm("list", "--json"))
        return {it["name"]: it for it in found}.get("website")

    def received(seconds=QUIET_SECONDS):
        return programs.receive(deployment, address, REPORT, seconds)

    warm("add", "website")
    address = programs.address(deployment, "website")
    deployment.publish(NEXT)
    # Alone: it has what was published since it was added.
    assert received(SECONDS) == {"reports": [REPORT]}
    assert listed()["last_acknowledged"]["period"] == NEXT
    assert listed()["queue"] == {"waiting": 0, "undelivered": 0, "consumers": 0, "oldest": None}

    warm("test", "website")
    assert listed()["queue"]["waiting"] == 1
    assert received() == {"reports": []}
    assert listed()["test"]["acknowledged"]

    warm("rotate", "website")
    assert "error" in received()
    address = programs.address(deployment, "website")
    assert received() == {"reports": []}

    # Running it again changes nothing.
    assert "website" in warm("apply")
    assert received() == {"reports": []}
    warm("remove", "website", "--yes")
    assert "error" in received()
    assert listed() is None
