"""`./warm deadletters`: its calls to services, its output and its exit status."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import NotFound
from shared.service.rpc_client import RpcClient

ENTRY = {
    "state": "parked",
    "last_seen": "2017-02-06T09:30:00+08:00",
    "exchange": "relief.events",
    "routing_key": "visit.recorded",
    "detail": "",
    "seen": 1,
}


class Supervision:
    """The only service with dead letters: three messages that are not JSON."""

    def __init__(self):
        self.commands = []
        self.outcome = {"waiting": 0, "resolved": 3, "parked_again": {}}

    def call(self, service, method, timeout=None, **arguments):
        if service != "supervision":
            return self.empty(method)
        return getattr(self, method)(**arguments)

    def empty(self, method):
        if method == "dead_letter":
            raise NotFound()
        return []

    def dead_letter_groups(self):
        times = {"first_seen": "2017-02-06T09:00:00+08:00", "last_seen": ENTRY["last_seen"]}
        return [{"reason": "not_json", "messages": 3, "waiting": 0, **times}]

    def dead_letters(self, limit, reason):
        return [{"id": name, **ENTRY} for name in ("aaa", "bbb", "ccc")[:limit]]

    def dead_letter(self, id):
        if id not in ("aaa", "bbb", "ccc"):
            raise NotFound()
        return {"id": id, **ENTRY}

    def replay_dead_letters(self, **arguments):
        self.commands.append(("replay", arguments))
        return {"messages": 3}

    def discard_dead_letters(self, **arguments):
        self.commands.append(("discard", arguments))
        return {"messages": 3}

    def replay_progress(self, id):
        return self.outcome

    def dead_letter_audit(self, limit):
        act = {"at": ENTRY["last_seen"], "actor": "person:wang", "messages": 3, "command_id": "c-1"}
        return [act | {"action": "discard", "reason": "not_json", "why": "扫描器"}]


@pytest.fixture
def supervision(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    supervision = Supervision()
    monkeypatch.setattr(
        RpcClient, "call", lambda _, *args, **given: supervision.call(*args, **given)
    )
    return supervision


def warm(*arguments, answer=None):
    return CliRunner().invoke(app, ["deadletters", *arguments], input=answer)


def test_all_messages_are_counted_and_some_are_listed(supervision):
    lines = warm("list", "--lines", "2").stdout.splitlines()
    assert lines[0].startswith("not_json: 3 (")
    assert [line.split()[0] for line in lines[1:]] == ["aaa", "bbb", "…"]
    assert "1 more of supervision" in lines[-1]


def test_a_program_gets_the_groups_with_their_entries(supervision):
    [group] = json.loads(warm("list", "--json").stdout)
    assert (group["service"], group["reason"], group["messages"]) == ("supervision", "not_json", 3)
    assert [entry["id"] for entry in group["entries"]] == ["aaa", "bbb", "ccc"]


@pytest.mark.parametrize("options", [("--reason", "empty"), ("--service", "relief")])
def test_an_empty_list_is_one_line(supervision, options):
    assert warm("list", *options).stdout == "no dead letters\n"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("replay",), "either ids or --reason"),
        (("replay", "aaa", "--reason", "not_json"), "either ids or --reason"),
        (("replay", "--reason", "nonsense"), "no reason 'nonsense'"),
        (("replay", "aaa", "--service", "nobody"), "no service 'nobody'"),
        (("replay", "aaa", "--per-second", "0"), "--per-second"),
        (("replay", "aaa", "--limit", "0"), "--limit"),
        (("discard", "aaa"), "--why"),
        (("discard", "--why", "x"), "either ids or --reason"),
        (("list", "--reason", "nonsense"), "no reason 'nonsense'"),
        (("list", "--lines", "0"), "--lines"),
    ],
)
def test_wrong_arguments_are_a_usage_error(supervision, arguments, message):
    done = warm(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert supervision.commands == []


@pytest.mark.parametrize("verb", [("replay",), ("discard", "--why", "x")])
@pytest.mark.parametrize("answer", ["n\n", ""])
def test_messages_are_chosen_by_reason_only_after_confirmation(supervision, verb, answer):
    done = warm(*verb, "--reason", "not_json", answer=answer)
    assert done.exit_code == 1
    assert "3 messages of supervision?" in done.stderr
    assert supervision.commands == []


@pytest.mark.parametrize("given", [{"answer": "y\n"}, {}])
def test_after_confirmation_they_are_replayed(supervision, given):
    arguments = ("--reason", "not_json", *(() if given else ("--yes",)))
    assert warm("replay", *arguments, **given).exit_code == 0
    [(verb, command)] = supervision.commands
    assert (verb, command["reason"], command["per_second"]) == ("replay", "not_json", 50)


def test_messages_are_discarded_at_their_service(supervision):
    done = warm("discard", "ccc", "aaa", "--why", "扫描器", "--actor", "person:wang")
    assert (done.exit_code, done.stdout) == (0, "supervision: 3 discarded\n")
    [(verb, command)] = supervision.commands
    assert (verb, command["ids"], command["why"]) == ("discard", ["ccc", "aaa"], "扫描器")
    assert command["actor"] == "person:wang"


def test_an_unknown_id_is_named_and_nothing_is_replayed(supervision):
    done = warm("replay", "aaa", "zzz")
    assert "'zzz'" in str(done.exception)
    assert supervision.commands == []


def test_messages_that_fail_again_are_shown_with_their_reason_and_an_exit_status(supervision):
    supervision.outcome = {"waiting": 0, "resolved": 1, "parked_again": {"not_json": 2}}
    done = warm("replay", "--reason", "not_json", "--yes")
    assert done.exit_code == 4
    assert "1 resolved" in done.stdout
    assert "2 failed again, not_json" in done.stdout


def test_an_action_is_one_line(supervision):
    [line] = warm("audit").stdout.splitlines()
    for part in ("person:wang", "discard", "not_json", "3 messages", "扫描器", "supervision"):
        assert part in line


@pytest.mark.parametrize("command", ["list", "show", "replay", "discard", "resume", "audit"])
def test_every_command_shows_an_example(command):
    done = warm(command, "--help")
    assert done.exit_code == 0
    assert f"Example: ./warm deadletters {command}" in done.stdout
