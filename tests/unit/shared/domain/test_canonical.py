"""Canonical JSON."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.canonical import dumps, sha256

leaves = st.none() | st.booleans() | st.integers() | st.text()
plain = st.recursive(
    leaves, lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts), max_leaves=20
)


def reversed_keys(value):
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(part) for part in value] if isinstance(value, list) else value


@given(plain)
def test_the_order_of_keys_does_not_matter(value):
    assert dumps(reversed_keys(value)) == dumps(value)


@given(plain)
def test_nothing_is_lost(value):
    assert json.loads(dumps(value)) == value


def test_the_bytes_are_compact_sorted_utf8():
    assert dumps({"乙": [1, None, True], "a": "温暖"}) == '{"a":"温暖","乙":[1,null,true]}'.encode()


def test_the_digest_is_of_the_bytes():
    assert sha256({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize(
    "odd",
    [1.5, 1.0, float("nan"), Decimal(1), datetime.now(UTC), date(2017, 2, 6), b"a", {1}, object()],
)
def test_what_has_no_canonical_form_is_refused_with_its_path(odd):
    with pytest.raises(TypeError, match=r"\$\.cells\[1\]\.value"):
        dumps({"cells": [{"value": "1"}, {"value": odd}]})


@pytest.mark.parametrize("key", [1, None, True, 1.5])
def test_a_key_that_is_not_text_is_refused_with_its_path(key):
    with pytest.raises(TypeError, match=r"\$\.a: the key"):
        dumps({"a": {key: 1}})


def test_text_that_is_not_unicode_is_refused():
    with pytest.raises(UnicodeEncodeError):
        dumps("\ud800")
