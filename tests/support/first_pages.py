"""The pages for somebody's first program: their commands and programs, as they stand there."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager

from deploy.local.places import ROOT, VAR
from tests.support import node
from tests.support.doc_pages import blocks, text

SUBSCRIBER, CALL = "docs/how-to/first-subscriber.md", "docs/how-to/first-call.md"
PYTHON_CLIENT = ROOT / "clients" / "python" / "src"
SECONDS = 120


def _code(page, language):
    """The blocks of a language, in the order of the page."""
    return [code for found, code, _ in blocks(text(page)) if found == language]


def prepare(page, folder):
    """Carry out the page's first commands in `folder`, on the demo, which runs already."""
    start, *others = _code(page, "")[0].splitlines()
    assert start.startswith("./warm demo --keep")
    script = "\n".join(others).replace("var/demo/", f"{VAR}/demo/")
    # A `main` of the developer's may run as well.
    here = rf"{ROOT}/warm \1 --stack demo"
    script = re.sub(r"^\./warm (.+?)(?= *>| *#|$)", here, script, flags=re.MULTILINE)
    _output("bash", "-ec", script, cwd=folder)


def calls(folder):
    """What each program of the page for callers prints."""
    given = os.environ | {"PYTHONPATH": str(PYTHON_CLIENT), "PYTHONIOENCODING": "utf-8"}
    programs = _code(CALL, "python")
    return [_output(sys.executable, "-c", it, cwd=folder, env=given) for it in programs]


@contextmanager
def subscriber(folder):
    """The program of the page for subscribers, running; `printed` is the file it prints to."""
    [program] = _code(SUBSCRIBER, "js")
    (folder / "first.mjs").write_text(program, encoding="utf-8")
    (folder / "node_modules").symlink_to(node.installed(node.CLIENT) / "node_modules")
    printed = folder / "printed"
    with printed.open("wb") as output:
        command = {"args": ["node", "first.mjs"], "cwd": folder, "env": node.environment()}
        process = subprocess.Popen(**command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield printed
    finally:
        process.kill()
        process.wait()


def _output(*command, **options):
    given = {"capture_output": True, "text": True, "check": False, "timeout": SECONDS} | options
    done = subprocess.run(command, **given)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout
