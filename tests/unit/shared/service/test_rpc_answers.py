"""An answer is sent as it is, or an error in its place: never nothing."""

import json

import pytest

from shared.contracts.limits import ANSWER_BYTES, QUERY_BYTES
from shared.domain.errors import ValidationFailed
from shared.service.rpc_client import RpcClient
from shared.service.rpc_server import _error_payload, _payload


def test_an_answer_comes_as_it_is():
    result = {"name": "解放路街道", "lone": "\ud800", "many": list(range(10))}
    assert json.loads(_payload(result, None)) == {"result": result, "error": None}


def test_an_answer_is_as_large_as_the_broker_takes():
    most = "x" * (QUERY_BYTES - 100)
    assert json.loads(_payload(most, None))["result"] == most


def test_a_larger_answer_becomes_an_error_that_says_so():
    answer = json.loads(_payload("x" * QUERY_BYTES, None))
    assert answer["result"] is None
    assert answer["error"]["exc_type"] == "ValidationFailed"
    assert "ask for less" in answer["error"]["exc_args"][0]["_answer"][0]


def test_an_answer_that_cannot_be_written_becomes_an_error():
    answer = json.loads(_payload({"count": 10**5_000}, None))
    assert answer["error"]["exc_type"] == "RuntimeError"


def test_an_error_is_bounded_and_says_whether_trying_again_helps():
    error = _error_payload(ValidationFailed({"items": {n: ["不对" * 400] for n in range(5_000)}}))
    assert len(_payload(None, error)) <= ANSWER_BYTES
    assert error["try_again"] == "no"


def test_a_client_refuses_what_is_too_large_before_it_connects():
    with RpcClient("amqp://nobody@nowhere.invalid") as rpc, pytest.raises(ValidationFailed):
        rpc.call("relief", "raise_order", items=["x" * 2_000_000])
