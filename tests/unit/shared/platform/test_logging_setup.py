"""Logs: JSON lines that say what happened and where, and quote nothing that was worked on."""

import json
import subprocess
import sys

import pytest

from shared.platform.logging_setup import without_arguments

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
library.warning("100% done")
library.warning("%s", SECRET)
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
    assert len(lines) == 14
    for line in lines:
        assert line["service"] == "relief"
        assert {"event", "level", "timestamp", "logger"} <= line.keys()


def test_what_a_service_says_is_kept_as_fields(lines):
    assert (lines[0]["event"], lines[0]["events"]) == ("started", 3)


def test_a_message_of_a_library_has_no_placeholders(lines):
    library = [line["event"] for line in lines if line["logger"] == "library"]
    assert library == [
        "could not read",
        "named",
        "handling",
        "failed",
        "ValueError",
        "ValueError",
        "wrong number of arguments",
        "another object",
        "100% done",
        "message of arguments only",
    ]


@pytest.mark.parametrize(
    ("template", "plain"),
    [
        ("starting services: %s", "starting services"),
        ("(expected) error handling worker %s: %s", "(expected) error handling worker"),
        ("killing %s due to %s", "killing"),
        ("QueueConsumer %s raised `%s` during kill", "QueueConsumer raised during kill"),
        ("%s thread exited with error", "thread exited with error"),
        ("Socket failed to connect: %s; error=%s (%s)", "Socket failed to connect"),
        ("AMQP connection workflow failed: %r.", "AMQP connection workflow failed"),
        ("Connection error: %r. Retry in %ss\n", "Connection error. Retry"),
        ("Received remote Channel.Close (%s): %r on %s", "Received remote Channel.Close"),
        (
            "Received method %s during closing channel %s. This method will be ignored",
            "Received method during closing channel. This method will be ignored",
        ),
        (
            "Received %i heartbeat frames, sent %i, idle intervals %i",
            "Received heartbeat frames, sent, idle intervals",
        ),
        (
            "aborting connection: error=%r; sock=%s; Caller's stack:\n%s",
            "aborting connection; Caller's stack",
        ),
        ("%(name)-10s took %5.2f ms of 100%%", "took ms of 100%"),
        ("no placeholder", "no placeholder"),
    ],
)
def test_a_template_is_cut_where_its_arguments_would_stand(template, plain):
    assert without_arguments(template) == plain


def test_an_exception_is_logged_by_its_type_and_place(lines):
    told = [line for line in lines if "exception" in line]
    assert len(told) == 6
    for line in told:
        assert line["exception"] == "ValueError"
        assert line["where"][-1].startswith("<string>:")
