"""Errors for callers without our classes, such as those of stock nameko."""

import json

from nameko.exceptions import RemoteError, deserialize

from shared.contracts.limits import ANSWER_BYTES
from shared.contracts.rpc import error_payload, requests
from shared.domain.errors import Conflict, Unavailable

# For a class that nameko doesn't find where it runs.
ELSEWHERE = {"exc_path": "elsewhere.Conflict"}


def test_a_stock_caller_gets_the_data_and_whether_to_try_again_as_json():
    payload = error_payload.of(Conflict({"field": ["缺少", 5, None]}))
    error = deserialize(payload | ELSEWHERE)
    assert type(error) is RemoteError
    assert error.exc_type == "Conflict"
    assert json.loads(error.value) == {"data": {"field": ["缺少", 5, None]}, "try_again": "no"}


def test_whether_to_try_again_is_that_of_the_kind_of_error():
    payload = error_payload.of(Unavailable({"reason": "full"}))
    assert payload["try_again"] == json.loads(payload["value"])["try_again"] == "later"


def test_an_error_with_very_long_data_stays_short():
    payload = error_payload.of(Conflict({"field": ['"\\' * 10_000] * 1000}))
    assert len(requests.encoded({"error": payload})) <= ANSWER_BYTES
