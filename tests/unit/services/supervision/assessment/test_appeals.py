"""Appeals: within the window, answered by somebody else, recorded with what they changed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.supervision.assessment.assess import assess
from services.supervision.assessment.compare import compare
from services.supervision.assessment.inputs import Answer, Appeal
from shared.domain.errors import ValidationFailed
from tests.support.assessment.chosen import exclusion
from tests.support.assessment.made import (
    ACTIVITIES,
    DELIVERED,
    ONE,
    RAISED,
    TWO,
    count,
    inputs,
    line,
    row,
    rubric,
    share,
    sheet,
)

ANNOUNCED = date(2017, 7, 10)
LAST = date(2017, 7, 15)
GROUNDS = {"zh": "漏计三次活动", "en": "three activities are missing"}
ANSWER = Answer("person:chen.gang", date(2017, 7, 18), "upheld", {"zh": "属实"}, Decimal("80.5"))
APPEAL = Appeal("appeal-1", ONE, "activities", "person:li.na", LAST, GROUNDS, ANSWER)
TABLE = {ONE: {ACTIVITIES: 5}, TWO: {ACTIVITIES: 7}}


def given(*appeals, **changes):
    return inputs(TABLE, **{"appeals": appeals, "announced_on": ANNOUNCED} | changes)


def assessed(*appeals, **changes):
    return assess(rubric(count()), given(*appeals, **changes))


def answered(**changes):
    return replace(APPEAL, answer=replace(ANSWER, **changes))


def test_an_upheld_appeal_changes_the_points_and_keeps_those_that_were_computed():
    document = assessed(APPEAL)
    found = line(document, ONE, "activities")
    assert (found["base"], found["appeal"], found["points"]) == ("50", "30.5", "80.5")
    assert (row(document, ONE)["score"], row(document, ONE)["rank"]) == ("80.5", 1)
    assert sheet(document, ONE)["appeals"] == [
        {
            "id": "appeal-1",
            "criterion": "activities",
            "by": "person:li.na",
            "lodged_on": "2017-07-15",
            "late": False,
            "grounds": GROUNDS,
            "outcome": {
                "code": "upheld",
                "zh": "采纳，改分",
                "en": "upheld: the points are changed",
            },
            "answer": {
                "by": "person:chen.gang",
                "answered_on": "2017-07-18",
                "reason": {"zh": "属实"},
                "computed": "50",
                "awarded": "80.5",
            },
            "evidence": [],
        }
    ]


def test_awarded_points_may_be_fewer():
    document = assessed(answered(points=Decimal("12.25")))
    assert line(document, ONE, "activities")["appeal"] == "-37.75"
    assert row(document, ONE)["score"] == "12.25"


def test_awarded_points_are_certain():
    criterion = count(chance="count")
    before = assess(rubric(criterion), given())
    after = assess(rubric(criterion), given(APPEAL))
    assert row(before, ONE)["chance"] != {"low": "50", "high": "50"}
    assert row(after, ONE)["chance"] == {"low": "80.5", "high": "80.5"}
    assert row(after, ONE)["interval"] == {"low": "80.5", "high": "80.5"}


@pytest.mark.parametrize("outcome", ["rejected", "corrected"])
def test_another_answer_is_recorded_and_changes_no_points(outcome):
    document = assessed(answered(outcome=outcome, points=None))
    assert row(document, ONE)["score"] == "50"
    assert sheet(document, ONE)["appeals"][0]["outcome"]["code"] == outcome


def test_an_open_appeal_is_counted():
    document = assessed(replace(APPEAL, answer=None))
    assert document["appeal_window"] == {
        "announced_on": "2017-07-10",
        "last_day": "2017-07-15",
        "open": 1,
    }
    assert row(document, ONE)["score"] == "50"


def test_a_late_appeal_is_recorded_as_late_and_cant_be_upheld():
    late = replace(answered(outcome="rejected", points=None), lodged_on=date(2017, 7, 16))
    assert sheet(assessed(late), ONE)["appeals"][0]["late"]
    assert refusal(replace(APPEAL, lodged_on=date(2017, 7, 16))) == {
        "appeals.appeal-1.answer.outcome"
    }


def test_there_is_no_window_before_the_announcement():
    assert assess(rubric(count()), inputs(TABLE))["appeal_window"] is None


def refusal(*appeals, **changes):
    with pytest.raises(ValidationFailed) as caught:
        assessed(*appeals, **changes)
    return set(caught.value.data)


REFUSED = {
    "criterion": replace(APPEAL, criterion="nothing"),
    "orgunit": replace(APPEAL, orgunit="410103100"),
    "lodged_on": replace(APPEAL, lodged_on=date(2017, 7, 9)),
    "answer.by": answered(by="person:li.na"),
    "answer.answered_on": answered(answered_on=date(2017, 7, 14)),
    "answer.outcome": answered(outcome="open", points=None),
    "answer.points": answered(points=None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_appeal_that_cant_be_is_refused_by_its_field(name):
    assert refusal(REFUSED[name]) == {f"appeals.appeal-1.{name}"}


@pytest.mark.parametrize("points", ["100.01", "-1", "3.125"])
def test_points_that_the_line_cant_have_are_refused(points):
    assert refusal(answered(points=Decimal(points))) == {"appeals.appeal-1.answer.points"}


def test_a_service_answers_no_appeal():
    assert refusal(answered(by="service:supervision")) == {"appeals.appeal-1.answer.by"}


def test_points_are_upheld_once_for_a_line():
    assert refusal(APPEAL, replace(APPEAL, id="appeal-2")) == {f"appeals.{ONE}.activities"}
    assert refusal(APPEAL, replace(APPEAL, criterion="activities")) == {"appeals.appeal-1"} | {
        f"appeals.{ONE}.activities"
    }


def test_an_excluded_unit_appeals_against_nothing():
    found = refusal(APPEAL, exclusions=(exclusion(ONE),))
    assert found == {"appeals.appeal-1.orgunit"}


def test_points_arent_awarded_for_what_is_not_applicable():
    table = {ONE: {DELIVERED: 1, RAISED: 1}, TWO: {DELIVERED: 9, RAISED: 9}}
    appeal = replace(APPEAL, criterion="delivered")
    with pytest.raises(ValidationFailed) as caught:
        assess(rubric(share()), inputs(table, appeals=(appeal,), announced_on=ANNOUNCED))
    assert set(caught.value.data) == {"appeals.appeal-1.answer.points"}


def test_before_and_after_appeals_are_compared():
    found = compare(assessed(), assessed(APPEAL))["units"]
    assert [(it["score_change"], it["rank_change"]) for it in found] == [("30.5", 1), ("0", -1)]


def test_the_order_of_appeals_is_of_no_consequence():
    other = replace(APPEAL, id="appeal-0", answer=None)
    assert assessed(APPEAL, other) == assessed(other, APPEAL)
