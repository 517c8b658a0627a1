"""`./warm assessment`."""

import copy
import json

import pytest
from typer.testing import CliRunner

from deploy.local import assessment
from deploy.local.cli import app
from shared.contracts.rpc import METHODS
from shared.service.rpc_client import RpcClient
from tests.support import golden

UNIT, PERIOD = "410103001", "2017-H1"
QUERIES = ("assessment_inputs", "assessment_sheet", "assessment_evidence", "compare_rubrics")


def answer(method):
    return copy.deepcopy(golden.example("rpc", f"supervision.{method}")["result"])


@pytest.fixture
def sent(monkeypatch):
    """The commands that were sent, as the contract takes them; queries are answered by example."""
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    calls = []

    def call(_, service, method, _seconds=0, **arguments):
        METHODS[service][method].arguments().load(arguments)
        given = {name: it for name, it in arguments.items() if name != "command_id"}
        calls.append((method, given))
        return answer(method) if method in QUERIES else {"id": "it-1", "version": 1}

    monkeypatch.setattr(RpcClient, "call", call)
    return calls


def warm(*arguments):
    return CliRunner().invoke(app, ["assessment", *arguments])


LI, DAY = ("--actor", "person:li.na"), ("--day", "2017-07-12")
NOON = {"time": "2017-07-12T00:00:00+08:00", "timeprecision": "day"}
WHY = {"zh": "理由", "en": "why"}
WORDS = ("--zh", "理由", "--en", "why")
COMMANDS = {
    "record_observation": (
        ["observe", UNIT, "on_site", "86.5", *DAY, "--by", "person:a", "--by", "person:b", *WORDS],
        {"orgunit": UNIT, "criterion": "on_site", "score": "86.5", **NOON}
        | {"observers": ["person:a", "person:b"], "occasion": WHY},
    ),
    "correct_observation": (
        ["correct", "it-1", *DAY, "--reason", "误", "--withdrawn"],
        {"id": "it-1", "reason": "误", "withdrawn": True, **NOON},
    ),
    "declare_figure": (
        ["declare", PERIOD, UNIT, "declared.residents", "412", "--of", "person", *WORDS],
        {"period": PERIOD, "orgunit": UNIT, "figure": "declared.residents", "source": WHY}
        | {"quantity": {"value": "412", "qualifier": "exact", "unit": "person", "stated": None}},
    ),
    "exclude_from_assessment": (
        ["exclude", PERIOD, UNIT, *WORDS],
        {"period": PERIOD, "orgunit": UNIT, "reason": WHY},
    ),
    "approve_exclusion": (["approve", PERIOD, UNIT], {"period": PERIOD, "orgunit": UNIT}),
    "withdraw_exclusion": (
        ["include", PERIOD, UNIT, *WORDS],
        {"period": PERIOD, "orgunit": UNIT, "reason": WHY},
    ),
    "announce_scores": (
        ["announce", PERIOD, *DAY],
        {"period": PERIOD, "reason": None, **NOON},
    ),
    "appeal": (
        ["appeal", PERIOD, UNIT, "activities", *DAY, *WORDS],
        {"period": PERIOD, "orgunit": UNIT, "criterion": "activities", "grounds": WHY, **NOON},
    ),
    "answer_appeal": (
        ["answer", "it-1", "upheld", "--points", "4.5", *DAY, *WORDS],
        {"id": "it-1", "outcome": "upheld", "points": "4.5", "answer": WHY, **NOON},
    ),
}


@pytest.mark.parametrize("method", COMMANDS)
def test_a_command_sends_what_was_given(sent, method):
    line, given = COMMANDS[method]
    done = warm(*line, *LI)
    assert (done.exit_code, done.stdout) == (0, "it-1\n")
    assert sent == [(method, given | {"actor": "person:li.na"})]


def test_words_are_needed(sent):
    assert warm("exclude", PERIOD, UNIT).exit_code == 2 and sent == []


def test_what_was_said_is_printed(sent):
    printed = warm("inputs", PERIOD).stdout
    assert "rubric 2017-1" in printed and "appeals until 2017-07-15" in printed
    assert "on_site 88" in printed and "41200人" in printed and "采纳，改分" in printed


def test_a_sheet_is_printed_line_by_line(sent):
    printed = warm("sheet", PERIOD, UNIT).stdout
    assert "2017-H1 R0 published, rubric 2017-1" in printed
    line = answer("assessment_sheet")["sheet"]["lines"][0]
    assert f"{line['points']:>6} of" in printed and "by appeal" in printed
    assert "clinics.clinics_held: 0场, events: 0" in printed


def test_all_ids_are_read_page_by_page(sent, monkeypatch):
    monkeypatch.setattr(assessment, "MOST_IDS", 4)
    found = json.loads(warm("evidence", PERIOD, UNIT, "findings_closed", "--json").stdout)
    assert [given["after"] for _, given in sent] == [0, 4, 8]
    assert len(found["figures"][0]["ids"]) == 3 * 2


def test_the_events_of_a_line_are_printed(sent):
    printed = warm("evidence", PERIOD, UNIT, "findings_closed").stdout
    first = answer("assessment_evidence")["figures"][0]
    assert f"{first['events']} events, sha256 {first['digest']}" in printed
    assert f"  {first['ids'][0]}\n" in printed and "appeal:" in printed


def test_a_draft_rubric_is_compared(sent, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text("version: 2017-2", encoding="utf-8")
    printed = warm("what-if", PERIOD, str(draft)).stdout
    assert sent == [("compare_rubrics", {"period": PERIOD, "rubric": '{"version":"2017-2"}'})]
    assert "2017-1 (example) → 2017-2 (draft)" in printed
    unit = answer("compare_rubrics")["units"][0]
    assert f"score {unit['score'][0]} → {unit['score'][1]}" in printed


def test_a_rubric_that_is_no_yaml_is_not_sent(sent, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text("a: b: c", encoding="utf-8")
    done = warm("what-if", PERIOD, str(draft))
    assert (done.exit_code, sent) == (1, [])
