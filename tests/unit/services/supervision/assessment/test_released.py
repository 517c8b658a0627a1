"""A released rubric and a released method give the scores and ranks that they gave."""

from datetime import date
from decimal import Decimal
from random import Random

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Figure, Inputs, Observation, Unit
from services.supervision.assessment.rubrics import rubric_from, rubric_of
from services.supervision.assessment.words import METHOD
from shared.domain.canonical import sha256
from shared.domain.quantities import Quantity

# Method → digest of the groups of an assessment. A change of the method is a new version.
RELEASED = {"1": "952f3326d5f59189fea0c8b5dd6090be4016db471780aad3933888712913aabd"}


def given(rubric):
    """Figures of all units of a rubric, by a seed."""
    random = Random(20)
    units = sorted(rubric.groups)
    return Inputs(
        period="2017-H1",
        units=tuple(Unit(code, code) for code in units),
        figures=tuple(
            Figure(code, source, figure(random, rubric, source), (f"event-{code}-{source}",))
            for code in units
            for source in sorted(rubric.sources)
        ),
        observations=tuple(
            Observation(
                f"visit-{code}-{visit}",
                code,
                "on_site",
                date(2017, 3 + visit, 1),
                Decimal(random.randint(60, 100)),
                ("person:li.na",),
            )
            for code in units
            for visit in range(2)
        ),
    )


def figure(random, rubric, source):
    most = {"declared.residents": 60_000, "declared.silent_reports": 3}.get(source, 40)
    qualifier = random.choice(["exact"] * 8 + ["over", "about"])
    return Quantity(Decimal(random.randint(most // 2, most)), qualifier, rubric.units[source])


def test_the_method_gives_what_it_gave():
    rubric = rubric_of("2017-1")
    groups = assess(rubric, given(rubric))["groups"]
    assert sha256([group["rows"] for group in groups]) == RELEASED[METHOD]


def test_a_document_can_be_computed_again_by_the_rubric_in_it():
    rubric = rubric_of("2017-1")
    document = assess(rubric, given(rubric))
    assert assess(rubric_from(document["rubric"]), given(rubric)) == document
