"""Inputs are complete and without repetition, or refused by the name of what is wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Figure, Observation, Unit
from shared.domain.canonical import sha256
from shared.domain.errors import ValidationFailed
from shared.domain.quantities import exact
from tests.support.assessment.chosen import exclusion
from tests.support.assessment.made import (
    ACTIVITIES,
    ONE,
    TWO,
    count,
    inputs,
    observed,
    row,
    rubric,
    sheet,
)

ELSEWHERE = "410103100"
RUBRIC = rubric(count(weight=50), observed(weight=50, least=1))
VISIT = Observation("visit-1", ONE, "on_site", date(2017, 3, 1), Decimal(8), ("person:li.na",))
GIVEN = inputs({ONE: {ACTIVITIES: 5}, TWO: {ACTIVITIES: 7}}, observations=(VISIT,))


def refusal(**changes):
    with pytest.raises(ValidationFailed) as caught:
        assess(RUBRIC, replace(GIVEN, **changes))
    for messages in caught.value.data.values():
        assert all(it.startswith("Must ") for it in messages)
    return list(caught.value.data)


def observation(**changes):
    return {"observations": (replace(VISIT, **changes),)}


def test_a_unit_in_no_group_is_refused_unless_it_is_excluded():
    units = (*GIVEN.units, Unit(ELSEWHERE, "马寨镇"))
    assert refusal(units=units) == [f"units.{ELSEWHERE}"]
    assess(RUBRIC, replace(GIVEN, units=units, exclusions=(exclusion(ELSEWHERE),)))


def test_every_figure_is_given_for_every_unit():
    assert refusal(figures=GIVEN.figures[:1]) == [f"figures.{TWO}.{ACTIVITIES}"]


def test_an_excluded_unit_needs_no_figures():
    found = assess(RUBRIC, replace(GIVEN, figures=GIVEN.figures[:1], exclusions=(exclusion(TWO),)))
    assert row(found, ONE)["rank"] == 1


def test_a_figure_is_counted_in_its_unit():
    wrong = Figure(ONE, ACTIVITIES, exact(5, "clinic"))
    assert refusal(figures=(wrong, GIVEN.figures[1])) == [f"figures.{ONE}.{ACTIVITIES}.unit"]


REFUSED = {
    f"units.{ONE}": {"units": (*GIVEN.units, GIVEN.units[0])},
    f"figures.{ONE}.{ACTIVITIES}": {"figures": (*GIVEN.figures, GIVEN.figures[0])},
    "observations.visit-1": {"observations": (VISIT, VISIT)},
    "observations.visit-1.score": observation(score=Decimal("10.5")),
    "observations.visit-1.orgunit": observation(orgunit=ELSEWHERE),
    "observations.visit-1.criterion": observation(criterion="activities"),
    "observations.visit-1.observers": observation(observers=()),
    f"exclusions.{TWO}": {"exclusions": (exclusion(TWO), exclusion(TWO))},
    f"exclusions.{ELSEWHERE}": {"exclusions": (exclusion(ELSEWHERE),)},
    f"exclusions.{TWO}.approved_by": {
        "exclusions": (replace(exclusion(TWO), approved_by="service:supervision"),)
    },
}


@pytest.mark.parametrize("place", REFUSED)
def test_what_is_wrong_is_refused_by_its_name(place):
    assert refusal(**REFUSED[place]) == [place]


def test_a_negative_score_is_refused():
    assert refusal(**observation(score=Decimal(-1))) == ["observations.visit-1.score"]


def test_the_sheet_has_the_digest_of_the_events_of_each_figure():
    first = replace(GIVEN.figures[0], evidence=("event-b", "event-a", "event-b"))
    document = assess(RUBRIC, replace(GIVEN, figures=(first, GIVEN.figures[1])))
    assert sheet(document, ONE)["figures"] == [
        {
            "source": ACTIVITIES,
            "value": "5",
            "qualifier": "exact",
            "unit": "activity",
            "stated": None,
            "events": 2,
            "evidence": sha256(["event-a", "event-b"]),
        }
    ]


def test_the_sheet_has_the_observations_of_the_unit():
    document = assess(RUBRIC, GIVEN)
    assert sheet(document, TWO)["observations"] == []
    assert sheet(document, ONE)["observations"] == [
        {
            "id": "visit-1",
            "criterion": "on_site",
            "day": "2017-03-01",
            "score": "8",
            "observers": ["person:li.na"],
            "occasion": None,
            "evidence": [],
        }
    ]
