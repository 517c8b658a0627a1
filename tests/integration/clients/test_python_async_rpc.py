"""The Python client calls methods of running services with asyncio."""

import asyncio
import uuid

import pytest

from tests.integration.clients.readme import ASYNC_RPC, printed
from tests.support.running import COMMUNITY, PERSON, TIME, order
from warm_client import (
    AccessRefused,
    AsyncRpcClient,
    Conflict,
    DeadlineExceeded,
    NotFound,
    ValidationFailed,
)
from warm_client.methods import AsyncRelief, AsyncSupervision

VISITS = {"value": "3", "qualifier": "exact", "unit": "visit"}
VISIT = {"actor": PERSON, "orgunit": COMMUNITY, "time": TIME, "kind": "household", "visits": VISITS}
ORDER = order() | {"actor": PERSON}
SECONDS = 60


def called(running, work, uri=None, **options):
    """What `work(client)` gives, in an event loop of its own."""

    async def main():
        given = {"patience": SECONDS} | options
        async with AsyncRpcClient(uri or running.stack.amqp_uri, **given) as client:
            return await work(client)

    return asyncio.run(main())


def recorded(running):
    """The events of relief, once none waits for its number any more."""
    running.wait(lambda: running.health("relief")["pending"] == 0)
    return running.health("relief")["log_last"]


def test_a_command_has_its_effect_once_and_errors_are_typed(running):
    before, identity = recorded(running), str(uuid.uuid4())

    async def work(client):
        relief = AsyncRelief(client)
        answers = [await relief.record_visits(**VISIT, command_id=identity) for _ in range(2)]
        assert answers[0] == answers[1]
        with pytest.raises(Conflict):
            other = VISIT | {"visits": VISITS | {"value": "4"}}
            await relief.record_visits(**other, command_id=identity)
        with pytest.raises(ValidationFailed) as raised:
            await relief.record_visits(**VISIT | {"visits": VISITS | {"value": "three"}})
        assert list(raised.value.data) == ["visits"]
        with pytest.raises(NotFound):
            await relief.order(id="nowhere")

    called(running, work)
    assert recorded(running) == before + 1


def test_two_hundred_tasks_share_one_connection(running):
    items = [f"大米 {number}" for number in range(200)]

    async def work(client):
        relief = AsyncRelief(client)

        async def ordered(item):
            raised = await relief.raise_order(**(ORDER | {"items": [item]}))
            return (await relief.order(id=raised["id"]))["items"][0]["item"]

        return await asyncio.gather(*map(ordered, items))

    assert called(running, work) == items


def test_what_the_broker_refuses_hurts_no_other_call(running):
    """The user `relief` may call supervision, and not jobfairs."""

    async def work(client):
        supervision = AsyncSupervision(client)
        others = [asyncio.create_task(supervision.health()) for _ in range(20)]
        with pytest.raises(AccessRefused):
            await client.query("jobfairs", "health", {})
        return await asyncio.gather(*others)

    assert len(called(running, work, running.stack.amqp_uri_of("relief"))) == 20


def test_a_task_that_is_cancelled_leaves_the_connection_to_others(running):
    async def work(client):
        relief = AsyncRelief(client)
        await relief.health()
        waiting = asyncio.create_task(client.query("relief", "health", {}))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return await relief.health()

    assert called(running, work)["log_last"] >= 0


def test_a_command_is_carried_out_once_while_its_service_is_killed(running):
    before = recorded(running)

    async def work(client):
        relief = AsyncRelief(client)
        answers = [asyncio.create_task(relief.record_visits(**VISIT)) for _ in range(60)]
        for _ in range(2):
            await asyncio.to_thread(running.stack.kill_service, "relief")
            await asyncio.to_thread(running.start, "relief")
        return {it["id"] for it in await asyncio.gather(*answers)}

    assert len(called(running, work, seconds=3, patience=180)) == 60
    assert recorded(running) == before + 60


def test_without_an_answer_it_says_what_is_known(running):
    running.stack.kill_service("relief")
    identity = str(uuid.uuid4())
    with pytest.raises(DeadlineExceeded) as raised:
        called(
            running,
            lambda client: AsyncRelief(client).record_visits(**VISIT, command_id=identity),
            seconds=0.5,
            patience=1.5,
        )
    asked = {"service": "relief", "method": "command", "command_id": identity}
    assert (raised.value.data["carried_out"], raised.value.data["ask"]) == ("unknown", asked)


def test_the_example_in_its_readme_runs(running, tmp_path):
    (tmp_path / "address.txt").write_text(running.stack.amqp_uri)
    assert printed(tmp_path, ASYNC_RPC) == ["no such order: nowhere"]
