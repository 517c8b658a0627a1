"""The stack that integration and end-to-end tests share."""

import pytest

from deploy.local.signals import terminate_like_interrupt
from deploy.local.stacks import named_stack


@pytest.fixture(scope="session")
def stack():
    """A real broker and a real database, fresh at the start of the session; no services yet."""
    terminate_like_interrupt()
    with named_stack("test") as started:
        started.start_infrastructure()
        yield started


@pytest.fixture
def clean_stack(stack):
    """The stack with no service running, no message queued and no document stored."""
    stack.reset()
    yield stack
    stack.stop_services()
