"""Qualified quantities: one form on the wire, and sums that keep what is known of their parts."""

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import permutations, product
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.quantities import (
    QUALIFIERS,
    UNITS,
    Median,
    Quantity,
    Sum,
    exact,
    from_median,
    join_qualifiers,
    not_stated,
)

STATED = [qualifier for qualifier in QUALIFIERS if qualifier != "not_stated"]
values = st.decimals(0, 10**15, places=3) | st.integers(0, 10**20).map(Decimal)


def quantities(units):
    stated = st.builds(Quantity, values, st.sampled_from(STATED), units, st.none() | st.text())
    return stated | st.builds(not_stated, units)


anything = quantities(st.sampled_from(list(UNITS)))
people = quantities(st.just("person"))
sums = st.lists(people, max_size=4).map(
    lambda parts: reduce(add, map(Sum.of, parts), Sum.empty("person"))
)


def person_times(value, qualifier="exact"):
    return Sum.of(Quantity(None if value is None else Decimal(value), qualifier, "person_time"))


@given(anything)
def test_a_quantity_survives_json(quantity):
    assert Quantity.from_json(quantity.to_json()) == quantity


@given(anything)
def test_the_value_is_written_without_exponent_or_trailing_zeros(quantity):
    text = quantity.to_json()["value"]
    if text is not None:
        assert set(text) <= set("0123456789.")
        assert not ("." in text and text.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("value", "text"), [("1E+3", "1000"), ("2.50", "2.5"), ("0.000", "0"), ("7", "7")]
)
def test_equal_values_are_written_alike(value, text):
    assert exact(Decimal(value), "hour").to_json()["value"] == text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("value", text) for text in ("1e3", "05", "1.50", "-1", "+1", "", " 1", ".5", "1.", "٣")),
        *(("value", text) for text in ("NaN", "Infinity", "1,000", "1" * 31, "0.0000001")),
        *(("value", other) for other in (500, 2.5, None, True, ["1"])),
        *(("qualifier", other) for other in ("nearly", "", None, [], "not_stated")),
        *(("unit", other) for other in ("people", "", None, [])),
        ("stated", 500),
    ],
)
def test_a_bad_field_is_named(field, wrong):
    good = {"value": "500", "qualifier": "over", "unit": "person_time", "stated": "500多人次"}
    # A figure that is given but "not stated" is wrong in its value.
    named = "value" if wrong == "not_stated" else field
    with pytest.raises(ValueError, match=f"^{named}: "):
        Quantity.from_json(good | {field: wrong})


@pytest.mark.parametrize("field", ["value", "qualifier", "unit"])
def test_a_missing_field_is_named(field):
    data = exact(1, "person").to_json()
    del data[field]
    with pytest.raises(ValueError, match=f"^{field}: missing"):
        Quantity.from_json(data)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "-0"])
def test_a_value_that_counts_nothing_is_refused(value):
    with pytest.raises(ValueError, match="^value: "):
        exact(Decimal(value), "person")


def test_two_clinics_of_over_500_make_over_1000():
    both = person_times(500, "over") + person_times(500, "over")
    assert both.quantity() == Quantity(Decimal(1000), "over", "person_time")


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("exact", "exact", "exact"),
        ("exact", "over", "over"),
        ("exact", "about", "about"),
        ("exact", "at_most", "about"),
        ("over", "over", "over"),
        ("over", "about", "about"),
        ("over", "at_most", "about"),
        ("about", "about", "about"),
        ("about", "at_most", "about"),
        ("at_most", "at_most", "at_most"),
        *((qualifier, "not_stated", qualifier) for qualifier in QUALIFIERS),
    ],
)
def test_qualifiers_join(one, other, joined):
    assert join_qualifiers(one, other) == join_qualifiers(other, one) == joined


@pytest.mark.parametrize("kinds", list(product(QUALIFIERS, repeat=3)))
def test_joining_is_the_same_in_any_order_and_grouping(kinds):
    results = {
        join(one, two, three)
        for one, two, three in permutations(kinds)
        for join in (
            lambda a, b, c: join_qualifiers(join_qualifiers(a, b), c),
            lambda a, b, c: join_qualifiers(a, join_qualifiers(b, c)),
        )
    }
    assert len(results) == 1


@given(people)
def test_a_sum_of_one_is_that_one(quantity):
    total = Sum.of(quantity).quantity()
    assert (total.value, total.qualifier) == (quantity.value, quantity.qualifier)


@given(sums, sums, sums)
def test_sums_merge_in_any_order_and_grouping(one, two, three):
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Sum.empty("person") == one


@given(st.lists(people))
def test_a_sum_adds_exactly_what_was_given_and_counts_it(parts):
    total = reduce(add, map(Sum.of, parts), Sum.empty("person"))
    given_values = [Fraction(part.value) for part in parts if part.value is not None]
    assert Fraction(total.value or 0) == sum(given_values)
    assert (total.given, total.total) == (len(given_values), len(parts))


@given(st.lists(people, min_size=1))
def test_a_sum_is_exact_only_if_every_given_part_is(parts):
    total = reduce(add, map(Sum.of, parts))
    kinds = {part.qualifier for part in parts} - {"not_stated"}
    assert (total.qualifier == "exact") == (kinds == {"exact"})


def test_parts_not_stated_keep_the_stated_part_and_are_counted():
    total = person_times(200, "over") + person_times(None, "not_stated")
    assert total.quantity() == Quantity(Decimal(200), "over", "person_time")
    assert (total.given, total.total) == (1, 2)


def test_a_sum_of_nothing_stated_is_not_zero():
    nothing = person_times(None, "not_stated")
    assert (nothing + nothing).quantity() == not_stated("person_time")
    assert Sum.empty("person_time").quantity() == not_stated("person_time")


def test_persons_and_person_times_do_not_add_up():
    with pytest.raises(ValueError, match="unit"):
        Sum.of(exact(1, "person")) + Sum.of(exact(1, "person_time"))


@given(sums)
def test_a_sum_survives_json(total):
    assert Sum.from_json(total.to_json()) == total


@pytest.mark.parametrize("change", [{"given": 3}, {"given": 0}, {"given": "1"}, {"value": None}])
def test_an_impossible_sum_is_refused(change):
    with pytest.raises(ValueError, match="given|value"):
        Sum.from_json(person_times(5).to_json() | change)


def test_no_numbers_have_a_median_that_is_not_stated():
    assert from_median(Median(), "day") == not_stated("day")
    assert from_median(Median.of(2, 3), "day").to_json()["value"] == "2.5"
