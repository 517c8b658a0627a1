"""For all suites: what may run beside what, and on which broker."""

import os
import random

import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local.test_record import SEED
from tests.support import broker4
from tests.support.stack import clean_stack, snapshots, stack

__all__ = ["clean_stack", "snapshots", "stack"]

pytest_plugins = ["tests.support.accounting"]

# Each of these suites has servers of its own, which two workers can't share.
ONE_WORKER = ("chaos", "composed")


class ByFile(LoadScopeScheduling):
    """A file's tests run in one worker, because they share what is set up for the file.

    Not by pytest-xdist's groups: 3.8 doesn't see them with pytest 9.2.
    """

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        suite = file.split("/")[1]
        return suite if suite in ONE_WORKER else file


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_addoption(parser):
    group = parser.getgroup("warm")
    group.addoption("--seed", type=int, help="what is drawn at random is drawn with this seed")
    group.addoption("--broker4", action="store_true", help="the stacks' brokers are RabbitMQ 4.0")


def pytest_configure(config):
    # The workers inherit it.
    if config.getoption("broker4") and "PYTEST_XDIST_WORKER" not in os.environ:
        broker4.use()


@pytest.fixture(scope="session")
def seed(request):
    given = request.config.getoption("seed")
    drawn = random.randrange(10**6) if given is None else given
    SEED.parent.mkdir(exist_ok=True)
    SEED.write_text(str(drawn))
    return drawn
