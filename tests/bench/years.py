"""What the programme office waits for with years of facts, beside an earlier build in turns."""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from deploy.local.places import ROOT
from deploy.local.stacks import port_base
from services.supervision.forms.catalogue import FORMS
from services.supervision.workflow.issue_maker import make
from tests.bench.office import office
from tests.bench.report import median
from tests.bench.stage import timed

FACTS = 1_000_000
# The build before there were releases. It makes no forms.
EARLIER = "2162d08"
# The stacks here leave the ports from here on; the other build's `bench` begins 400 after its own.
PORTS = 400
THRESHOLD = 5


def run(stage, rounds, say, facts=FACTS):
    """Seconds of each step, here and by the earlier build, and what it takes here of what it takes
    there. The forms of a publication are left out. In each round another week is published; the
    builds take turns. How long drafts take is the job `briefing`."""
    back = [0, *range(2, rounds + 1)]
    with (
        earlier_build(say) as folder,
        office(stage, facts) as here,
        at_work(folder, facts) as before,
    ):
        found = []
        for weeks_back in back:
            found.append(turn(here, before, weeks_back))
            say(f"years {len(found)}/{rounds}: {found[-1]}")
    ratio = {
        "publish": of(found, "publish", "publish"),
        "verify_quick": of(found, "verify_quick", "verify"),
        "verify": of(found, "verify", "verify"),
        "explain": of(found, "explain", "explain"),
    }
    return {
        "facts": facts,
        "seconds": {name: median(row["here"][name] for row in found) for name in found[0]["here"]},
        "earlier": {
            name: median(row["before"][name] for row in found) for name in found[0]["before"]
        },
        "of_earlier": ratio,
        "peak_mb": max(row["peak_mb"] for row in found),
    }


def of(found, here, before):
    return median(row["here"][here] / row["before"][before] for row in found)


def turn(here, before, weeks_back):
    """Seconds of each step of both, one after the other."""
    steps = {
        "draft": {"step": "draft", "weeks_back": weeks_back},
        "approve": {"step": "approve"},
        "publish": {"step": "publish"},
        "explain": {"step": "explain"},
        "verify": {"step": "verify"},
        "verify_quick": {"step": "verify", "quick": True},
    }
    took, took_before = {}, {}
    for name, step in steps.items():
        if name != "verify_quick":
            took_before[name] = before(**step)["seconds"]
        measured = here.take(**step)
        took[name] = measured["seconds"]
    took["forms"] = timed(lambda: make(here.issue(), (), 0, THRESHOLD, tuple(FORMS)))
    took["publish"] -= took["forms"]
    return {"here": took, "before": took_before, "peak_mb": measured["peak_mb"]}


@contextmanager
def earlier_build(say):
    """A folder with the earlier build and its own packages."""
    with tempfile.TemporaryDirectory(prefix="warm-earlier-") as name:
        archive = ["git", "archive", EARLIER]
        packed = subprocess.run(archive, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as files:
            files.extractall(name, filter="data")
        say(f"installing the packages of {EARLIER}")
        subprocess.run(
            [sys.executable, "warm", "--help"], cwd=name, check=True, stdout=subprocess.DEVNULL
        )
        yield Path(name)


@contextmanager
def at_work(folder, facts):
    """The other build's office: a function that takes a step and answers with what it took."""
    paths = {"PYTHONPATH": str(folder), "WARM_PORT_BASE": str(port_base() + PORTS)}
    program = ["-P", "-W", "ignore", str(ROOT / "tests/bench/office.py"), str(facts)]
    with subprocess.Popen(
        [str(folder / ".venv/bin/python"), *program],
        cwd=folder,
        env=os.environ | paths,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def take(**step):
            process.stdin.write(json.dumps(step) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield take
        process.stdin.close()
