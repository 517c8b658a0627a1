"""A stack of chaos' own, whose servers may be killed, with all services running."""

import pytest

from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack
from shared.service.rpc_client import RpcClient
from tests.chaos.district import District
from tests.support import prefork

MINUTES = 20


def pytest_addoption(parser):
    group = parser.getgroup("chaos")
    group.addoption("--half", type=int, choices=(1, 2), help="of the pairs of faults, one half")
    group.addoption("--minutes", type=float, help=f"how long faults are mixed ({MINUTES})")


@pytest.fixture
def minutes(request):
    return request.config.getoption("minutes", default=None) or MINUTES


@pytest.fixture(scope="package")
def chaos_stack():
    terminate_like_interrupt()
    uninstall = prefork.install()
    with named_stack("chaos") as stack:
        if not stack.owns_servers:
            pytest.skip("AMQP_URI and MONGODB_URI name servers that aren't there to be killed")
        stack.start_infrastructure()
        yield stack
    uninstall()


@pytest.fixture(scope="module")
def at_work(chaos_stack):
    """The district at work, in a list that is empty before there is one."""
    districts = []
    yield districts
    for left in districts:
        left.close()
    chaos_stack.stop_services()


@pytest.fixture
def district(chaos_stack, at_work):
    """All services are up, and what was acknowledged so far has been reckoned: where a test
    failed, the next one begins with empty databases."""
    if at_work and not at_work[0].sound:
        at_work.pop().close()
    if not at_work:
        chaos_stack.resume_infrastructure()
        chaos_stack.reset()
        at_work.append(District(chaos_stack, RpcClient(chaos_stack.amqp_uri)))
        at_work[0].open()
    at_work[0].sound = False
    return at_work[0]
