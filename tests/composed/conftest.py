import pytest

from deploy.local.places import VAR
from tests.composed import engine, standins

CACHE = VAR / "composed"


@pytest.fixture(scope="session")
def docker_host():
    """An engine that has the stand-ins."""
    with engine.started(CACHE, print) as address:
        standins.ensure(address, CACHE, print)
        yield address


@pytest.fixture(scope="session")
def compose(docker_host):
    """Composes by their major version."""
    return {1: "docker-compose", 2: standins.compose_v2(docker_host, CACHE, print)}
