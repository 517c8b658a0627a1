"""For all suites: which tests are left to `./warm test long`, and what may run beside what."""

import pytest

from tests.support.stack import clean_stack, snapshots, stack

__all__ = ["clean_stack", "snapshots", "stack"]

pytest_plugins = ["tests.support.accounting"]

# Each has servers of its own: all of its tests run in one process, one after the other.
TOGETHER = ("chaos", "composed")


# First, because pytest-xdist reads the marks in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A file's tests stay together, because they share what is set up for the file."""
    for item in items:
        file = item.nodeid.split("::")[0]
        suite = file.split("/")[1]
        item.add_marker(pytest.mark.xdist_group(suite if suite in TOGETHER else file))
