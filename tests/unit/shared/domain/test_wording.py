"""Wording: what isn't exact never reads as exact, in either language."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.decimals import decimal_text
from shared.domain.quantities import UNITS, Quantity, exact, not_stated
from shared.domain.wording import LANGUAGES, say

VAGUE = {
    "zh": {"over": "多|超过", "about": "约", "at_most": "不超过"},
    "en": {"over": "over ", "about": "about ", "at_most": "at most "},
}
units = st.sampled_from(list(UNITS))
languages = st.sampled_from(LANGUAGES)
whole = st.integers(0, 10**12).map(Decimal)
values = whole | whole.map(lambda value: value * 10) | st.decimals(0, 10**6, places=2)
vague = st.builds(Quantity, values, st.sampled_from(["over", "about", "at_most"]), units)
exactly = st.builds(Quantity, values, st.just("exact"), units)


def quantity(value, qualifier, unit):
    return Quantity(Decimal(value), qualifier, unit)


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [
        (exact(500, "person_time"), "500人次", "500 person-times"),
        (exact(1, "person"), "1人", "1 person"),
        (exact(0, "order"), "0单", "0 orders"),
        (exact(123, "station"), "123个", "123 stations"),
        (quantity(500, "over", "person_time"), "500多人次", "over 500 person-times"),
        (quantity(37, "over", "person"), "超过37人", "over 37 people"),
        (quantity(0, "over", "person"), "超过0人", "over 0 people"),
        (quantity("2.5", "over", "hour"), "超过2.5小时", "over 2.5 hours"),
        (quantity(20, "about", "department"), "约20个", "about 20 departments"),
        (quantity(8, "at_most", "household"), "不超过8户", "at most 8 households"),
        (not_stated("visit"), "未报数", "not stated"),
    ],
)
def test_quantities_read_as_people_write_them(said, zh, en):
    assert (say(said, "zh"), say(said, "en")) == (zh, en)


def test_a_sum_says_how_many_parts_gave_a_figure():
    over = quantity(200, "over", "person")
    assert say(over, "zh", given=(1, 2)) == "200多人（2项中1项报数）"
    assert say(over, "en", given=(1, 2)) == "over 200 people (1 of 2 gave a figure)"


def test_a_sum_of_stated_parts_says_nothing_of_them():
    assert say(exact(3, "person"), "en", given=(2, 2)) == "3 people"


@given(vague, languages)
def test_what_is_not_exact_never_reads_as_exact(said, lang):
    text = say(said, lang)
    assert re.search(VAGUE[lang][said.qualifier], text)
    assert text != say(exact(said.value, said.unit), lang)


@given(exactly, languages)
def test_what_is_exact_carries_no_word_of_doubt(said, lang):
    assert not re.search("|".join(VAGUE[lang].values()), say(said, lang))


@given(st.integers(1, 10**12), units)
def test_over_a_round_number_is_followed_by_duo_in_chinese(tens, unit):
    said = quantity(tens * 10, "over", unit)
    assert say(said, "zh").startswith(f"{tens}0多")


@given(values, units)
def test_over_precedes_the_number_in_english(value, unit):
    assert say(quantity(value, "over", unit), "en").startswith(f"over {decimal_text(value)} ")


@given(vague | exactly, languages)
def test_the_digits_appear_once_and_read_back(said, lang):
    found = re.findall(r"[0-9.,]+", say(said, lang))
    assert [Decimal(text) for text in found] == [said.value]


@given(vague | exactly, languages, st.integers(1, 50), st.integers(1, 50))
def test_missing_parts_are_always_visible(said, lang, stated, missing):
    assert say(said, lang, given=(stated, stated + missing)) != say(said, lang)


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="fr"):
        say(exact(1, "person"), "fr")
