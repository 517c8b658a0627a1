"""`./warm commendation`."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.contracts.rpc import METHODS
from shared.service.rpc_client import RpcClient

GROUNDS = {"zh": "办结最快", "en": "the fastest"}
ROW = {
    "id": "n-1",
    "orgunit": "410103",
    "status": "nominated",
    "category": "departments",
    "subject": "民政局",
    "name": "民政局",
    "by": "person",
    "figure": None,
    "grounds": GROUNDS,
    "evidence": ["e-1"],
    "more": 0,
    "reason": None,
}
HOURS = {"value": "120", "qualifier": "exact", "unit": "hour", "stated": None}
BY_RULE = ROW | {
    "id": "n-2",
    "category": "volunteers",
    "subject": "v-1",
    "name": None,
    "by": "rule",
    "grounds": None,
    "figure": {"indicator": "volunteering.hours_verified", "figure": HOURS},
    "more": 7,
    "status": "passed_over",
    "reason": {"zh": "本人谢绝"},
}


def chosen(kind, label, *rows):
    rows = [dict(zip(("subject", "name", "unit"), row, strict=True)) for row in rows]
    return {"kind": {"code": kind}, "label": {"zh": label, "en": kind}, "chosen": rows}


PART = {
    "categories": [
        chosen("community", "先进社区", ("410103001001", "绿云社区", "淮河路街道绿云社区")),
        chosen("team", "优秀队伍"),
        chosen("volunteer", "优秀志愿者", ("v-1", None, "五里堡街道"), ("v-2", None, "区")),
    ]
}
NAMES = [
    {"volunteer": "v-1", "name": "张三", "missing": None},
    {"volunteer": "v-2", "name": None, "missing": "left"},
]


@pytest.fixture
def sent(monkeypatch):
    """The commands that were sent, as the contract takes them; `sent.status` is the report's."""
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    calls = Sent()
    monkeypatch.setattr(RpcClient, "call", calls.call)
    return calls


class Sent(list):
    status = "final"

    def call(self, service, method, _seconds=0, **arguments):
        METHODS[service][method].arguments().load(arguments)
        if method == "nominations":
            return [] if arguments.get("after") else [ROW, BY_RULE]
        if method == "briefing":
            return json.dumps({"status": self.status, "commendation": PART})
        given = {name: it for name, it in arguments.items() if name not in ("command_id",)}
        self.append((method, given))
        return {"id": "n-1", "version": 1, "status": "nominated", "names": NAMES}


def warm(*arguments):
    return CliRunner().invoke(app, ["commendation", *arguments, "--actor", "person:li"])


def test_a_department_is_nominated_with_grounds_in_both_languages_and_evidence(sent):
    said = ["--grounds-zh", GROUNDS["zh"], "--grounds-en", GROUNDS["en"], "--evidence", "e-1"]
    done = warm("nominate", "2017", "departments", "民政局", "--unit", "410103", *said)
    assert done.stdout.splitlines() == [
        "departments  民政局  410103  已提名 / nominated",
        "    由人员提名 / by a person: 办结最快 / the fastest",
        "    evidence: e-1",
    ]
    [(method, given)] = sent
    assert (method, given["grounds"], given["evidence"]) == ("nominate", GROUNDS, ["e-1"])
    assert (given["year"], given["orgunit"], given["actor"]) == (2017, "410103", "person:li")


def test_everyone_is_printed_with_figure_and_reason(sent):
    done = CliRunner().invoke(app, ["commendation", "consider", "2017"])
    assert done.stdout.splitlines()[3:] == [
        "volunteers  v-1  410103  未入选 / not chosen",
        "    按规则提名 / by rule: volunteering.hours_verified 120小时 / 120 hours",
        "    evidence: e-1",
        "    evidence: and 7 more",
        "    reason: 本人谢绝",
    ]
    assert sent == []


def test_the_rules_are_applied_on_request(sent):
    assert "v-1" in warm("screen", "2017").stdout
    assert [method for method, _ in sent] == ["nominate_by_rules"]


def test_a_decision_is_sent_for_the_nomination_of_the_subject(sent):
    warm("choose", "2017", "departments", "民政局")
    warm("pass-over", "2017", "volunteers", "v-1", "--reason-zh", "本人谢绝")
    assert [(method, given["id"]) for method, given in sent] == [
        *(("choose_nominee", "n-1"), ("pass_over_nominee", "n-2"))
    ]
    assert sent[1][1]["reason"] == {"zh": "本人谢绝"}


def test_nobody_decides_on_what_is_not_nominated(sent):
    done = warm("choose", "2017", "teams", "民政局")
    assert (done.exit_code, sent) == (1, [])


def test_the_list_has_the_names_of_the_volunteers_and_says_where_there_is_none(sent):
    assert warm("list", "2017").stdout.splitlines() == [
        "先进社区 / community",
        "  绿云社区  淮河路街道绿云社区  410103001001",
        "优秀志愿者 / volunteer",
        "  张三  五里堡街道  v-1",
        "  (已退出，姓名已删除 / has left, and the name is deleted)  区  v-2",
    ]
    [(method, given)] = sent
    assert (method, given["volunteers"]) == ("commendation_names", ["v-1", "v-2"])


def test_before_the_report_is_published_no_name_is_read(sent):
    sent.status = "draft"
    done = warm("list", "2017")
    assert (done.exit_code, sent) == (1, [])
