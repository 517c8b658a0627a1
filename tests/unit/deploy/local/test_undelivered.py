"""`./warm deadletters undelivered`: its calls to services, its output and its exit status."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.platform import topology
from shared.service.rpc_client import RpcClient

ARCHIVE = "sub.archive.undelivered"
ENTRY = {
    "source": "sub.archive.reports",
    "routing_key": "briefing.published",
    "size": 61514,
    "time": "2017-02-13T12:31:05+08:00",
}


class Services:
    """Supervision keeps three reports for the archive; nobody else keeps anything."""

    def __init__(self):
        self.commands = []

    def call(self, service, method, timeout=None, **arguments):
        if method == "undelivered":
            queues = topology.undelivered_queues(service)
            return [self.queue(name, arguments["limit"]) for name in queues]
        self.commands.append((service, method, arguments))
        return {"messages": arguments["limit"]}

    def queue(self, name, limit):
        entries = [ENTRY, ENTRY | {"source": None, "time": None}, ENTRY]
        found = entries if name == ARCHIVE else []
        return {"queue": name, "messages": len(found), "entries": found[:limit]}


@pytest.fixture
def services(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    services = Services()
    monkeypatch.setattr(RpcClient, "call", lambda _, *args, **given: services.call(*args, **given))
    return services


def warm(*arguments, answer=None):
    return CliRunner().invoke(app, ["deadletters", "undelivered", *arguments], input=answer)


def test_list_shows_what_each_queue_keeps_without_its_content(services):
    done = warm("list", "--lines", "2")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"{ARCHIVE}: 3 messages",
        "  2017-02-13T12:31:05+08:00  sub.archive.reports  briefing.published  61514 bytes",
        "  -  not from a queue of the service: can't be returned  briefing.published  61514 bytes",
        "  … and 1 more",
    ]
    assert json.loads(warm("list", "--json").output)[0]["messages"] == 3
    assert warm("list", "--queue", "relief.undelivered").output == "no undelivered messages\n"


def test_return_asks_first_and_calls_the_service_that_keeps_them(services):
    done = warm("return", answer="n\n")
    assert done.exit_code == 1
    assert f"Return 3 messages of {ARCHIVE}?" in done.output
    assert not services.commands
    done = warm("return", "--limit", "2", "--actor", "person:li", answer="y\n")
    assert f"{ARCHIVE}: 2 returned" in done.output
    [(service, method, given)] = services.commands
    assert (service, method) == ("supervision", "return_undelivered")
    assert (given["queue"], given["limit"], given["actor"]) == (ARCHIVE, 2, "person:li")


def test_discard_needs_a_reason(services):
    assert warm("discard", "--yes").exit_code == 2
    assert f"{ARCHIVE}: 3 discarded" in warm("discard", "--yes", "--why", "a test").output
    assert services.commands[0][2]["why"] == "a test"


def test_without_messages_nothing_is_asked(services):
    done = warm("return", "--queue", "relief.undelivered")
    assert (done.exit_code, done.output) == (0, "nothing to return\n")


def test_an_unknown_queue_is_a_usage_error(services):
    done = warm("return", "--queue", "relief.inbox")
    assert done.exit_code == 2
    assert "relief.undelivered" in done.output


def test_every_command_has_an_example_and_its_exit_status():
    for command in ("list", "return", "discard"):
        shown = " ".join(warm(command, "--help").output.split())
        assert f"Example: ./warm deadletters undelivered {command}" in shown
        assert "Exit status: 0" in shown
