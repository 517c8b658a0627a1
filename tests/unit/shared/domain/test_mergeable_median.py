"""Medians that merge."""

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.mergeable_median import Median

numbers = st.lists(st.integers(0, 30))


@given(numbers.filter(bool))
def test_the_median_is_exact(found):
    assert Fraction(Median.of(*found).value()) == statistics.median(map(Fraction, found))


@given(numbers, numbers, numbers)
def test_merged_parts_have_the_median_of_the_whole(one, two, three):
    whole = Median.of(*one, *two, *three)
    assert (Median.of(*one) + Median.of(*two)) + Median.of(*three) == whole
    assert Median.of(*three) + (Median.of(*two) + Median.of(*one)) == whole


def test_a_half_between_two_numbers_is_kept():
    assert str(Median.of(2, 3).value()) == "2.5"


def test_no_numbers_have_no_median():
    assert Median().value() is None


@given(numbers)
def test_a_median_survives_json(found):
    assert Median.from_json(Median.of(*found).to_json()) == Median.of(*found)


@pytest.mark.parametrize(
    "counts", [None, [1], [[1]], [[1, 0]], [[2, 1], [1, 1]], [[1, 1], [1, 2]], [["1", 1]]]
)
def test_what_is_no_count_is_refused(counts):
    with pytest.raises(ValueError, match="counts"):
        Median.from_json({"counts": counts})
