"""Calls that fail are repeated by the same rules in both RPC clients, whatever the broker does."""

import asyncio
import json
from itertools import pairwise

import pytest

from warm_client import (
    AccessRefused,
    AsyncRpcClient,
    Conflict,
    DeadlineExceeded,
    RpcClient,
    async_rpc,
    rpc,
)
from warm_client.methods import AsyncRelief, Relief
from warm_client.requests import Lost, NoAnswer

VISITS = {"value": "3", "qualifier": "exact", "unit": "visit"}
GIVEN = {"actor": "person:clerk-7", "orgunit": "410103001001", "time": "2017-02-06T10:00:00+08:00"}
DONE = json.dumps({"result": {"version": 1}, "error": None}).encode()
CONFLICT = json.dumps({"error": {"exc_type": "Conflict", "exc_args": [{"id": "o-1"}]}}).encode()
LATE = {"exc_type": "DeadlineExceeded", "exc_args": [{}], "try_again": "same_id"}
NOT_IN_TIME = json.dumps({"error": LATE}).encode()


class Wire:
    """A connection that gives these outcomes, one for each request."""

    def __init__(self, outcomes):
        self.outcomes, self.asked, self.seconds = list(outcomes), [], []
        self.is_lost = False

    def ask(self, call, seconds):
        self.asked.append(json.loads(call.body)["kwargs"])
        self.seconds.append(seconds)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self):
        pass


class AwaitedWire(Wire):
    async def ask(self, call, seconds):
        return super().ask(call, seconds)

    async def close(self):
        pass


def threads(monkeypatch, wire, options, given):
    monkeypatch.setattr(rpc, "_ThreadWire", lambda _: wire)
    with RpcClient("amqp://h", **options) as client:
        return Relief(client).record_visits(**given)


def asynchronous(monkeypatch, wire, options, given):
    async def main():
        async with AsyncRpcClient("amqp://h", **options) as client:
            return await AsyncRelief(client).record_visits(**given)

    monkeypatch.setattr(async_rpc, "_LoopWire", lambda _: wire)
    return asyncio.run(main())


@pytest.fixture(params=[(threads, Wire), (asynchronous, AwaitedWire)], ids=["threads", "asyncio"])
def calling(request, monkeypatch):
    """A call of `record_visits` by one of the clients, on a connection with these outcomes."""
    run, kind = request.param

    def call(*outcomes, command_id=None, **options):
        wire = kind(outcomes)
        identity = {"command_id": command_id} if command_id else {}
        given = GIVEN | {"kind": "household", "visits": VISITS} | identity
        return wire, lambda: run(monkeypatch, wire, options, given)

    return call


def test_a_command_is_sent_again_with_the_id_that_was_made(calling):
    wire, run = calling(NoAnswer("no answer"), Lost("gone"), NOT_IN_TIME, DONE)
    assert run() == {"version": 1}
    identities = [it["command_id"] for it in wire.asked]
    assert identities[0] and all(one == other for one, other in pairwise(identities))
    assert len(identities) == 4


def test_the_callers_own_id_is_kept(calling):
    wire, run = calling(NoAnswer("no answer"), DONE, command_id="mine")
    run()
    assert [it["command_id"] for it in wire.asked] == ["mine", "mine"]


def test_a_typed_error_is_raised_at_once(calling):
    wire, run = calling(CONFLICT, DONE)
    with pytest.raises(Conflict) as raised:
        run()
    assert (raised.value.data, len(wire.asked)) == ({"id": "o-1"}, 1)


def test_no_attempt_outlasts_the_callers_patience(calling):
    wire, run = calling(NoAnswer("no answer"), DONE, seconds=30, patience=5)
    run()
    first, second = wire.seconds
    assert second < first <= 5


def test_in_the_end_the_caller_hears_what_is_known(calling):
    wire, run = calling(NoAnswer("no answer"), patience=0.001, command_id="mine")
    with pytest.raises(DeadlineExceeded) as raised:
        run()
    assert raised.value.data["carried_out"] == "unknown"
    assert raised.value.data["ask"]["command_id"] == "mine"
    assert len(wire.asked) == 1


def test_what_the_broker_forbids_is_not_repeated(calling):
    text = "ACCESS_REFUSED - access to topic 'relief.record_visits' refused"
    wire, run = calling(Lost(text, 403), DONE)
    with pytest.raises(AccessRefused):
        run()
    assert len(wire.asked) == 1


def test_what_the_broker_forbids_another_call_is_repeated(calling):
    wire, run = calling(Lost("access to topic 'jobfairs.health' refused", 403), DONE)
    assert run() == {"version": 1}
