"""What holds for every rubric and all inputs."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Figure
from services.supervision.assessment.rubrics import rubric_from
from shared.domain.canonical import dumps
from shared.domain.quantities import exact
from tests.support.assessment import chosen

randoms = st.randoms(use_true_random=False)
often = settings(max_examples=30, deadline=None)


@st.composite
def cases(draw):
    """(rubric, inputs)."""
    content, inputs = chosen.case(draw(randoms))
    return rubric_from(content), inputs


def rows(document):
    return [row for group in document["groups"] for row in group["rows"]]


@often
@given(cases(), randoms)
def test_the_same_inputs_in_any_order_give_the_same_bytes(case, random):
    rubric, inputs = case
    turned = {
        name: tuple(random.sample(part, len(part)))
        for name in ("units", "figures", "observations", "exclusions")
        for part in [getattr(inputs, name)]
    }
    assert dumps(assess(rubric, replace(inputs, **turned))) == dumps(assess(rubric, inputs))


@often
@given(cases())
def test_lines_add_up_and_stay_within_what_they_can_have(case):
    rubric, inputs = case
    document = assess(rubric, inputs)
    scores = {row["orgunit"]: row["score"] for row in rows(document)}
    bonuses = {it.code: it.bonus.up_to if it.bonus else 0 for it in rubric.criteria}
    for sheet in document["sheets"]:
        points = []
        for line in sheet["lines"]:
            parts = {
                name: Fraction(line[name])
                for name in ("base", "bonus", "deduction", "appeal", "points", "cap")
            }
            total = parts["base"] + parts["bonus"] - parts["deduction"] + parts["appeal"]
            assert total == parts["points"]
            assert 0 <= parts["points"] <= parts["cap"] + bonuses[line["criterion"]]
            low, high = (Fraction(line["interval"][end]) for end in ("low", "high"))
            assert low <= parts["points"] <= high
            points.append(parts["points"])
        assert sum(points) == Fraction(sheet["score"]) == Fraction(scores[sheet["orgunit"]])


@often
@given(cases())
def test_a_rank_is_one_of_those_that_the_unit_may_have(case):
    for row in rows(assess(*case)):
        if row["rank"] is not None:
            low, high = row["rank_interval"].values()
            assert low <= row["rank"] <= high


@often
@given(cases())
def test_ranks_follow_the_scores_and_equal_scores_share_one(case):
    for group in assess(*case)["groups"]:
        ranked = [row for row in group["rows"] if row["rank"] is not None]
        for row in ranked:
            better = [it for it in ranked if Fraction(it["score"]) > Fraction(row["score"])]
            assert row["rank"] == 1 + len(better)


@often
@given(cases())
def test_an_excluded_unit_is_never_ranked_and_has_no_sheet(case):
    rubric, inputs = case
    document = assess(rubric, inputs)
    out = {it.orgunit for it in inputs.exclusions}
    assert {it["orgunit"] for it in document["excluded"]} == out
    assert not out & {it["orgunit"] for it in (*rows(document), *document["sheets"])}


@often
@given(cases(), st.sampled_from(chosen.UNITS), st.data(), st.integers(1, 30))
def test_a_better_figure_never_costs_points_of_its_line(case, unit, data, more):
    rubric, inputs = case
    assume(unit not in {it.orgunit for it in inputs.exclusions})
    # Observations belong to other criteria than the one that is left below.
    inputs = replace(inputs, observations=())
    counted = [it for it in rubric.criteria if it.measure]
    assume(counted)
    criterion = data.draw(st.sampled_from(counted))
    source = criterion.measure.numerator
    before = next(it for it in inputs.figures if (it.orgunit, it.source) == (unit, source))
    assume(before.quantity.value is not None)
    up = replace(before.quantity, value=before.quantity.value + Decimal(more))
    raised = with_figure(inputs, before, replace(before, quantity=up))
    # Another criterion may count the figure otherwise.
    alone = replace(rubric, criteria=(criterion,), total=criterion.weight)
    old, new = score(alone, inputs, unit), score(alone, raised, unit)
    assert old >= new if criterion.less else old <= new


def with_figure(inputs, old, new):
    return replace(inputs, figures=tuple(new if it is old else it for it in inputs.figures))


def score(rubric, inputs, unit):
    found = assess(rubric, inputs)
    return next(Fraction(row["score"]) for row in rows(found) if row["orgunit"] == unit)


@often
@given(cases())
def test_units_with_the_same_figures_are_equal_in_everything(case):
    rubric, inputs = case
    one, other, *_ = chosen.UNITS
    assume(rubric.groups[one] == rubric.groups[other])
    inputs = replace(
        inputs,
        figures=tuple(replace(it, orgunit=other) for it in inputs.figures if it.orgunit == one)
        + tuple(it for it in inputs.figures if it.orgunit != other),
        observations=tuple(
            replace(it, orgunit=other, id=f"{it.id}:same")
            for it in inputs.observations
            if it.orgunit == one
        )
        + tuple(it for it in inputs.observations if it.orgunit != other),
        exclusions=(),
    )
    found = {row["orgunit"]: row for row in rows(assess(rubric, inputs))}
    own = ("orgunit", "unit")
    assert {k: v for k, v in found[one].items() if k not in own} == {
        k: v for k, v in found[other].items() if k not in own
    }


@often
@given(cases())
def test_what_the_rubric_does_not_name_changes_nothing(case):
    rubric, inputs = case
    other = Figure(chosen.UNITS[0], "relief.orders_raised", exact(5, "order"))
    more = replace(inputs, figures=(*inputs.figures, other))
    assert dumps(assess(rubric, more)) == dumps(assess(rubric, inputs))
