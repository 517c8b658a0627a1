"""The points of a line: what each formula, limit, bonus and deduction gives."""

from datetime import date
from decimal import Decimal

import pytest

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Observation
from tests.support.assessment.made import (
    ACTIVITIES,
    DELIVERED,
    ONE,
    OVERDUE,
    PRACTICES,
    RAISED,
    THREE,
    TWO,
    count,
    inputs,
    line,
    observed,
    only_line,
    ranked,
    row,
    rubric,
    share,
    sheet,
    steps,
)


def points(criterion, values, **changes):
    return only_line(criterion, values, **changes)["points"]


def between(zero_at, full_at, **changes):
    direction = "more" if full_at > zero_at else "less"
    ends = {"zero_at": zero_at, "full_at": full_at, "target": None, "direction": direction}
    return count(formula="between") | ends | changes


def visits(*scores):
    return tuple(
        Observation(f"v{n}", ONE, "on_site", date(2017, 3, n), Decimal(it), ("person:li.na",))
        for n, it in enumerate(scores, 1)
    )


@pytest.mark.parametrize(
    ("value", "given"), [(0, "0"), (5, "50"), (10, "100"), (11, "100"), (3, "30")]
)
def test_a_share_of_the_target_is_that_share_of_the_weight(value, given):
    assert points(count(), {ACTIVITIES: value}) == given


@pytest.mark.parametrize(("value", "given"), [(11, "110"), (12, "120"), (50, "120")])
def test_more_than_the_target_gives_more_up_to_the_cap(value, given):
    assert points(count(cap=120), {ACTIVITIES: value}) == given


@pytest.mark.parametrize(
    ("value", "given"), [(0, "0"), (2, "0"), (4, "25"), (10, "100"), (11, "100")]
)
def test_points_rise_evenly_from_nothing_to_full(value, given):
    assert points(between(2, 10), {ACTIVITIES: value}) == given


@pytest.mark.parametrize(("value", "given"), [(0, "100"), (4, "60"), (10, "0"), (99, "0")])
def test_points_fall_evenly_where_less_is_better(value, given):
    assert points(between(10, 0), {ACTIVITIES: value}) == given


def test_a_quotient_is_scored_exactly_and_rounded_once_half_up():
    # 1/3 of the weight of 0.05 is 0.01666…; a half of 0.01 is rounded up.
    assert points(count(weight="0.05", target=3), {ACTIVITIES: 1}) == "0.02"
    assert points(count(weight="0.01", target=2), {ACTIVITIES: 1}) == "0.01"


def test_a_share_is_printed_with_the_figures_that_it_is_made_of():
    found = only_line(share(), {DELIVERED: 6, RAISED: 8})
    assert (found["value"], found["points"]) == ("75", "83.33")
    assert found["counts"] == {"numerator": DELIVERED, "denominator": RAISED}


def test_ranks_give_the_share_of_the_others_that_are_worse_and_equals_a_half():
    table = {ONE: {ACTIVITIES: 7}, TWO: {ACTIVITIES: 3}, THREE: {ACTIVITIES: 3}}
    document = assess(rubric(ranked()), inputs(table))
    found = [line(document, unit, "activities_ranked")["points"] for unit in (ONE, TWO, THREE)]
    assert found == ["100", "25", "25"]


def test_ranks_turn_round_where_less_is_better():
    table = {ONE: {ACTIVITIES: 7}, TWO: {ACTIVITIES: 3}}
    document = assess(rubric(ranked(direction="less")), inputs(table))
    assert row(document, TWO)["score"] == "100"


def test_observations_give_their_mean():
    found = only_line(observed(), {}, observations=visits("7", "8.5"))
    assert (found["value"], found["points"]) == ("7.75", "77.5")


def test_too_few_observations_are_not_applicable():
    assert only_line(observed(), {}, observations=visits("7"))["standing"]["code"] == "few_visits"


def test_a_bonus_counts_whole_steps_above_its_beginning_up_to_its_limit():
    criterion = count(bonus=steps(PRACTICES, above=1, each=2))
    given = [only_line(criterion, {ACTIVITIES: 5, PRACTICES: value})["bonus"] for value in range(8)]
    assert given == ["0", "0", "0", "2", "2", "4", "4", "5"]


def test_a_deduction_is_taken_up_to_its_limit():
    found = only_line(count(deduction=steps(OVERDUE)), {ACTIVITIES: 5, OVERDUE: 9})
    assert (found["base"], found["deduction"], found["points"]) == ("50", "5", "45")


def test_a_deduction_never_takes_more_than_there_is():
    found = only_line(count(deduction=steps(OVERDUE)), {ACTIVITIES: 0, OVERDUE: 9})
    assert (found["deduction"], found["points"]) == ("0", "0")


def test_a_small_denominator_is_not_applicable_and_its_weight_is_shared_out():
    criteria = [count(weight=30), share(weight=20), ranked(weight=50)]
    table = {
        ONE: {ACTIVITIES: 5, DELIVERED: 4, RAISED: 4},
        TWO: {ACTIVITIES: 5, DELIVERED: 5, RAISED: 5},
    }
    document = assess(rubric(*criteria), inputs(table))
    few = line(document, ONE, "delivered")
    assert (few["standing"]["code"], few["weight"], few["points"]) == ("few", "0", "0")
    assert [line(document, ONE, it["code"])["weight"] for it in criteria] == ["37.5", "0", "62.5"]
    assert sheet(document, ONE)["applicable_weight"] == "80"
    # 18.75 of 37.5 and 31.25 of 62.5: the same share as the other unit has of these.
    assert row(document, ONE)["score"] == "50"


def test_a_unit_alone_in_its_group_is_not_compared():
    assert only_line(ranked(), {ACTIVITIES: 5})["standing"]["code"] == "alone"


def test_a_figure_that_is_not_stated_gets_the_least_points():
    found = only_line(
        count(bonus=steps(PRACTICES), deduction=steps(OVERDUE)),
        {ACTIVITIES: 10, PRACTICES: None, OVERDUE: None},
    )
    assert (found["bonus"], found["deduction"], found["points"]) == ("0", "5", "95")
    silent = only_line(count(), {ACTIVITIES: None})
    assert (silent["standing"]["code"], silent["points"]) == ("not_stated", "0")
    assert silent["interval"] == {"low": "0", "high": "100"}


def test_silence_is_nobodys_peer():
    table = {ONE: {ACTIVITIES: 7}, TWO: {ACTIVITIES: 3}, THREE: {ACTIVITIES: None}}
    document = assess(rubric(ranked()), inputs(table))
    assert [row(document, it)["score"] for it in (ONE, TWO, THREE)] == ["100", "0", "0"]


@pytest.mark.parametrize(
    ("stated", "interval"),
    [
        (("exact", 5), ("50", "50")),
        (("over", 5), ("50", "100")),
        (("at_most", 5), ("0", "50")),
        (("about", 5), ("45", "55")),
    ],
)
def test_a_qualified_figure_is_scored_as_stated_with_what_it_may_mean(stated, interval):
    found = only_line(count(), {ACTIVITIES: stated})
    assert found["points"] == "50"
    assert tuple(found["interval"].values()) == interval


def test_what_a_quotient_may_be_follows_from_both_of_its_figures():
    values = {DELIVERED: ("over", 40), RAISED: ("at_most", 50)}
    found = only_line(share(), values)
    assert (found["value"], found["interval"]) == ("80", {"low": "88.89", "high": "100"})
    unknown = only_line(share(), {DELIVERED: ("at_most", 40), RAISED: ("over", 50)})
    assert unknown["interval"] == {"low": "0", "high": "88.89"}


def test_chance_moves_a_share_of_few_far_and_one_of_many_a_little():
    few = only_line(share(), {DELIVERED: 4, RAISED: 5})["chance"]
    many = only_line(share(), {DELIVERED: 400, RAISED: 500})["chance"]
    # Wilson's interval of 4 of 5 is 37.6 % to 96.4 %, that of 400 of 500 is 76.3 % to 83.3 %.
    assert few == {"down": "47.16", "up": "11.11"}
    assert many == {"down": "4.14", "up": "3.63"}


def test_chance_moves_a_count_by_its_root():
    # Poisson's score interval of 4 is 1.555 to 10.286; the target is 10.
    found = only_line(count(chance="count"), {ACTIVITIES: 4})["chance"]
    assert found == {"down": "24.45", "up": "60"}


def test_a_share_of_more_than_everything_has_no_chance():
    found = only_line(share(), {DELIVERED: 6, RAISED: 5})
    assert (found["points"], found["chance"]) == ("100", {"down": "0", "up": "0"})
