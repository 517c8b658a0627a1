"""A half-year's assessment with the real services: what is said by commands, drafted, published in
both editions, appealed against and revised; its evidence, and a draft rubric."""

import json
from datetime import timedelta

import pytest

from services.supervision.assessment.rubrics import rubric_of
from shared.domain.canonical import sha256
from shared.domain.errors import ValidationFailed
from shared.domain.report_periods import HalfYear
from tests.support.running import DISTRICT, PERSON, RETIRED, SIGNER, SUBDISTRICT, started

__all__ = ["started"]

PERIOD = HalfYear(2017, 1)
H1 = str(PERIOD)
OTHER = "410103003"
RUBRIC = rubric_of("2017-1").content
WORDS = {"zh": "示例", "en": "an example"}
RESIDENTS = {"value": "41200", "qualifier": "exact", "unit": "person", "stated": None}
REASON = {"zh": "申诉采纳", "en": "an appeal was upheld"}
CLOSED = "supervision.findings_closed"


@pytest.fixture(scope="module")
def half_year(started):
    """Two sub-districts with findings and observations; one that was dissolved is excluded."""
    named = {"parent": DISTRICT, "level": "subdistrict", "name": "示例街道"}
    started.do("supervision", "register_orgunit", code=OTHER, **named)
    started.settled()
    for unit, closed in ((SUBDISTRICT, 5), (OTHER, 2)):
        for number in range(6):
            find(started, unit, number < closed)
        for score in ("80", "90.5"):
            observe(started, unit, score)
        given = {"figure": "declared.residents", "quantity": RESIDENTS, "source": WORDS}
        started.do("supervision", "declare_figure", orgunit=unit, period=H1, **given)
    of_retired = {"orgunit": RETIRED, "period": H1}
    started.do("supervision", "exclude_from_assessment", **of_retired, reason=WORDS)
    started.do("supervision", "approve_exclusion", **of_retired, actor=SIGNER)
    started.set_clock(PERIOD.cutoff + timedelta(hours=1))
    started.settled()
    started.do("supervision", "draft_briefing", period=H1)
    return started


def at(day):
    return {"time": f"{day}T09:00:00+08:00", "timeprecision": "day"}


def find(running, unit, close):
    """A finding, perhaps closed by another person than who rectified it."""
    found = {"kind": "facility", "what": WORDS, "orgunit": unit, **at("2017-02-07")}
    id = running.do("supervision", "report_finding", **found)["id"]
    if close:
        running.do("supervision", "rectify_finding", id=id, **at("2017-02-08"))
        running.do("supervision", "close_finding", id=id, actor=SIGNER, **at("2017-02-09"))


def observe(running, unit, score):
    given = {"criterion": "on_site", "score": score, "observers": [PERSON], "occasion": WORDS}
    running.do("supervision", "record_observation", orgunit=unit, **given, **at("2017-02-08"))


def sheet(running, unit=SUBDISTRICT, **which):
    return running.ask("supervision", "assessment_sheet", period=H1, orgunit=unit, **which)


def points(running, criterion="findings_closed", unit=OTHER, **which):
    lines = sheet(running, unit, **which)["sheet"]["lines"]
    return next(line["points"] for line in lines if line["criterion"] == criterion)


def document(running, **which):
    return json.loads(running.ask("supervision", "briefing", period=H1, **which))


def is_equal(running, **which):
    return running.ask("supervision", "verify", period=H1, **which)["equal"]


def test_a_draft_has_scores_of_figures_and_of_what_was_said(half_year):
    part = document(half_year)["assessment"]
    [urban] = [group for group in part["groups"] if group["rows"]]
    assert {row["orgunit"] for row in urban["rows"]} == {SUBDISTRICT, OTHER}
    assert [row["orgunit"] for row in part["excluded"]] == [RETIRED]
    found = sheet(half_year)
    values = {line["criterion"]: line["value"] for line in found["sheet"]["lines"]}
    assert values["on_site"] == "85.25"
    assert found["rubric"] == "2017-1" and found["status"] == "draft"


def test_the_events_of_a_line_are_facts(half_year):
    asked = {"period": H1, "orgunit": SUBDISTRICT, "criterion": "findings_closed"}
    found = half_year.ask("supervision", "assessment_evidence", **asked)
    closed = next(it for it in found["figures"] if it["source"] == CLOSED)
    assert closed["events"] == len(closed["ids"]) == 5
    assert closed["digest"] == sha256(closed["ids"])
    with half_year.service_db("supervision") as database:
        known = database["facts"].find({"_id": {"$in": closed["ids"]}}, {"type": 1})
        assert {fact["type"] for fact in known} == {"supervision.finding.closed"}
    explained = {"period": H1, "indicator": CLOSED, "orgunit": SUBDISTRICT}
    included = half_year.ask("supervision", "explain", **explained)["included"]
    assert sorted(event["id"] for event in included) == closed["ids"]


def test_a_draft_rubric_is_tried_on_the_facts_of_now(half_year):
    draft = json.dumps(RUBRIC | {"version": "2017-2", "note": WORDS, "appeal_days": 9})
    found = half_year.ask("supervision", "compare_rubrics", period=H1, rubric=draft)
    assert [it["version"] for it in found["rubric"]] == ["2017-1", "2017-2"]
    assert {unit["orgunit"] for unit in found["units"]} == {SUBDISTRICT, OTHER}
    changed = {line["criterion"] for unit in found["units"] for line in unit["lines"]}
    assert "findings_closed" in changed
    with pytest.raises(ValidationFailed) as refused:
        half_year.ask("supervision", "compare_rubrics", period=H1, rubric='{"total": 1}')
    assert refused.value.data.keys() == {"rubric"}


def test_it_is_published_appealed_against_and_revised(half_year):
    half_year.issue(H1)
    assert is_equal(half_year) and is_equal(half_year, edition="public")
    public = document(half_year, edition="public")["assessment"]
    assert public["sheets"] == [] and {it["score"] for it in rows(public)} == {None}
    assert sorted(row["rank"] for row in rows(public)) == [1, 2]

    half_year.set_clock(PERIOD.cutoff + timedelta(days=9))
    half_year.do("supervision", "announce_scores", period=H1, **at("2017-07-10"))
    lodged = {"criterion": "findings_closed", "grounds": WORDS, "period": H1}
    id = half_year.do("supervision", "appeal", orgunit=OTHER, **lodged, **at("2017-07-11"))["id"]
    answer = {"outcome": "upheld", "points": "9.25", "answer": WORDS, "actor": SIGNER}
    half_year.do("supervision", "answer_appeal", id=id, **answer, **at("2017-07-12"))
    half_year.settled()
    before = points(half_year)
    proposal = half_year.ask("supervision", "revision_proposal", period=H1)
    assert (proposal["changes"], proposal["told_differently"]) == ([], ["assessment"])

    half_year.do("supervision", "revise_briefing", period=H1, reason=REASON)
    half_year.approve(H1)
    half_year.do("supervision", "publish_briefing", period=H1)
    assert (points(half_year, revision=0), points(half_year)) == (before, "9.25")
    [appeal] = sheet(half_year, OTHER)["sheet"]["appeals"]
    assert (appeal["answer"]["computed"], appeal["answer"]["awarded"]) == (before, "9.25")
    for which in ({"revision": 0}, {"revision": 1}, {"revision": 1, "edition": "public"}):
        assert is_equal(half_year, **which)


def rows(part):
    return [row for group in part["groups"] for row in group["rows"]]
