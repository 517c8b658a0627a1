"""The groups' reports by RPC, in a published issue: progress, nil, silence; and a late report."""

import base64
import json

from tests.support.running import DISTRICT, WEEK

PERIOD = str(WEEK)
DONE = {"zh": "举办义诊两场", "en": "two clinics held"}
FORMED = "2017-01-30T09:00:00+08:00"
REASON = {"zh": "补报", "en": "a late report"}


def form(running, code, name):
    group = {"kind": "special", "code": code, "name": {"zh": name}}
    where = {"orgunit": DISTRICT, "time": FORMED, "timeprecision": "day"}
    return running.do("supervision", "form_group", **group, **where)["id"]


def report(running, group, **said):
    return running.do("supervision", "report_progress", group=group, period=PERIOD, **said)


def states(running):
    document = json.loads(running.ask("supervision", "briefing", period=PERIOD))
    rows = document["groups"]["reports"]
    return {row["name"]["zh"]: row["state"]["code"] for row in rows}


def text(running, edition):
    found = running.ask(
        "supervision", "issue_form", period=PERIOD, format="text", lang="zh", edition=edition
    )
    return base64.b64decode(found["content"]).decode()


def is_equal(running, **which):
    return running.ask("supervision", "verify", period=PERIOD, **which)["equal"]


def test_an_issue_names_who_reported_nil_and_who_was_silent_until_the_late_report(running):
    groups = {"clinics": "义诊组", "jobs": "就业组", "law": "普法组"}
    clinics, jobs, law = (form(running, code, name) for code, name in groups.items())
    report(running, clinics, done=DONE)
    report(running, jobs, nil=True)
    running.settled()
    running.issue(PERIOD)
    assert states(running) == {"义诊组": "progress", "就业组": "nil", "普法组": "silent"}
    for edition in ("internal", "public"):
        page = text(running, edition)
        assert "已报进展1个；零报告：就业组；未报：普法组" in page
        assert (DONE["zh"] in page) == (edition == "internal")
        assert is_equal(running, edition=edition)

    report(running, law, done=DONE)
    running.settled()
    proposal = running.ask("supervision", "revision_proposal", period=PERIOD)
    assert (proposal["changes"], proposal["told_differently"]) == ([], ["groups"])
    running.do("supervision", "revise_briefing", period=PERIOD, reason=REASON)
    running.approve(PERIOD)
    running.do("supervision", "publish_briefing", period=PERIOD)
    assert states(running) == {"义诊组": "progress", "普法组": "progress", "就业组": "nil"}
    assert is_equal(running, revision=0) and is_equal(running, revision=1)
