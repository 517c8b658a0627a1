"""An error names what is wrong within a bound, and counts what it doesn't name."""

import json

from hypothesis import given
from hypothesis import strategies as st
from nameko.exceptions import serialize

from shared.contracts.limits import ANSWER_BYTES, ERROR_MESSAGES, ERROR_TEXT
from shared.contracts.rpc.error_data import MORE, bounded
from shared.domain.errors import ValidationFailed

texts = st.text(max_size=5) | st.builds(
    lambda text, times: text * times, st.text(min_size=1, max_size=3), st.integers(1, 5_000)
)
data = st.recursive(
    texts | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


# Long on the outside alone: long lists of long lists take minutes.
many = st.builds(lambda value, times: [value] * times, data, st.integers(0, 400))


@given(st.dictionaries(texts, data | many, max_size=5) | many)
def test_an_error_is_never_larger_than_its_bound(whatever):
    error = serialize(ValidationFailed(bounded(whatever)))
    assert len(json.dumps({"result": None, "error": error})) <= ANSWER_BYTES


short = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(short, st.lists(short, max_size=4) | short | st.none(), max_size=8))
def test_a_short_one_stays_as_it_is(few):
    assert bounded(few) == few


def test_what_is_not_named_is_counted():
    found = bounded({"items": {n: ["Not a valid string."] for n in range(5_000)}})
    assert len(found["items"]) == ERROR_MESSAGES
    assert found["items"]["0"] == ["Not a valid string."]
    assert found[MORE] == [f"… and {5_000 - ERROR_MESSAGES} more."]


def test_many_invented_names_are_counted_too():
    found = bounded({f"{n}{'x' * 200}": ["Unknown field."] for n in range(1, 2_000)})
    named = [name for name in found if name != MORE]
    assert found[MORE] == [f"… and {1_999 - len(named)} more."]
    assert all(len(name) <= 100 for name in named)


def test_a_long_text_is_cut_and_says_so():
    [cut] = bounded({"name": ["x" * 10_000]})["name"]
    assert len(cut) == ERROR_TEXT
    assert cut.endswith("…")


def test_a_message_of_several_parts_is_named_whole_or_not_at_all():
    rule = {"rule": "many_people", "zh": "人数" * 100, "en": "people" * 60}
    found = bounded({"participants": [rule] * 50})
    assert all(set(it) == set(rule) for it in found["participants"])
    assert found[MORE] == [f"… and {50 - len(found['participants'])} more."]
