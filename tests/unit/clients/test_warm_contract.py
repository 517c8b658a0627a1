"""warm-contract against handlers that are right, and wrong in each way that it looks for."""

import json
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from tests.support import doc_pages

PROGRAM = ROOT / "clients" / "contract" / "warm_contract.py"
PAGE = "docs/how-to/test-a-consumer.md"
TYPES = "supervision.briefing.*"

# What every handler below begins with: `event` is the next event.
LOOP = """
import json, sys, time
seen = set()
for line in sys.stdin:
    event = json.loads(line)
    kind, version = event["dataschema"].removeprefix("urn:warm:").rsplit(":", 1)
    wanted = event["type"] == "supervision.briefing.published"
    known = wanted and version in ("1", "2")
    print(answer(event, known, version), flush=True)
"""
GOOD = """
def answer(event, known, version):
    return "ok" if known and event["data"]["document"] else "ignored"
"""


def answers(*lines):
    return "\n    ".join(("def answer(event, known, version):", *lines)) + "\n"


BAD = {
    "refuses unknown fields": (
        answers(
            'strange = known and "warm_contract_added" in event["data"]',
            'return "a strange field" if strange else "ok" if known else "ignored"',
        ),
        "with unknown fields: a strange field",
    ),
    "takes an event once": (
        answers(
            'again = event["id"] in seen',
            'seen.add(event["id"])',
            'return "again?" if again else "ok" if known else "ignored"',
        ),
        "the same event twice: again?",
    ),
    "dies of an unknown type": (
        answers(
            'if "invented" in kind: sys.exit(3)',
            'return "ok" if known else "ignored"',
        ),
        "of an unknown type: the handler ended with status 3",
    ),
    "reads every version alike": (
        answers('return "ok" if wanted and event["data"]["document"] else "ignored"'),
        "of a later version: the handler ended with status 1",
    ),
    "reads only the version that ends": (
        answers('return "ok" if known and version == "1" else "ignored"'),
        "you handle no other version, and this one ends with 0.5",
    ),
    "handles nothing": (answers('return "ignored"'), "handled no event at all"),
    "gives no answer": (
        answers('if kind.endswith("withdrawn"): time.sleep(60)', 'return "ok"'),
        "no answer within 2 s",
    ),
}


def run(tmp_path, handler, *options, command=None):
    file = tmp_path / "handler.py"
    file.write_text(handler + LOOP)
    command = command or [sys.executable, "-S", str(file)]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--types", TYPES, *options, "--", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_right_handler_passes_and_sees_what_it_handles(tmp_path):
    status, said = run(tmp_path, GOOD)
    assert status == 0, said
    assert "ok       supervision.briefing.published.2" in said
    assert "ignored  supervision.briefing.revised.2" in said
    assert "relief" not in said


@pytest.mark.parametrize("handler, said", BAD.values(), ids=BAD)
def test_a_wrong_handler_fails_and_sees_why(tmp_path, handler, said):
    # Long enough for an interpreter to start beside other tests.
    options = ["--seconds", "2"] if "no answer" in said else []
    status, output = run(tmp_path, handler, *options)
    assert status == 1
    assert said in output


def test_without_events_or_handler_it_cannot_run(tmp_path):
    assert run(tmp_path, GOOD, "--events", str(tmp_path))[0] == 2
    status, said = run(tmp_path, GOOD, command=["./no-such-program"])
    assert (status, "can't start ./no-such-program" in said) == (2, True)


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_handlers_of_the_page_pass(tmp_path, language):
    (code,) = [it for kind, it, _ in doc_pages.blocks(doc_pages.text(PAGE)) if kind == language]
    name, program = {"python": ("handler.py", sys.executable), "js": ("handler.mjs", "node")}[
        language
    ]
    (tmp_path / name).write_text(code)
    status, said = run(tmp_path, GOOD, command=[program, name])
    assert status == 0, said


def test_the_example_of_expectations_on_the_page_is_of_the_right_form():
    (code,) = [it for kind, it, _ in doc_pages.blocks(doc_pages.text(PAGE)) if kind == "json"]
    assert json.loads(code)["calls"]
