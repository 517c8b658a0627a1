"""Ranks: within a group, shared by equals, with the ranks that a unit may have."""

from dataclasses import replace

import pytest

from services.supervision.assessment.assess import assess
from tests.support.assessment.chosen import exclusion
from tests.support.assessment.made import (
    ACTIVITIES,
    DELIVERED,
    ONE,
    RAISED,
    THREE,
    TWO,
    count,
    inputs,
    label,
    ranked,
    row,
    rubric,
    share,
)


def activities(*numbers):
    return {
        unit: {ACTIVITIES: number} for unit, number in zip((ONE, TWO, THREE), numbers, strict=False)
    }


def orders(*pairs):
    return {
        unit: {DELIVERED: done, RAISED: of}
        for unit, (done, of) in zip((ONE, TWO, THREE), pairs, strict=False)
    }


def ranks(document):
    return {it["orgunit"]: it["rank"] for group in document["groups"] for it in group["rows"]}


def may_be(document, unit):
    return tuple(row(document, unit)["rank_interval"].values())


def test_the_best_is_the_first_and_equal_scores_share_a_rank():
    document = assess(rubric(count()), inputs(activities(3, 7, 7)))
    assert ranks(document) == {ONE: 3, TWO: 1, THREE: 1}
    assert [it["orgunit"] for it in document["groups"][0]["rows"]] == [TWO, THREE, ONE]


def test_like_is_compared_with_like_alone():
    groups = [
        {"code": "urban", "label": label(), "units": [ONE, TWO]},
        {"code": "outer", "label": label(), "units": [THREE]},
    ]
    document = assess(rubric(count(), groups=groups), inputs(activities(3, 7, 5)))
    assert ranks(document) == {ONE: 2, TWO: 1, THREE: 1}
    by_rank = assess(rubric(ranked(), groups=groups), inputs(activities(3, 7, 9)))
    assert row(by_rank, TWO)["score"] == "100"


def test_an_excluded_unit_is_listed_with_its_approver_and_nobodys_peer():
    given = inputs(activities(3, 7, 9), exclusions=(exclusion(THREE),))
    document = assess(rubric(ranked()), given)
    assert ranks(document) == {ONE: 2, TWO: 1}
    assert row(document, TWO)["score"] == "100"
    assert document["excluded"] == [
        {
            "orgunit": THREE,
            "unit": f"unit {THREE}",
            "reason": {"zh": "合并", "en": "合并"},
            "approved_by": "person:wang.fang",
            "approved_on": "2017-06-30",
            "evidence": [],
        }
    ]
    assert [it["orgunit"] for it in document["sheets"]] == [ONE, TWO]


def test_a_unit_to_which_too_little_applies_has_a_score_and_no_rank():
    table = {
        ONE: {ACTIVITIES: 9, DELIVERED: 1, RAISED: 1},
        TWO: {ACTIVITIES: 5, DELIVERED: 9, RAISED: 10},
    }
    document = assess(rubric(count(weight=40), share(weight=60), least_weight=50), inputs(table))
    assert ranks(document) == {TWO: 1, ONE: None}
    few = row(document, ONE)
    assert (few["score"], few["standing"]["code"]) == ("90", "too_few")
    assert may_be(document, TWO) == (1, 1)


def test_few_cases_leave_the_ranks_open_and_many_decide_them():
    few = assess(rubric(share()), inputs(orders((4, 5), (3, 5))))
    assert ranks(few) == {ONE: 1, TWO: 2}
    assert may_be(few, ONE) == may_be(few, TWO) == (1, 2)
    many = assess(rubric(share()), inputs(orders((400, 500), (300, 500))))
    assert (may_be(many, ONE), may_be(many, TWO)) == ((1, 1), (2, 2))


def test_a_rank_is_open_only_between_units_that_are_close():
    table = orders((400, 500), (395, 500), (100, 500))
    document = assess(rubric(share()), inputs(table))
    assert [may_be(document, it) for it in (ONE, TWO, THREE)] == [(1, 2), (1, 2), (3, 3)]


def test_what_a_qualifier_leaves_open_leaves_the_rank_open():
    document = assess(rubric(count()), inputs(activities(("over", 3), 5)))
    assert ranks(document) == {ONE: 2, TWO: 1}
    assert may_be(document, ONE) == may_be(document, TWO) == (1, 2)
    bounded = assess(rubric(count()), inputs(activities(("at_most", 3), 5)))
    assert may_be(bounded, ONE) == (2, 2)


def test_equal_units_without_any_doubt_have_one_rank():
    document = assess(rubric(count()), inputs(activities(5, 5, 5)))
    assert {may_be(document, it) for it in (ONE, TWO, THREE)} == {(1, 3)}


def test_distances_of_several_lines_are_added_as_squares():
    # Added up, the distances would be more than the gap, as for one line of this weight.
    criteria = [
        share(weight=50),
        share(
            code="again",
            weight=50,
            measure={"numerator": ACTIVITIES, "denominator": RAISED, "times": 100},
        ),
    ]
    table = {
        ONE: {DELIVERED: 400, ACTIVITIES: 400, RAISED: 500},
        TWO: {DELIVERED: 377, ACTIVITIES: 377, RAISED: 500},
    }
    document = assess(rubric(*criteria), inputs(table))
    assert may_be(document, ONE) == (1, 1)
    alone = assess(rubric(share()), inputs(table))
    assert may_be(alone, ONE) == (1, 2)


@pytest.mark.parametrize("part", ["units", "figures"])
def test_the_order_of_the_inputs_is_of_no_consequence(part):
    given = inputs(activities(3, 7, 5))
    turned = replace(given, **{part: getattr(given, part)[::-1]})
    assert assess(rubric(ranked()), turned) == assess(rubric(ranked()), given)
