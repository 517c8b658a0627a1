"""Logs: JSON lines that say what happened and where, and quote nothing that was worked on."""

import json
import subprocess
import sys

import pytest

SECRET = "张三 13800000000"
LOGGED = f"""
import logging, sys
from shared.platform import logging_setup

SECRET = {SECRET!r}
logging_setup.configure("relief")
log = logging_setup.get("shared.service.inbox")
library = logging.getLogger("library")

def fail():
    raise ValueError(SECRET)

def caught(report):
    try:
        fail()
    except ValueError as error:
        report(error)

log.info("started", events=3)
log.debug("not shown")
library.warning("could not read %s of %s", SECRET, {{"name": SECRET}})
library.warning("named %(name)s", {{"name": SECRET}})
caught(lambda error: library.error("handling %r", SECRET, exc_info=True))
caught(lambda error: library.exception("failed: %s", error))
caught(lambda error: library.error(error))
caught(lambda error: library.exception(error))
caught(lambda error: log.warning("interrupted", exc_info=True))
caught(lambda error: log.warning("interrupted", exc_info=error))
caught(lambda error: log.exception("interrupted"))
library.warning("wrong number of arguments %s %s", SECRET)
library.warning("another object", extra={{"payload": SECRET}})
"""


@pytest.fixture(scope="module")
def written():
    # A process of its own: the configuration of logs is the process's.
    return subprocess.run(
        [sys.executable, "-c", LOGGED], capture_output=True, encoding="utf-8", check=True
    )


@pytest.fixture(scope="module")
def lines(written):
    return [json.loads(line) for line in written.stdout.splitlines()]


def test_no_argument_and_no_exception_is_quoted(written):
    for part in SECRET.split():
        assert part not in written.stdout
        assert part not in written.stderr


def test_every_line_is_an_object_with_service_level_time_and_logger(lines):
    assert len(lines) == 12
    for line in lines:
        assert line["service"] == "relief"
        assert {"event", "level", "timestamp", "logger"} <= line.keys()


def test_what_a_service_says_is_kept_as_fields(lines):
    assert (lines[0]["event"], lines[0]["events"]) == ("started", 3)


def test_what_a_library_says_is_kept_in_its_own_words(lines):
    assert lines[1]["event"] == "could not read %s of %s"


def test_an_exception_is_told_by_its_type_and_place(lines):
    told = [line for line in lines if "exception" in line]
    assert len(told) == 6
    for line in told:
        assert line["exception"] == "ValueError"
        assert line["where"][-1].startswith("<string>:")
