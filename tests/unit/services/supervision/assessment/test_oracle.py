"""Scores and ranks are those of an oracle that computes them straight from the rubric's content."""

from fractions import Fraction
from random import Random

import pytest

from services.supervision.assessment.assess import assess
from services.supervision.assessment.degrees import COUNTED, STANDINGS
from services.supervision.assessment.formulas import FORMULAS
from services.supervision.assessment.rubrics import rubric_from
from tests.support.assessment import chosen, oracle

SEEDS = range(150)


@pytest.fixture(scope="module")
def cases():
    """(content of the rubric, inputs, document) of each seed."""
    made = [chosen.case(Random(seed)) for seed in SEEDS]
    return [(*case, assess(rubric_from(case[0]), case[1])) for case in made]


def test_every_line_score_and_rank_is_the_oracles(cases):
    for seed, (content, inputs, document) in enumerate(cases):
        assert of_document(document) == oracle.scores(content, inputs), seed


def of_document(document):
    """The document's numbers in the form of the oracle."""
    sheets = {it["orgunit"]: it for it in document["sheets"]}
    return {
        row["orgunit"]: {
            "score": Fraction(row["score"]),
            "low": Fraction(row["interval"]["low"]),
            "high": Fraction(row["interval"]["high"]),
            "weight": Fraction(sheets[row["orgunit"]]["applicable_weight"]),
            "rank": row["rank"],
            "best": row["rank_interval"] and row["rank_interval"]["best"],
            "worst": row["rank_interval"] and row["rank_interval"]["worst"],
            "lines": {
                line["criterion"]: of_line(line)
                for line in sheets[row["orgunit"]]["lines"]
                if line["standing"]["code"] in COUNTED
            },
        }
        for group in document["groups"]
        for row in group["rows"]
    }


def of_line(line):
    parts = {name: line[name] for name in ("base", "bonus", "points")}
    return {
        name: Fraction(text) for name, text in (parts | line["interval"] | line["chance"]).items()
    }


def test_the_cases_have_everything_that_there_may_be(cases):
    criteria = [it for content, _, _ in cases for it in content["criteria"]]
    documents = [document for _, _, document in cases]
    groups = [group["rows"] for document in documents for group in document["groups"]]
    lines = [it for document in documents for sheet in document["sheets"] for it in sheet["lines"]]
    assert {(it["formula"], it["direction"]) for it in criteria} == {
        (name, direction) for name, it in FORMULAS.items() for direction in it.directions
    }
    assert {it["standing"]["code"] for it in lines} == STANDINGS.keys()
    for part in ("bonus", "deduction", "cap"):
        assert any(part in it for it in criteria)
    assert any(it["rank"] is None for rows in groups for it in rows)
    assert any(document["excluded"] for document in documents)
    ranks = [[it["rank"] for it in rows if it["rank"]] for rows in groups]
    assert any(len(set(it)) < len(it) for it in ranks)
