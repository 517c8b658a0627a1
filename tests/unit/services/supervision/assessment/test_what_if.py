"""A draft rubric beside the one in force: what changes, by unit and line."""

from datetime import date
from decimal import Decimal

from services.supervision.assessment.compare import what_if
from services.supervision.assessment.inputs import Observation
from tests.support.assessment.made import (
    ACTIVITIES,
    DELIVERED,
    ONE,
    RAISED,
    TWO,
    count,
    inputs,
    label,
    observed,
    rubric,
    share,
)
from tests.unit.services.supervision.assessment.test_appeals import APPEAL

TABLE = {
    ONE: {ACTIVITIES: 10, DELIVERED: 45, RAISED: 100},
    TWO: {ACTIVITIES: 5, DELIVERED: 90, RAISED: 100},
}


def test_scores_and_ranks_of_both_rubrics_stand_side_by_side():
    draft = rubric(count(weight=20), share(weight=80), version="2017-2")
    found = what_if(rubric(count()), draft, inputs(TABLE))
    assert [it["version"] for it in found["rubric"]] == ["2017-1", "2017-2"]
    assert found["units"][0] == {
        "orgunit": ONE,
        "unit": f"unit {ONE}",
        "group": ["all", "all"],
        "score": ["100", "60"],
        "rank": [1, 2],
        "score_change": "-40",
        "rank_change": -1,
        "lines": [
            {"criterion": "activities", "points": ["100", "20"], "change": "-80"},
            {"criterion": "delivered", "points": [None, "40"], "change": None},
        ],
    }
    assert found["units"][1]["rank_change"] == 1


def test_the_same_rubric_changes_nothing():
    found = what_if(rubric(count()), rubric(count()), inputs(TABLE))
    assert {(it["score_change"], it["rank_change"]) for it in found["units"]} == {("0", 0)}


def test_awarded_points_are_left_out_of_both():
    given = inputs(TABLE, appeals=(APPEAL,), announced_on=date(2017, 7, 10))
    found = what_if(rubric(count()), rubric(count(code="others")), given)
    assert [it["score"] for it in found["units"]] == [["100", "100"], ["50", "50"]]


def test_a_line_that_only_one_rubric_observes_is_scored_there():
    visits = tuple(
        Observation(
            f"visit-{unit}", unit, "on_site", date(2017, 3, 1), Decimal(6), ("person:li.na",)
        )
        for unit in (ONE, TWO)
    )
    draft = rubric(count(weight=50), observed(weight=50, least=1))
    found = what_if(rubric(count()), draft, inputs(TABLE, observations=visits))
    assert [it["score"] for it in found["units"]] == [["100", "80"], ["50", "55"]]


def test_another_grouping_is_seen_in_the_ranks():
    groups = [
        {"code": "urban", "label": label(), "units": [ONE]},
        {"code": "outer", "label": label(), "units": [TWO]},
    ]
    found = what_if(rubric(count()), rubric(count(), groups=groups), inputs(TABLE))
    assert [it["group"] for it in found["units"]] == [["all", "urban"], ["all", "outer"]]
    assert [it["rank"] for it in found["units"]] == [[1, 1], [2, 1]]
