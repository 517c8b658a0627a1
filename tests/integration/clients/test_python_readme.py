"""The examples in the README of the Python client run as they stand there."""

import os
import signal
import subprocess
import sys
import venv
from contextlib import contextmanager

import pytest

from tests.integration.clients.readme import (
    ASYNCIO,
    COUNT,
    KEEP,
    PACKAGE,
    REPLAY,
    SECONDS,
    printed,
)
from tests.support.report_reader import OFFICE, Place
from tests.support.signed_reports import body, event


@pytest.fixture
def place(clean_stack, tmp_path):
    place = Place(clean_stack, tmp_path)
    place.publish_issues(1)
    return place


@contextmanager
def example(place, text, python=sys.executable):
    """It runs where the files are that the README names; at the end it is ended by SIGTERM."""
    (place.folder / "example.py").write_text(text, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(PACKAGE / "src")}
    if python != sys.executable:
        del environment["PYTHONPATH"]
    program = subprocess.Popen(
        [python, "example.py"],
        cwd=place.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield program
        program.send_signal(signal.SIGTERM)
        assert program.wait(SECONDS) == 0, program.stdout.read()
    finally:
        program.kill()
        program.communicate()


def check_keeping(place, python=sys.executable):
    data = OFFICE.issue(1)
    with example(place, KEEP, python) as program:
        assert program.stdout.readline() == "kept 2017-W06-r0.published.json\n"
        place.publish(body(event(OFFICE.withdrawal(data), "withdrawn")), key="briefing.withdrawn")
        assert program.stdout.readline() == "kept 2017-W06-r0.withdrawn.json\n"
    saved = place.folder / "issues" / "2017-W06-r0.published.json"
    assert saved.read_bytes() == data["document"].encode()


def test_reports_are_kept(place):
    check_keeping(place)


@pytest.mark.long
def test_installed_from_the_repository_it_needs_nothing_else(place):
    folder = place.folder / "venv"
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    # A copy: pip leaves what it builds beside the sources.
    source = place.folder / "python"
    subprocess.run(["cp", "-r", PACKAGE, source], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", source], check=True)
    check_keeping(place, python)


def test_what_was_set_aside_is_listed_and_handled_again(place):
    fails = 'def count(report, db):\n    raise ValueError("no room")\n'
    failing = COUNT.replace("def count(report, db):\n", fails).replace(
        "keys=", "options=Options(retries=Retries(attempts=1)), keys="
    )
    place.publish(b"garbage")
    with example(place, "from warm_client import Options, Retries\n" + failing) as program:
        assert "no room" in program.stdout.readline()
        assert "no room" in program.stdout.readline()
        assert "not JSON" in program.stdout.readline()
    lines = printed(place.folder, REPLAY)
    assert lines == ["1 ValueError: no room", "2 not JSON", "again 2017-W06-r0", "1 left"]


def test_a_report_is_counted(place):
    with example(place, COUNT) as program:
        assert program.stdout.readline() == "counted 2017-W06-r0\n"


def test_reports_are_received_with_asyncio(place):
    with example(place, ASYNCIO) as program:
        assert program.stdout.readline() == "received 2017-W06-r0\n"
