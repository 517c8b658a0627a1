"""What `./warm test` runs: the default run, one suite of it, or a part of the long run."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import disk, install
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT, VAR
from deploy.local.test_record import SEED, record

Say = Callable[[str], None]

LINT, LONG = "lint", "long"
TESTS = ROOT / "tests"
# Folders of tests/ that hold no suite of the default run.
NO_SUITES = ("support", "bench", "mutations")
NO_SERVERS = ("unit", "contract")
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("lint-imports",),
    ("mypy",),
)
# Core-seconds in the default run, and the 45 core-minutes that they share (docs/testing.md).
TOTAL = 2700
BUDGETS = {
    "unit": 400,
    "contract": 45,
    "integration": 1100,
    "end_to_end": 330,
    "chaos": 370,
    "composed": 370,
    LINT: 40,
}
# More than cores: a worker often waits for a server that starts, or for a condition.
WORKERS = 3
PARALLEL = ("-n", str(WORKERS), "--dist", "loadscope", "--no-loadscope-reorder")
# A run in which everything fails tells no more after this many failures, or after three times its
# usual time: it ends with a report while somebody still waits for it.
GIVE_UP = ("--maxfail=40",)
GIVE_UP_SECONDS = 4200
# In bytes: what servers, images and containers of a run take at most, and the broker's limit.
DISK = 5_000_000_000
MARKED = ("-m", "long")
# Measures memory and times, so nothing runs beside it.
FUZZ = "tests/integration/test_rpc_fuzz.py"


@dataclass(frozen=True)
class Part:
    """A part of the long run: at most 40 minutes on 2 cores."""

    name: str
    about: str
    arguments: tuple[str, ...]


PARTS = (
    Part(
        "composed",
        "the composed system: scaled, upgraded, each container killed alone, stopped and started,"
        " both generations of compose; subscribers, partners and programs in containers",
        ("tests/composed", *MARKED),
    ),
    Part("chaos_mixed", "faults mixed for 20 minutes", ("tests/chaos/test_mixed.py", *MARKED)),
    Part(
        "chaos_pairs_1",
        "the first half of all pairs of faults",
        ("tests/chaos/test_pairs.py", *MARKED, "--half", "1"),
    ),
    Part(
        "chaos_pairs_2",
        "the second half of all pairs of faults",
        ("tests/chaos/test_pairs.py", *MARKED, "--half", "2"),
    ),
    Part(
        "integration",
        "full matrices and repetitions of the integration suite; the contract in other tools",
        (
            "tests/integration",
            "tests/end_to_end",
            "tests/contract",
            "tests/unit",
            *MARKED,
            *PARALLEL,
            f"--ignore={FUZZ}",
        ),
    ),
    Part("fuzz", "20 minutes of careless requests to every RPC method", (FUZZ, *MARKED)),
    Part(
        "broker4",
        "what rests on the broker, on RabbitMQ 4.0: assumptions, clients, foreign clients,"
        " streams of reports, keys and forms, returned messages, subscribers, dead letters, the"
        " inbox, requests, other protocols, partners",
        (
            "--broker4",
            "-m",
            "",
            "tests/integration/assumptions",
            "tests/integration/clients",
            "tests/integration/foreign",
            *(
                f"tests/integration/test_{name}.py"
                for name in (
                    "undelivered",
                    "subscriber",
                    "subscribers",
                    "report_streams",
                    "permissions",
                    "dead_letter_actions",
                    "deadletters",
                    "inbox",
                    "publisher",
                    "rpc_robustness",
                    "other_protocols",
                    "partners",
                    "partners_events",
                    "partners_faults",
                    "partner_node",
                )
            ),
        ),
    ),
    Part("mutations", "each guarantee taken out of the code: a test fails", ("tests/mutations",)),
)


def suites() -> list[str]:
    """Names of the suites of the default run, in alphabetical order."""
    return sorted(
        it.name
        for it in TESTS.iterdir()
        if (it / "__init__.py").exists() and it.name not in NO_SUITES
    )


def run(arguments: Sequence[str], say: Say) -> int:
    """Run what `arguments` name, the rest being for pytest; returns the exit status."""
    if not arguments or arguments[0].startswith("-"):
        return _default(arguments, say)
    name, *rest = arguments
    if name == LINT:
        return lint(say)
    if name == LONG:
        return _long(rest, say)
    if name not in suites():
        known = ", ".join((LINT, *suites(), LONG))
        raise CannotRun(f"There are no tests called {name!r}.", f"Choose one of: {known}.")
    _ensure_programs(name, say)
    return _pytest([f"tests/{name}", *rest])


def lint(say: Say) -> int:
    """All checks, also after one has failed; returns the first failure's exit status, or 0."""
    failures = []
    for check in CHECKS:
        say(" ".join(check))
        failures.append(subprocess.run(_program(check), cwd=ROOT, check=False).returncode)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    core = spent.ru_utime + spent.ru_stime
    say(f"{LINT}: {core:.0f} core-seconds{over_budget(LINT, core)}")
    return next(filter(None, failures), 0)


def over_budget(suite: str, core: float) -> str:
    """The suite's budget, and whether `core` seconds are more; nothing without a budget."""
    if suite not in BUDGETS:
        return ""
    over = "  OVER ITS BUDGET" if core > BUDGETS[suite] else ""
    return f", budget {BUDGETS[suite]}{over}"


def _default(arguments: Sequence[str], say: Say) -> int:
    """Lint beside all suites; a test that is named in `arguments` needs no others."""
    began = time.monotonic()
    disk.require_free(ROOT, DISK, "A run of all tests")
    for name in suites():
        _ensure_programs(name, say)
    linted = _Lint(VAR / "lint.log", say)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(GIVE_UP_SECONDS)
    tested = _pytest([*(f"tests/{name}" for name in suites()), *PARALLEL, *GIVE_UP, *arguments])
    signal.alarm(0)
    failed = linted.failed()
    say(f"{(time.monotonic() - began) / 60:.1f} minutes of wall time")
    return tested or failed


def _give_up(*_: object) -> None:
    raise KeyboardInterrupt(f"not done within {GIVE_UP_SECONDS} s")


class _Lint:
    """The checks in the background, their output kept until the tests have ended."""

    def __init__(self, log: Path, say: Say) -> None:
        self._log, self._say = log, say
        log.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-P", "-m", "deploy.local.cli", "test", LINT]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def failed(self) -> int:
        status = self._process.wait()
        text = self._log.read_text(errors="replace")
        self._say(text if status else text.splitlines()[-1])
        self._say("lint failed" if status else "lint passed")
        return status


def _long(arguments: Sequence[str], say: Say) -> int:
    """All parts, or the named one; each leaves a row in docs/testing.md."""
    named = [part for part in PARTS if arguments and part.name == arguments[0]]
    if arguments and not named and not arguments[0].startswith("-"):
        known = ", ".join(part.name for part in PARTS)
        raise CannotRun(f"The long run has no part {arguments[0]!r}.", f"Choose one of: {known}.")
    rest = arguments[1:] if named else arguments
    statuses = [_part(part, rest, say) for part in named or PARTS]
    return next(filter(None, statuses), 0)


def _part(part: Part, rest: Sequence[str], say: Say) -> int:
    say(f"{part.name}: {part.about}")
    for name in suites():
        _ensure_programs(name, say)
    SEED.unlink(missing_ok=True)
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "pytest", *part.arguments, *rest]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    record(part.name, time.monotonic() - began, status)
    return status


def _ensure_programs(suite: str, say: Say) -> None:
    if suite != LINT:
        install.ensure_fonts(say)
    if suite in NO_SERVERS:
        return
    if "AMQP_URI" not in os.environ:
        install.ensure_broker(say)
    if "MONGODB_URI" not in os.environ:
        install.ensure_database(say)
    if suite == "end_to_end":
        install.ensure_browser(say)


def _program(check: Sequence[str]) -> list[str]:
    """Beside the interpreter, not by PATH: the versions that the lock file pins."""
    return [os.path.join(os.path.dirname(sys.executable), check[0]), *check[1:]]


def _pytest(arguments: Sequence[str]) -> int:
    # Here, because a deployment has the other commands and no tests.
    import pytest

    os.chdir(ROOT)
    return int(pytest.main(list(arguments)))
