"""What a command reports when a service refuses or fails."""

import pytest
from nameko.exceptions import RemoteError

from deploy.local import service_calls
from deploy.local.errors import CannotRun
from shared.domain.errors import Conflict, NeedsConfirmation
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
