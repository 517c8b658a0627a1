"""`./warm demo` as a person runs it, and the commands that prove its result."""

import json
import subprocess

import pytest
from pymongo import MongoClient

from deploy.local import stack_state
from deploy.local.places import ROOT, VAR
from tests.support.tampering import change_event

DEMO = VAR / "demo"
WEEK = "2017-W06"
SECONDS = 240


def warm(*arguments):
    return subprocess.run(
        [ROOT / "warm", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def kept(stack):
    """The demo, left running; stopped at the end. (`stack` first: only one may boot at a time.)"""
    result = warm("demo", "--keep")
    assert result.returncode == 0, result.stderr
    yield result
    assert warm("down", "--stack", "demo").returncode == 0


def test_it_shows_the_briefing_and_saves_what_was_published(kept):
    assert "500多人次" in kept.stdout
    assert "over 500 person-times" in kept.stdout
    issue = json.loads((DEMO / f"{WEEK}.json").read_text(encoding="utf-8"))
    assert (issue["issue"], issue["status"]) == (1, "final")


def test_the_subscriber_has_the_same_bytes(kept):
    published = (DEMO / f"{WEEK}.json").read_bytes()
    assert (DEMO / "received" / f"{WEEK}-r0.json").read_bytes() == published


def test_show_prints_the_canonical_bytes(kept):
    shown = warm("briefing", "show", WEEK, "--format", "json", "--stack", "demo")
    assert shown.stdout.encode() == (DEMO / f"{WEEK}.json").read_bytes()


def test_show_writes_a_table_form_to_a_file(kept, tmp_path):
    file = tmp_path / "issue.xlsx"
    show = ("briefing", "show", WEEK, "--format", "xlsx", "--stack", "demo")
    assert warm(*show, "--output", str(file)).returncode == 0
    assert file.read_bytes() == (DEMO / f"{WEEK}.zh.xlsx").read_bytes()
    refused = warm(*show)
    assert refused.returncode == 1 and "--output" in refused.stderr
    unwritable = warm(*show, "--output", str(tmp_path / "missing" / "issue.xlsx"))
    assert unwritable.returncode == 1 and "can't be written" in unwritable.stderr


def test_explain_prints_the_ids_of_the_events(kept):
    arguments = ("briefing", "explain", WEEK, "clinics.consultations", "--stack", "demo")
    answer = json.loads(warm(*arguments, "--json").stdout)
    printed = warm(*arguments).stdout
    assert len(answer["included"]) == 1
    assert f"in   {answer['included'][0]['id']}" in printed


def test_verify_exits_with_0_until_a_fact_is_changed(kept):
    verify = ("briefing", "verify", WEEK, "--stack", "demo")
    assert warm(*verify).returncode == 0
    with MongoClient(stack_state.read(DEMO)["mongodb_uri"]) as client:
        facts = client["warm_supervision"]["facts"]
        tallied = {"type": "clinics.clinic.tallied"}
        fact = change_event(facts, tallied, data__leaflets__value="9000")
        found = warm(*verify)
        facts.replace_one({"_id": fact["_id"]}, fact)
    assert found.returncode == 4
    assert fact["_id"] in found.stdout
    assert "figure clinics.leaflets of 410103006" in found.stdout
    assert warm(*verify).returncode == 0


def test_an_unknown_week_and_an_unknown_indicator_are_refused_in_words(kept):
    unknown = warm("briefing", "show", "2017-W09", "--stack", "demo")
    assert (unknown.returncode, "NotFound" in unknown.stderr) == (1, True)
    odd = warm("briefing", "explain", WEEK, "clinics.nothing", "--stack", "demo")
    assert (odd.returncode, "indicator" in odd.stderr) == (1, True)
    assert "Traceback" not in unknown.stderr + odd.stderr


def test_a_file_that_holds_no_facts_is_refused_before_anything_starts(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("clinics: [{date: soon}]", encoding="utf-8")
    refused = warm("demo", "--facts", file)
    assert refused.returncode == 1
    assert str(file) in refused.stderr
    assert "Traceback" not in refused.stderr
