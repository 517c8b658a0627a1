"""Programs of subscribers beside the services: each profile starts, becomes healthy, and makes what
it promises of the next issue."""

import json
from xml.etree import ElementTree

import pytest

from deploy.local.waiting import wait_until
from tests.composed import programs
from tests.composed.confined import require_confined
from tests.composed.deployment import EXAMPLES, HEALTHY_SECONDS

FIRST, NEXT = "2017-W06", "2017-W07"
ENTRY = "{http://www.w3.org/2005/Atom}entry"


def wait_for(condition):
    assert wait_until(condition, HEALTHY_SECONDS, 0.5)


def test_the_feed_of_a_deployment_has_the_issue(deployment, feed):
    programs.wait_healthy(deployment, "feed")
    wait_for(lambda: f"{FIRST}-r0.html" in programs.files(deployment, "feed", "/briefings/feed"))


@pytest.fixture
def running(deployment, feed):
    others = [name for name in EXAMPLES if name != "feed"]
    programs.add(deployment, *others)
    deployment.start("receiver")
    yield
    programs.remove(deployment, *others)
    deployment.stop("receiver")


@pytest.mark.long
def test_each_program_makes_what_it_promises_of_the_next_issue(deployment, running):
    programs.wait_healthy(deployment, *EXAMPLES)
    for name in EXAMPLES:
        [container] = deployment.containers(name)
        require_confined(deployment.inspect(container))
    deployment.publish(NEXT)
    public = deployment.public(NEXT)

    def written(name, folder):
        return programs.files(deployment, name, f"/briefings/{folder}")

    wait_for(lambda: f"{NEXT}-r0.html" in written("feed", "feed"))
    feed = written("feed", "feed")
    assert len(json.loads(feed["feed.json"])["items"]) == 2
    assert len(ElementTree.fromstring(feed["feed.atom"]).findall(ENTRY)) == 2

    for week in (FIRST, NEXT):
        wait_for(lambda it=week: programs.archived(deployment, f"{it}-r0"))
    assert written("full-archive", f"archive/{NEXT}-r0")["issue.json"].decode() == public

    wait_for(lambda: {f"{FIRST}.csv", f"{NEXT}.csv"} <= written("statistics", "statistics").keys())

    wait_for(lambda: programs.received(deployment).get(NEXT))
    received = programs.received(deployment)
    assert list(received) == [FIRST, NEXT]
    assert received[NEXT]["type"] == "briefing.published"
    assert received[NEXT]["data"]["document"] == public

    wait_for(lambda: accepted(deployment) >= set(EXAMPLES))
    assert deployment.status_when_well()["overview"]["parked"] == 0


def accepted(deployment):
    """The subscribers that have acknowledged the next issue."""
    found = deployment.ask("supervision", "subscribers")
    last = {it["name"]: it["last_acknowledged"] for it in found}
    return {name for name, it in last.items() if it and it["period"] == NEXT}
