"""What a command reports when a service refuses or fails."""

import pytest
from nameko.exceptions import RemoteError

from deploy.local import service_calls
from deploy.local.errors import CannotRun
from shared.domain.errors import Conflict
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


def test_a_refusal_says_that_nothing_changed(answering):
    answering(Conflict({"status": "published"}))
    expected = "Conflict: status: published Nothing changed."
    with pytest.raises(CannotRun, match=expected), service_calls.service_client() as rpc:
        rpc.call("supervision", "draft_briefing")
