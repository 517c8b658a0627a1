"""`./warm briefing receipts` and `send-again`: their calls, their output and their exit status."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.receipts import NOTICES, REASONS, STATES
from services.supervision.receipts import standing
from services.supervision.receipts.sent_issues import REPORT_TYPES
from shared.contracts.rpc.receipts import RECEIPT_STATES
from shared.domain.form_names import PUBLIC
from shared.service.rpc_client import RpcClient
from tests.support import golden

ROW = golden.example("rpc", "supervision.receipts")["result"]["subscribers"][0]
TAKEN = ROW | {
    "state": "acknowledged",
    "reason": None,
    "late": False,
    "sent_again": [],
    "refused": [],
    "invalid_receipts": None,
    "queue": {"waiting": 0, "oldest": None, "consumers": 1, "undelivered": 0},
}

QUEUE = (
    "  队列 queue: 待收 waiting 1，最早 oldest 2017-02-22T08:59:00+08:00；在线 consumers 0；"
    "投递未果 undelivered 0"
)
INVALID = (
    "  无效回执 invalid receipts: 2, 2017-02-20T14:00:06+08:00, another digest than the issue's"
)


class Supervision:
    def __init__(self):
        self.answer = golden.example("rpc", "supervision.receipts")["result"]
        self.calls = []

    def call(self, service, method, timeout=None, **arguments):
        self.calls.append((service, method, arguments))
        return {"messages": 1} if method == "send_again" else self.answer


@pytest.fixture
def supervision(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    found = Supervision()
    monkeypatch.setattr(RpcClient, "call", lambda _, *args, **given: found.call(*args, **given))
    return found


def warm(*arguments):
    return CliRunner().invoke(app, ["briefing", *arguments])


def test_receipts_shows_everything_that_is_known_in_both_languages(supervision):
    done = warm("receipts", "2017-W06", "--revision", "1")
    assert done.output.splitlines() == [
        "2017-W06 第1期 issue 1 R1: 修订 revised 2017-02-20T14:00:00+08:00",
        "archive: 拒收 refused 2017-02-21T08:30:05+08:00  逾期 LATE",
        "  原因 reason: the digest doesn't match",
        QUEUE,
        "  重发 sent again: 2017-02-21T08:30:00+08:00",
        "  最近回执 last acknowledged: 2017-W06 R0 2017-02-13T12:31:05+08:00",
        "  拒收 refused: 2017-W06 R1 2017-02-21T08:30:05+08:00 (the digest doesn't match)",
        INVALID,
    ]
    assert supervision.calls == [("supervision", "receipts", {"period": "2017-W06", "revision": 1})]


def test_the_exit_status_says_whether_a_subscriber_is_late(supervision):
    assert warm("receipts", "2017-W06").exit_code == 4
    supervision.answer = supervision.answer | {"subscribers": [TAKEN]}
    done = warm("receipts", "2017-W06")
    assert done.exit_code == 0
    assert "archive: 已回执 acknowledged by its receipt 2017-02-21T08:30:05+08:00\n" in done.output
    assert json.loads(warm("receipts", "2017-W06", "--json").output) == supervision.answer


def test_what_the_broker_did_not_say_is_not_shown_as_a_count(supervision):
    row = TAKEN | {
        "state": "unknown",
        "since": None,
        "reason": standing.NOT_SEEN,
        "queue": dict.fromkeys(TAKEN["queue"]),
        "last_acknowledged": None,
    }
    supervision.answer = supervision.answer | {"checked": None, "subscribers": [row]}
    shown = warm("receipts", "2017-W06").output
    assert "queues not seen" in shown
    assert "队列情况不明" in shown
    assert "archive: 不明 unknown\n" in shown
    assert f"消息服务器无应答，或本期正在发送 / {standing.NOT_SEEN}" in shown
    assert "waiting" not in shown
    assert "最近回执 last acknowledged: 无 none" in shown


def test_send_again_is_a_persons_command_on_one_subscriber(supervision):
    done = warm("send-again", "2017-W06", "archive", "--revision", "0", "--actor", "person:li")
    assert (done.exit_code, done.output) == (0, "2017-W06 → archive: 已重发 sent again (1)\n")
    [(service, method, given)] = supervision.calls
    assert (service, method) == ("supervision", "send_again")
    assert given.pop("command_id")
    assert given == {
        "period": "2017-W06",
        "revision": 0,
        "subscriber": "archive",
        "actor": "person:li",
    }


def test_every_state_notice_and_reason_of_supervision_has_its_words():
    assert STATES.keys() == set(RECEIPT_STATES)
    assert NOTICES.keys() == {it.rsplit(".", 1)[1] for it in REPORT_TYPES[PUBLIC]}
    assert REASONS.keys() == {standing.CAME_BACK, standing.BEFORE, standing.NOT_SEEN}


def test_both_commands_have_an_example_and_their_exit_status():
    for command in ("receipts", "send-again"):
        shown = " ".join(warm(command, "--help").output.split())
        assert f"Example: ./warm briefing {command} 2017-W06" in shown
        assert "Exit status: 0" in shown
