"""The stack that integration and end-to-end tests share: one in each process that runs tests."""

import os

import pytest

from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack
from shared.platform.topology import SERVICES
from tests.support import prefork
from tests.support.snapshots import Snapshots

# Most tests read no file: others take seconds to make, for each issue.
os.environ.setdefault("WARM_FORMS", "text,html")


@pytest.fixture(scope="session")
def stack():
    """A real broker and a real database, fresh at the start of the session; no services yet."""
    terminate_like_interrupt()
    uninstall = prefork.install()
    with named_stack(stack_name()) as started:
        started.start_infrastructure()
        yield started
    uninstall()


def stack_name():
    """`test`, and `test-1`, `test-2` for the further workers of a run with several."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return "test" if number == "0" else f"test-{number}"


@pytest.fixture(scope="session")
def snapshots(stack):
    """What tests begin with, kept after the first of them entered it."""
    return Snapshots(stack)


@pytest.fixture
def clean_stack(stack):
    """The stack with no service running, no message queued and no document stored."""
    stack.reset()
    yield stack
    end_services(stack)


def end_services(stack):
    """At once: nobody looks at what they would still do, and the next user resets the stack."""
    for name in SERVICES:
        stack.kill_service(name)
