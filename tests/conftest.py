"""For all suites: what may run beside what."""

from xdist.scheduler import LoadScopeScheduling

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
