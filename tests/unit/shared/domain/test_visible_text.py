"""Text reads as it is: nothing unseen is in it, and it keeps its direction."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.contracts.fields import Text, Words
from shared.domain.visible_text import END, ISOLATE, isolated, visible

OVERRIDE, ZERO_WIDTH, SOFT_HYPHEN = "\u202e", "\u200b", "\u00ad"


@given(st.text())
def test_nothing_unseen_is_left_and_the_rest_stays_in_order(text):
    shown = visible(text)
    assert not any(unicodedata.category(char) == "Cf" for char in shown)
    kept = [char for char in text if unicodedata.category(char) != "Cf"]
    assert unicodedata.normalize("NFD", shown) == unicodedata.normalize("NFD", "".join(kept))
    assert visible(shown) == shown


@pytest.mark.parametrize("unseen", [OVERRIDE, ZERO_WIDTH, SOFT_HYPHEN, "\U000e0041", "\ufeff"])
def test_two_names_that_look_the_same_are_the_same(unseen):
    assert Text().deserialize(f"五里{unseen}堡街道") == "五里堡街道"
    assert Words().deserialize({"zh": f"五里{unseen}堡街道"}) == {"zh": "五里堡街道"}


def test_letters_with_marks_are_taken_in_one_form():
    assert Text().deserialize("e\u0301") == "é"


def test_a_name_that_nobody_can_see_is_refused():
    for text in (ZERO_WIDTH, f" {OVERRIDE} "):
        with pytest.raises(ValidationError, match="isn't blank"):
            Text().deserialize(text)


def test_what_runs_from_right_to_left_is_isolated_and_nothing_else_is():
    assert isolated("五里堡街道") == "五里堡街道"
    assert isolated("مركز") == f"{ISOLATE}مركز{END}"
    assert isolated(isolated("مركز")) == isolated("مركز")
