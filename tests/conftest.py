"""For all suites: what may run beside what."""

import random

import pytest
from xdist.scheduler import LoadScopeScheduling

from deploy.local.test_record import SEED
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
    help_ = "what is drawn at random is drawn with this seed"
    parser.getgroup("warm").addoption("--seed", type=int, help=help_)


@pytest.fixture(scope="session")
def seed(request):
    given = request.config.getoption("seed")
    drawn = random.randrange(10**6) if given is None else given
    SEED.parent.mkdir(exist_ok=True)
    SEED.write_text(str(drawn))
    return drawn
