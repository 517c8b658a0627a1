"""Partners of a deployment: made at the running broker, and there again after each start."""

import json

import pytest

from deploy.local.waiting import wait_until
from tests.composed.deployment import HEALTHY_SECONDS

LIVE = ("supervision", "live", json.dumps({"period": "2017-W06"}))


@pytest.fixture
def warm(deployment):
    """`./warm partner …` on the deployment's machine: what it prints."""
    yield lambda *arguments: deployment.warm("partner", *arguments)
    deployment.stop("partners")


@pytest.mark.long
def test_a_partner_calls_a_deployment_until_it_is_removed(deployment, warm):
    def called(uri):
        return deployment.script("call_as_partner", uri, *LIVE)

    def address():
        return (deployment.folder / "secrets" / "partner.school.amqp").read_text()

    warm("add", "school", "--methods", "supervision.live", "--events", "relief.order.*")
    assert wait_until(lambda: deployment.health("bridge") == ["healthy"], HEALTHY_SECONDS)
    first = address()
    assert "result" in called(first)
    warm("rotate", "school")
    assert "error" in called(first)
    assert "result" in called(address())
    # From now on the broker has it by its definitions alone.
    deployment.compose("up", "-d", "--no-deps", "--force-recreate", "broker")
    deployment.wait_healthy()
    assert wait_until(lambda: "result" in called(address()), HEALTHY_SECONDS, every=1)
    [listed] = json.loads(warm("list", "--json"))["partners"]
    assert (listed["name"], listed["connected"], listed["lag"]) == ("school", True, 0)
    last = address()
    warm("remove", "school")
    assert "error" in called(last)
    assert "no partners" in warm("list")
