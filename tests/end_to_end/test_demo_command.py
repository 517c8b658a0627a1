"""`./warm demo` as a person runs it, and the commands that prove its result."""

import json
import os
import subprocess
import sys
from zipfile import ZipFile

import pytest
from pymongo import MongoClient

from deploy.local import stack_state
from deploy.local.places import ROOT, VAR
from deploy.local.waiting import wait_until
from services.supervision.forms.catalogue import FORMS
from shared.domain.form_names import EDITIONS
from shared.domain.wording import LANGUAGES
from tests.support import first_pages, golden_issues, plain_amqp
from tests.support.tampering import change_event

DEMO = VAR / "demo"
WEEK = "2017-W06"
SECONDS = 240


def warm(*arguments):
    return subprocess.run(
        [ROOT / "warm", *map(str, arguments)],
        # All forms are made here, as for a person who sets nothing.
        env={name: it for name, it in os.environ.items() if name != "WARM_FORMS"},
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


def test_both_editions_are_there_in_every_form_and_both_languages(kept):
    suffixes = {form.suffix for form in FORMS.values()}
    for folder in (DEMO, DEMO / "public"):
        names = {file.name for file in folder.glob(f"{WEEK}.??.*")}
        assert names == {f"{WEEK}.{lang}.{suffix}" for lang in LANGUAGES for suffix in suffixes}


def test_the_subscriber_has_the_bytes_of_the_public_edition(kept):
    published = (DEMO / "public" / f"{WEEK}.json").read_bytes()
    assert json.loads(published)["edition"] == "public"
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


def test_show_writes_the_public_edition_as_it_was_published(kept, tmp_path):
    file = tmp_path / "issue.pdf"
    show = ("briefing", "show", WEEK, "--format", "pdf", "--edition", "public", "--stack", "demo")
    assert warm(*show, "--output", str(file)).returncode == 0
    assert file.read_bytes() == (DEMO / "public" / f"{WEEK}.zh.pdf").read_bytes()


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_exported_issue_is_checked_without_the_system(kept, tmp_path, edition):
    file = tmp_path / "issue.zip"
    export = ("briefing", "export", WEEK, "--edition", edition, "--stack", "demo")
    assert warm(*export, "--output", str(file)).returncode == 0
    # By the program that comes with it, which needs nothing of ours.
    program = tmp_path / "verify.py"
    with ZipFile(file) as bundle:
        program.write_bytes(bundle.read("verify.py"))
    checked = subprocess.run(
        [sys.executable, "-I", program, file], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert ("数字 figures" in checked.stdout) == (edition == "internal")
    assert [it.name for it in tmp_path.glob("issue.zip*")] == ["issue.zip"]


def test_explain_prints_the_ids_of_the_events(kept):
    arguments = ("briefing", "explain", WEEK, "clinics.consultations", "--stack", "demo")
    answer = json.loads(warm(*arguments, "--json").stdout)
    printed = warm(*arguments).stdout
    assert len(answer["included"]) == 1
    assert f"in   {answer['included'][0]['id']}" in printed


def test_the_first_subscriber_prints_an_issue_once_and_refuses_others(kept, tmp_path):
    first_pages.prepare(first_pages.SUBSCRIBER, tmp_path)
    published = (DEMO / "public" / f"{WEEK}.json").read_text(encoding="utf-8")
    issue = json.loads(published)
    changed = issue | {"document": published.replace('"issue":1,', '"issue":2,')}
    signature = golden_issues.signer().sign(issue["digest"].encode())
    forged = issue | {"document": published, "signature": signature}
    with plain_amqp.channel(stack_state.read(DEMO)["amqp_uri"]) as channel:
        for data in (changed, forged):
            body = json.dumps({"type": "supervision.briefing.published", "data": data})
            channel.basic_publish("", "sub.first.reports", body)
    assert warm("subscriber", "test", "first", "--stack", "demo").returncode == 0
    with first_pages.subscriber(tmp_path) as printed:
        wanted = "no issue: supervision.subscriber.tested\n"
        wait_until(lambda: printed.read_text(encoding="utf-8").endswith(wanted), SECONDS)
        lines = printed.read_text(encoding="utf-8").splitlines()
    assert lines.pop(1).startswith(f"issue 1, {WEEK}-r0.json: 报送：")
    assert lines == [
        "waiting for issues",
        "refused: the digest is wrong",
        f"refused: not signed by the key in office.pem, but by {issue['keyid']}",
        wanted.strip(),
    ]
    assert (tmp_path / f"{WEEK}-r0.json").read_text(encoding="utf-8") == published
    assert len(list(tmp_path.glob("refused-*"))) == 2


def test_the_first_callers_raise_an_order_and_read_it_back(kept, tmp_path):
    first_pages.prepare(first_pages.CALL, tmp_path)
    by_pika, by_client = first_pages.calls(tmp_path)
    raised, read = by_pika.splitlines()
    assert raised.startswith("raised ") and raised.endswith(" promised by 2017-02-20")
    assert read == "raised ['大米']"
    assert by_client.startswith("raised ") and by_client.endswith(" raised\n")


def test_verify_exits_with_0_until_a_fact_is_changed(kept):
    verify = ("briefing", "verify", WEEK, "--stack", "demo")
    assert warm(*verify).returncode == 0
    assert warm(*verify, "--edition", "public").returncode == 0
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
