"""What a command reports when a service refuses or fails."""

import pytest
from nameko.exceptions import RemoteError

from deploy.local import service_calls
from deploy.local.errors import CannotRun
from shared.domain.errors import Conflict, DeadlineExceeded, NeedsConfirmation, Unavailable
from shared.service.rpc_client import RpcClient


@pytest.fixture
def answering(monkeypatch):
    """`answering(error)`: every call to a service ends in that error."""
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")

    def answer(error):
        def call(*_, **__):
            raise error

        monkeypatch.setattr(RpcClient, "call", call)

    return answer


def test_a_failure_in_a_service_names_it_and_its_log(answering):
    answering(RemoteError("RuntimeError", "KeyError in the service"))
    expected = "relief failed on health.*KeyError.*./warm logs relief"
    with pytest.raises(CannotRun, match=expected), service_calls.service_client() as rpc:
        rpc.call("relief", "health")


def test_an_unlikely_value_is_named_in_both_languages_with_the_way_to_confirm_it():
    rule = {"rule": "unlikely_age", "zh": "年龄大于100岁", "en": "older than 100"}
    error = NeedsConfirmation({"identity": {"id_number": [rule]}})
    expected = "Unlikely: identity.id_number: 年龄大于100岁 / older than 100"
    assert service_calls.error_text(error) == expected
    assert "--confirm-unlikely" in service_calls.how_to_confirm(error)
    assert service_calls.how_to_confirm(Conflict()) == ""


def test_a_refusal_says_that_nothing_changed(answering):
    answering(Conflict({"status": "published"}))
    expected = "Conflict: status: published Nothing changed."
    with pytest.raises(CannotRun, match=expected), service_calls.service_client() as rpc:
        rpc.call("supervision", "draft_briefing")


NAMES = {"service": "relief", "method": "raise_order"}


def refusal(answering, error):
    answering(error)
    with pytest.raises(CannotRun) as told, service_calls.service_client() as rpc:
        rpc.call("relief", "raise_order")
    return told.value.problem, told.value.remedy


def test_without_an_answer_it_says_that_it_may_have_been_done_and_how_to_ask(answering):
    ask = {"service": "relief", "method": "command", "command_id": "c-1"}
    data = {**NAMES, "reason": "no answer in time", "carried_out": "unknown", "ask": ask}
    problem, remedy = refusal(answering, DeadlineExceeded(data))
    assert problem == (
        "No answer: relief.raise_order; no answer in time; it may have been done, or may still be"
    )
    assert remedy == "Ask before you repeat it: ./warm command relief c-1"


def test_a_request_that_was_refused_as_late_was_not_done(answering):
    clocks = "the service's clock is 120 s ahead of the caller's: set both by NTP"
    data = {**NAMES, "reason": "late", "carried_out": "no", "clocks": clocks}
    problem, remedy = refusal(answering, DeadlineExceeded(data))
    assert problem == f"No answer: relief.raise_order; late; {clocks}; nothing was done"
    assert "run the command again" in remedy


def test_the_alarm_is_named_with_what_ends_it(answering):
    data = {**NAMES, "problem": "broker_alarm", "reason": "low on disk"}
    problem, remedy = refusal(answering, Unavailable(data))
    assert problem.startswith("Not possible now: relief can't send messages")
    assert "(low on disk). To end it: make room on the broker's disk" in problem
    assert remedy == "Nothing changed."
