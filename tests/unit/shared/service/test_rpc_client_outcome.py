"""What a caller is told without an answer: whether its command may have been carried out."""

import time

import pytest

from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.platform.limited_connection import BrokerAlarm
from shared.service.rpc_client import _Call, _explained

ASK = {"service": "relief", "method": "command", "command_id": "c-1"}


def call(**arguments):
    command_id = arguments.get("command_id")
    return _Call("relief", "raise_order", b"", command_id, time.monotonic() + 10, "")


def test_what_was_never_sent_was_not_done():
    data = call(command_id="c-1").late("no answer in time").data
    assert (data["carried_out"], "ask" in data) == ("no", False)


def test_what_was_sent_may_have_been_done_and_the_error_says_how_to_ask():
    sent = call(command_id="c-1")
    with sent.sending():
        pass
    data = sent.late("no answer in time").data
    assert (data["carried_out"], data["ask"]) == ("unknown", ASK)


def test_a_query_has_nothing_to_carry_out():
    assert "carried_out" not in call(id="x").late("no answer in time").data


def test_the_alarm_before_and_after_sending_are_two_errors():
    waiting = call(command_id="c-1")
    with pytest.raises(BrokerAlarm), waiting.sending():
        raise BrokerAlarm("low on disk")
    refused = waiting.alarmed("low on disk")
    assert isinstance(refused, Unavailable)
    assert (refused.data["problem"], refused.data["reason"]) == ("broker_alarm", "low on disk")
    with waiting.sending():
        pass
    late = waiting.alarmed("low on disk")
    assert isinstance(late, DeadlineExceeded)
    assert (late.data["problem"], late.data["carried_out"]) == ("broker_alarm", "unknown")


@pytest.mark.parametrize("sent, told", [(1, "no"), (2, "unknown")])
def test_a_refusal_speaks_of_one_request_of_a_call_that_was_sent_again(sent, told):
    repeated = call(command_id="c-1")
    for _ in range(sent):
        with repeated.sending():
            pass
    refusal = DeadlineExceeded({"reason": "late", "carried_out": "no"})
    data = _explained(refusal, repeated).data
    assert (data["carried_out"], data["reason"]) == (told, "late")
