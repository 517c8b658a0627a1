"""The public edition of an assessment: ranks within the groups, not what they follow from."""

import copy
import json

from services.supervision.editions.public import public
from tests.support.assessment.half_year import GROUNDS, NEW, THIRD, WANG, WHY, whole


def edition(internal):
    return public(internal, [], 5)["assessment"]


def test_the_public_edition_has_the_ranks_of_each_group():
    internal = whole()
    found = edition(internal)
    rows, printed = (
        [(row["orgunit"], row["rank"]) for it in part["groups"] for row in it["rows"]]
        for part in (internal["assessment"], found)
    )
    assert printed == rows and [rank for _, rank in rows] == [1, None]
    assert [it["orgunit"] for it in found["excluded"]] == [THIRD]
    assert [it["orgunit"] for it in found["not_in_a_group"]] == [NEW]
    assert found["rubric"]["version"] == "2017-1" and found["sheets"] == []


def test_no_score_no_line_no_person_and_no_grounds_are_in_it():
    internal = whole()
    text = json.dumps(edition(internal), ensure_ascii=False)
    for hidden in (WANG, "person:", WHY["zh"], GROUNDS["zh"], "41237", "87.25", "12.5"):
        assert hidden in json.dumps(internal["assessment"], ensure_ascii=False)
        assert hidden not in text
    for row in internal["assessment"]["groups"][0]["rows"]:
        assert f'"{row["score"]}"' not in text


def test_other_figures_behind_the_same_ranks_give_the_same_edition():
    """So no figure comes back from it."""
    one = whole()
    other = copy.deepcopy(one)
    for row in other["assessment"]["groups"][0]["rows"]:
        row |= {"score": "0.01", "rank_interval": {"best": 1, "worst": 2}}
        row |= {"chance": {"low": "0", "high": "1"}, "interval": {"low": "0", "high": "1"}}
    other["assessment"]["sheets"] = []
    other["assessment"]["appeal_window"]["open"] = 7
    assert edition(one) == edition(other)
