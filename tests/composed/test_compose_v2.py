"""The same file with Compose v2."""

import pytest

from shared.platform.topology import SERVICES
from tests.composed import standins
from tests.composed.conftest import cache_folder
from tests.composed.deployment import SERVERS, Deployment

pytestmark = pytest.mark.long


@pytest.fixture
def second(docker, tmp_path, say):
    """A deployment beside the other one, by the other program."""
    docker_host, images = docker
    program = standins.compose_v2(docker_host, cache_folder(), say) if images else "docker-compose"
    made = Deployment(tmp_path, docker_host, images, "warmsecond", str(program))
    made.install()
    yield made
    made.compose("down", "--volumes")


def test_up_and_wait_ends_with_every_container_healthy(second):
    second.compose("up", "--detach", "--wait")
    for name in (*SERVERS, *SERVICES):
        assert second.health(name) == ["healthy"]
    second.compose("run", "--rm", "-T", "office", "import", "orgunits")
    assert "5 of 5 services are ready" in second.office("status")
