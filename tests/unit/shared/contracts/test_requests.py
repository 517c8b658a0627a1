"""A request is read within the limits, or refused with the reason; none of it is decoded before."""

import json
import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from deploy.local.places import ROOT
from shared.contracts.fields import PLAIN_FORM, Amount, Choice, Many, RawText, Text, Words
from shared.contracts.limits import (
    MESSAGE_BYTES,
    NUMBER_CHARACTERS,
    QUERY_BYTES,
    REQUEST_BYTES,
    REQUEST_DEPTH,
    REQUEST_MARKS,
    REQUEST_VALUES,
)
from shared.contracts.rpc import requests
from shared.domain.errors import ValidationFailed
from shared.platform.settings import Settings
from tests.support.methods import METHODS
from tests.support.misfits import fitting_field


def written(arguments):
    return json.dumps({"args": [], "kwargs": arguments}).encode()


def read(body):
    return requests.read(body, "application/json")


def refused(body, content_type="application/json"):
    with pytest.raises(ValidationFailed) as caught:
        requests.read(body, content_type)
    [messages] = caught.value.data.values()
    return " ".join(messages)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_what_is_within_the_limits_is_read_as_it_is(arguments):
    assert read(written(arguments)) == arguments
    assert read(requests.encoded({"kwargs": arguments})) == arguments


def test_a_body_is_read_up_to_its_limit():
    padded = written({"id": ""}).ljust(REQUEST_BYTES)
    assert read(padded) == {"id": ""}
    assert (
        refused(padded + b" ") == f"Has {REQUEST_BYTES + 1} bytes: must be at most {REQUEST_BYTES}."
    )


def test_values_are_read_up_to_their_number():
    # The request, its two parts, and the list are values too.
    most = REQUEST_VALUES - 4
    assert len(read(written({"a": [1] * most}))["a"]) == most
    assert "too many values" in refused(written({"a": [1] * (most + 1)}))
    assert "too many values" in refused(written({str(n): 1 for n in range(most + 2)}))


def test_lists_and_objects_are_read_up_to_their_depth():
    def deep(levels):
        return json.loads("[" * levels + "1" + "]" * levels)

    # The request is one, and the arguments are one.
    most = REQUEST_DEPTH - 2
    assert read(written({"a": deep(most)})) == {"a": deep(most)}
    assert "too deep" in refused(written({"a": deep(most + 1)}))
    assert "too deep" in refused(b"[" * 50_000)


def test_numbers_are_read_up_to_their_length():
    most = int("9" * NUMBER_CHARACTERS)
    assert read(written({"a": most})) == {"a": most}
    assert "number of 101 characters" in refused(written({"a": most * 10}))
    assert "number of 5000 characters" in refused(b'{"kwargs": {"a": ' + b"9" * 5_000 + b"}}")
    assert "number of 5002 characters" in refused(b'{"kwargs": {"a": 0.' + b"9" * 5_000 + b"}}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999"])
def test_only_finite_numbers_are_read(number):
    assert "JSON" in refused(b'{"kwargs": {"a": ' + number.encode() + b"}}")


def test_a_key_that_is_given_twice_is_refused_with_its_name():
    assert "'visits' is given twice" in refused(b'{"kwargs": {"visits": 1, "visits": 2}}')
    assert "'zh' is given twice" in refused(b'{"kwargs": {"a": {"zh": "x", "zh": "y"}}}')


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b"{}", b"null", b'{"kwargs": []}', b"\xff", b'"\x00"', b"\xef\xbb\xbf{}"],
)
def test_anything_else_is_refused_without_a_part_of_it(body):
    assert "UTF-8" in refused(body) or "kwargs" in refused(body)
    assert "secret" not in refused(b'{"kwargs": {"secret": secret}}')


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-python-serialize"])
def test_only_json_is_read(kind):
    assert "application/json" in refused(written({}), kind)


def test_arguments_are_given_by_name():
    with pytest.raises(ValidationFailed) as caught:
        read(b'{"args": ["x"], "kwargs": {}}')
    assert caught.value.data == {
        "_args": ["Must be left out: give arguments by name, such as period."]
    }


def test_refusing_takes_little_memory_however_it_is_made():
    bodies = [
        b"[" * REQUEST_BYTES,
        b'{"kwargs": {"a": [' + b"[]," * (REQUEST_MARKS // 2 - 5) + b"1]}}",
        b'{"kwargs": {"a": [' + b"{}," * (REQUEST_MARKS // 2 - 5) + b"1]}}",
        b'{"kwargs": {' + b",".join(b'"%d":[]' % n for n in range(REQUEST_MARKS // 2 - 5)) + b"}}",
        b" " * 7 * 1024**2,
    ]
    for body in bodies:
        tracemalloc.start()
        refused(body)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 16 * 1024**2


def largest(field):
    """Bytes as JSON, values, depth and characters of text of the largest value of a field."""
    if isinstance(field, fields.Nested):
        return of_object(field.schema.fields)
    if isinstance(field, Many):
        size, values, depth, text = largest(field.inner)
        return 2 + field.most * (size + 2), 1 + field.most * values, depth + 1, field.most * text
    if isinstance(field, Words):
        longest = field.text.longest
        return 30 + 2 * 12 * longest, 3, 2, 2 * longest
    if isinstance(field, Amount):
        return 100 + 12 * 100, 5, 2, 150
    if isinstance(field, Text):
        # Plain text may be of characters that need two escapes of six bytes each.
        each = 12 if field._form is PLAIN_FORM else 2
        return 2 + each * field.longest, 1, 1, field.longest
    if isinstance(field, Choice):
        longest = max(map(len, field.choices))
        return 2 + longest, 1, 1, longest
    # A type without limit would be an error here.
    assert not isinstance(field, RawText | fields.Dict)
    return 40, 1, 1, 40


def of_object(named):
    parts = [largest(field) for field in named.values()]
    sizes, values, depths, texts = zip(*parts, strict=True) if parts else ((), (), (0,), ())
    size = 2 + sum(sizes) + sum(len(name) + 6 for name in named)
    return size, 1 + sum(values), 1 + max(depths), sum(texts)


@pytest.mark.parametrize("service, name, arguments", METHODS)
def test_every_request_that_the_schemas_allow_is_within_the_limits(service, name, arguments):
    size, values, depth, text = of_object(arguments().fields)
    assert size + len('{"args": [], "kwargs": }') <= REQUEST_BYTES
    assert values + 3 <= REQUEST_VALUES
    assert depth + 1 <= REQUEST_DEPTH
    assert values + text <= REQUEST_MARKS


def test_an_example_is_as_large_as_computed():
    field = Many(Text(longest=3), most=4)
    value = ["𠀀" * 3] * 4
    assert field.deserialize(value) == value
    assert len(json.dumps(value)) <= largest(field)[0]
    assert fitting_field(field)


def test_the_broker_takes_what_services_send():
    configured = (ROOT / "deploy" / "broker" / "rabbitmq.conf").read_text()
    found = re.search(r"^max_message_size = (\d+)$", configured, re.MULTILINE)
    assert int(found.group(1)) == MESSAGE_BYTES
    assert REQUEST_BYTES < QUERY_BYTES < MESSAGE_BYTES


def test_requests_in_work_need_a_quarter_of_a_service_at_rest():
    workers = Settings.__dataclass_fields__["max_workers"].default
    assert workers * REQUEST_BYTES <= 20 * 1024**2
