"""After publication: late facts and corrections make a revision that says exactly what changed."""

import json

import pytest

from shared.domain.errors import Conflict

PERIOD = "2017-W06"
REASON = {"zh": "迟报和更正", "en": "late and corrected reports"}
MORE = {"value": "620", "qualifier": "exact", "unit": "person_time", "stated": "620人次"}
CAUSE = "漏记下午场"


@pytest.fixture
def revisable(published):
    """The first issue, and a clock in the week after."""
    published.clock.set(published.week.next().cutoff)
    return published


def clinic_of(district):
    return district.log("clinics", "clinics.clinic.tallied")[0]


def correct_the_clinic(district):
    clinic = clinic_of(district)
    district.do(
        "clinics",
        "correct_clinic",
        id=clinic["subject"],
        time=clinic["time"],
        timeprecision=clinic["timeprecision"],
        consultations=MORE,
        reason=CAUSE,
    )


def record_a_late_visit(district):
    visits = {"value": "40", "qualifier": "over", "unit": "visit", "stated": None}
    when = {"time": "2017-02-08T00:00:00+08:00", "timeprecision": "day"}
    district.do(
        "relief",
        "record_visits",
        orgunit="410103016009",
        kind="household",
        visits=visits,
        **when,
    )


def revise(district, *verbs):
    for verb in verbs:
        if verb == "approve":
            last = district.approve(PERIOD)
            continue
        reason = {"reason": REASON} if verb == "revise" else {}
        last = district.do("supervision", f"{verb}_briefing", period=PERIOD, **reason)
    return last


def issue(district, revision):
    return json.loads(district.ask("briefing", period=PERIOD, revision=revision))


def figure(quantity):
    return quantity and (quantity["value"], quantity["qualifier"])


def test_a_correction_and_a_late_fact_make_r1_with_exactly_the_difference(revisable):
    correct_the_clinic(revisable)
    record_a_late_visit(revisable)
    assert revise(revisable, "revise", "approve", "publish")["status"] == "published"

    first, revised = issue(revisable, 0), issue(revisable, 1)
    assert first == revisable.first
    assert (revised["revision"], revised["issue"]) == (1, first["issue"])
    assert revised["replaces"] == f"urn:warm:briefing:{PERIOD}:r0"
    assert revised["masthead"]["reason"] == REASON
    changes = {
        (row["indicator"], row["orgunit"]): (figure(row["old"]), figure(row["new"]))
        for row in revised["late"]
    }
    over_500, exactly_620, over_40 = ("500", "over"), ("620", "exact"), ("40", "over")
    unstated = (None, "not_stated")
    assert changes == {
        ("clinics.consultations", "410103"): (over_500, exactly_620),
        ("clinics.consultations", "410103006"): (over_500, exactly_620),
        ("relief.visits_household", "410103"): (unstated, over_40),
        ("relief.visits_household", "410103016"): (unstated, over_40),
        ("relief.visits_household", "410103016009"): (None, over_40),
    }
    causes = {
        (cause["type"], cause["reason"]) for row in revised["late"] for cause in row["because"]
    }
    assert causes == {("clinics.clinic.corrected", CAUSE), ("relief.visit.recorded", None)}
    for revision in (0, 1):
        assert revisable.ask("verify", period=PERIOD, revision=revision)["equal"]
    [internal] = revisable.log("supervision", "supervision.briefing.revised_internal")
    assert len(internal["data"]["changes"]) == len(changes)
    versions = revisable.log("supervision", "supervision.briefing.revised")
    assert [it["dataschema"].rsplit(":", 1)[1] for it in versions] == ["1", "2"]
    assert {it["data"]["reason"]["zh"] for it in (internal, *versions)} == {REASON["zh"]}
    # The public edition says no figure of fewer than five people.
    assert all(len(it["data"]["changes"]) <= len(changes) for it in versions)


def test_a_revision_that_changes_nothing_is_refused(revisable):
    with pytest.raises(Conflict) as caught:
        revise(revisable, "revise")
    assert caught.value.data["action"] == "revise"
    # What happened in another week changes nothing of this one.
    revisable.do(
        "relief",
        "record_visits",
        orgunit="410103016",
        kind="household",
        visits={"value": "3", "qualifier": "exact", "unit": "visit", "stated": None},
        time="2017-02-14T00:00:00+08:00",
        timeprecision="day",
    )
    with pytest.raises(Conflict):
        revise(revisable, "revise")
    assert revisable.ask("revision_proposal", period=PERIOD)["changes"] == []


def test_a_drafted_revision_whose_cause_is_taken_back_is_not_published(revisable):
    record_a_late_visit(revisable)
    revise(revisable, "revise")
    visit = revisable.log("relief", "relief.visit.recorded")[-1]
    revisable.do(
        "relief",
        "correct_visits",
        id=visit["subject"],
        time=visit["time"],
        timeprecision="day",
        visits=visit["data"]["visits"],
        withdrawn=True,
        reason="重复登记",
    )
    revise(revisable, "draft", "approve")
    with pytest.raises(Conflict):
        revise(revisable, "publish")


def test_a_published_issue_is_not_drafted_again(revisable):
    with pytest.raises(Conflict):
        revise(revisable, "draft")
