"""What each suite takes of the test budget, in core-seconds: processor time of the tests and of all
processes that they started, servers and containers included.

A pytest plugin. Each worker measures its own tree of processes; the report adds them up by suite.
Reading the tree takes milliseconds, so it is read at the end of each file and after slow tests.
"""

import ctypes
import json
import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local.testing import over_budget

SLOW_SECONDS = 1.0
# Characters of the line of a failure.
TOLD = 300
PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")
REPORT, FAILURES = "var/test-budget.json", "var/test-failures.log"


def core_seconds():
    """Processor time of this process and of everything that descends from it, ended or not."""
    spent, children = {}, defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        process = int(folder.name)
        children[int(fields[1])].append(process)
        # utime, stime and those of its children that ended and were waited for.
        spent[process] = sum(map(int, fields[11:15]))
    total, left = 0, [os.getpid()]
    while left:
        process = left.pop()
        total += spent.get(process, 0)
        left += children[process]
    return total / TICKS


@dataclass
class Spent:
    tests: int = 0
    core: float = 0.0
    wall: float = 0.0

    def add(self, tests, core, wall):
        self.tests += tests
        self.core += core
        self.wall += wall


class Meter:
    """In each process that runs tests: attaches to a test's reports what was spent since the last
    reading."""

    def __init__(self):
        # Containers' processes lose their parent: so they stay in this tree.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._known, self._began = core_seconds(), time.monotonic()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        began = time.monotonic()
        result = yield
        if time.monotonic() - began > SLOW_SECONDS:
            self._read(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item, nextitem):
        result = yield
        last = nextitem is None or nextitem.path != item.path
        if last or time.monotonic() - self._began > SLOW_SECONDS:
            self._read(item)
        return result

    def _read(self, item):
        core, now = core_seconds(), time.monotonic()
        spent = [round(core - self._known, 2), round(now - self._began, 2)]
        item.user_properties.append(("spent", spent))
        self._known, self._began = core, now


@dataclass(eq=False)
class Report:
    """In the process that reports: by suite and by file."""

    config: object
    suites: dict = field(default_factory=lambda: defaultdict(Spent))
    files: dict = field(default_factory=lambda: defaultdict(Spent))

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self._keep(report)
            self._tell(report)
        if report.when != "teardown":
            return
        file = report.nodeid.split("::")[0]
        spent = [value for name, value in report.user_properties if name == "spent"]
        core, wall = sum(it[0] for it in spent), sum(it[1] for it in spent)
        for known in (self.suites[file.split("/")[1]], self.files[file]):
            known.add(1, core, wall)

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.section("test budget")
        for name, spent in sorted(self.suites.items()):
            terminalreporter.line(_line(name, spent))
        self._save()

    @staticmethod
    def _keep(report):
        """Written at once: the terminal shows failures only at the end of the run."""
        with Path(FAILURES).open("a") as file:
            file.write(f"{report.nodeid} {report.when}\n{report.longreprtext}\n\n")

    def _tell(self, report):
        """At once: a run that is cut short shows nothing of what pytest keeps for its end."""
        lines = report.longreprtext.splitlines()
        reason = next((line[1:].strip() for line in lines if line.startswith("E ")), "")
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        terminal.ensure_newline()
        terminal.write_line(f"{report.nodeid} {report.when}: {reason}"[:TOLD])

    def pytest_sessionstart(self):
        Path(FAILURES).parent.mkdir(exist_ok=True)
        Path(FAILURES).write_text("")

    def _save(self):
        file = Path(REPORT)
        file.parent.mkdir(exist_ok=True)
        rows = {name: vars(spent) for name, spent in {**self.suites, **self.files}.items()}
        file.write_text(json.dumps(rows, indent=1))


def _line(suite, spent):
    figures = f"{spent.tests} tests, {spent.core:.0f} core-seconds in {spent.wall:.0f} s"
    return f"{suite}: {figures}{over_budget(suite, spent.core)}"


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(config), "test-budget-report")
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        config.pluginmanager.register(Meter(), "test-budget-meter")
