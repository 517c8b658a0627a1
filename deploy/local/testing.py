"""What `./warm test` runs."""

import os
import subprocess
import sys

from deploy.local import install
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT

LINT = "lint"
NO_SUITES = ("support", "bench")
# Only when they are asked for: they test the tests.
ON_DEMAND = ("mutations",)
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("lint-imports",),
    ("mypy",),
)


def suites():
    """Names of the test folders, in alphabetical order."""
    folders = (ROOT / "tests").iterdir()
    return sorted(
        it.name for it in folders if (it / "__init__.py").exists() and it.name not in NO_SUITES
    )


def run(arguments, say):
    """Run what `arguments` name, the rest being for pytest; returns the exit status."""
    suite, rest = _suite_and_rest(arguments)
    if suite == LINT:
        return lint(say)
    linted = lint(say) if suite is None else 0
    if suite != "unit":
        _ensure_servers(say)
    if suite in (None, "end_to_end"):
        install.ensure_browser(say)
    chosen = [suite] if suite else [name for name in suites() if name not in ON_DEMAND]
    tested = _pytest([*(f"tests/{name}" for name in chosen), *rest])
    return tested or linted


def lint(say):
    """All checks, also after one has failed; returns the first failure's exit status, or 0."""
    failures = []
    for check in CHECKS:
        say(" ".join(check))
        # Beside the interpreter, not by PATH: the versions that the lock file pins.
        command = [os.path.join(os.path.dirname(sys.executable), check[0]), *check[1:]]
        failures.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
    return next(filter(None, failures), 0)


def _suite_and_rest(arguments):
    if not arguments or arguments[0].startswith("-"):
        return None, arguments
    if arguments[0] not in (LINT, *suites()):
        raise CannotRun(
            f"There are no tests called {arguments[0]!r}.",
            f"Choose one of: {', '.join((LINT, *suites()))}.",
        )
    return arguments[0], arguments[1:]


def _ensure_servers(say):
    if "AMQP_URI" not in os.environ:
        install.ensure_broker(say)
    if "MONGODB_URI" not in os.environ:
        install.ensure_database(say)


def _pytest(arguments):
    # Here, because a deployment has the other commands and no tests.
    import pytest

    os.chdir(ROOT)
    return int(pytest.main(arguments))
