"""An engine with images, and the composed system, up."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.errors import CannotRun
from deploy.local.signals import terminate_like_interrupt
from tests.composed import engine, programs, standins
from tests.composed.deployment import Deployment

WEEK = "2017-W06"
FACTS = "deploy/data/programme_2017.yaml"


def cache_folder():
    """Images stay there from one run to the next."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "warm-district", "composed")


@pytest.fixture(scope="session")
def say(request):
    """Progress on the terminal: making images takes minutes."""
    terminal = request.config.get_terminal_writer()
    return lambda message: terminal.line(f"  {message}")


# Gone before the other suites begin.
@pytest.fixture(scope="package")
def docker(say):
    """(address of an engine, images that take the place of those in .env).

    The engine of DOCKER_HOST with the images as they are, or one of the tests' own with stand-ins.
    """
    terminate_like_interrupt()
    if "DOCKER_HOST" in os.environ:
        yield os.environ["DOCKER_HOST"], {}
        return
    with ExitStack() as stack:
        try:
            docker_host = stack.enter_context(engine.started(cache_folder(), say))
        except CannotRun as problem:
            pytest.skip(f"the composed system wasn't run: {problem}")
        standins.ensure(docker_host, cache_folder(), say)
        yield docker_host, standins.images()


@pytest.fixture(scope="package")
def deployment(docker, tmp_path_factory):
    """The composed system, up and healthy, with the registry entered."""
    docker_host, images = docker
    made = Deployment(tmp_path_factory.mktemp("composed"), docker_host, images, "warmtest")
    made.install()
    try:
        made.compose("up", "-d")
        made.wait_healthy()
        made.office("import", "orgunits")
        made.office("import", "orgunits", "--retired", "deploy/data/erqi_retired.csv")
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="package")
def published(deployment):
    """The programme's facts, entered and published; the issue as an operator gets it."""
    deployment.start("subscriber")
    deployment.office("import", "facts", FACTS)
    deployment.settle()
    return deployment.publish(WEEK)


@pytest.fixture(scope="package")
def feed(deployment, published):
    """The example of a web site's feed, as a subscriber that was added to the deployment."""
    programs.add(deployment, "feed")
