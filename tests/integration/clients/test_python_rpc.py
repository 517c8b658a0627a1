"""The Python client calls methods of running services: typed, repeated, by many threads."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.clients.readme import RPC, printed
from tests.support.running import COMMUNITY, PERSON, TIME, order
from warm_client import (
    AccessRefused,
    Conflict,
    DeadlineExceeded,
    KeyRing,
    NotFound,
    OtherError,
    RpcClient,
    Subscriber,
    ValidationFailed,
)
from warm_client.methods import Relief, Supervision

VISITS = {"value": "3", "qualifier": "exact", "unit": "visit"}
ORDER = order() | {"actor": PERSON}
SECONDS = 60


@pytest.fixture
def client(running):
    with RpcClient(running.stack.amqp_uri, patience=SECONDS) as client:
        yield client


@pytest.fixture
def relief(client):
    return Relief(client)


def record(relief, **changes):
    given = {"actor": PERSON, "orgunit": COMMUNITY, "time": TIME, "kind": "household"}
    return relief.record_visits(**(given | {"visits": VISITS} | changes))


def recorded(running):
    """The events of relief, once none waits for its number any more."""
    running.wait(lambda: running.health("relief")["pending"] == 0)
    return running.health("relief")["log_last"]


def test_a_command_is_carried_out_and_gets_an_id(running, relief):
    before = recorded(running)
    answer = record(relief)
    assert answer["version"] == 1
    assert recorded(running) == before + 1


def test_the_same_id_has_one_effect_and_with_other_arguments_is_a_conflict(relief):
    identity = str(uuid.uuid4())
    assert record(relief, command_id=identity) == record(relief, command_id=identity)
    with pytest.raises(Conflict) as raised:
        record(relief, command_id=identity, visits=VISITS | {"value": "4"})
    assert raised.value.try_again == "no"


def test_a_typed_error_has_its_data(relief):
    with pytest.raises(ValidationFailed) as raised:
        record(relief, visits=VISITS | {"value": "three"})
    assert list(raised.value.data) == ["visits"]
    with pytest.raises(NotFound) as raised:
        relief.confirm_order(actor=PERSON, id="nobody", time=TIME)
    assert raised.value.data["id"] == "nobody"


def test_an_untyped_error_is_named(client):
    with pytest.raises(OtherError, match="MethodNotFound"):
        client.query("relief", "no_such_method", {})


def test_a_query_of_another_service(client):
    assert Supervision(client).health()["facts"]


def test_fifty_threads_share_one_connection(client, relief):
    relief.health()
    with ThreadPoolExecutor(50) as threads:
        items = [f"大米 {number}" for number in range(200)]
        raised = threads.map(lambda it: relief.raise_order(**(ORDER | {"items": [it]})), items)
        orders = threads.map(lambda it: relief.order(id=it["id"]), raised)
        assert [it["items"][0]["item"] for it in orders] == items


def test_a_command_is_carried_out_once_while_its_service_is_killed(running):
    with RpcClient(running.stack.amqp_uri, seconds=3, patience=180) as client:
        relief = Relief(client)
        before = recorded(running)
        with ThreadPoolExecutor(8) as threads:
            answers = [threads.submit(record, relief) for _ in range(60)]
            for _ in range(2):
                running.stack.kill_service("relief")
                running.start("relief")
            identities = {it.result()["id"] for it in answers}
        assert len(identities) == 60
        assert recorded(running) == before + 60


@pytest.mark.long
def test_it_goes_on_after_the_broker_was_restarted(running):
    with RpcClient(running.stack.amqp_uri, seconds=5, patience=180) as client:
        relief = Relief(client)
        before = recorded(running)
        with ThreadPoolExecutor(4) as threads:
            answers = [threads.submit(record, relief) for _ in range(20)]
            running.stack.kill_broker()
            running.stack.resume_infrastructure()
            identities = {it.result()["id"] for it in answers}
        assert len(identities) == 20
        assert recorded(running) == before + 20


def test_without_an_answer_it_says_what_is_known(running):
    running.stack.kill_service("relief")
    identity = str(uuid.uuid4())
    with (
        RpcClient(running.stack.amqp_uri, seconds=0.5, patience=1.5) as client,
        pytest.raises(DeadlineExceeded) as raised,
    ):
        record(Relief(client), command_id=identity)
    asked = {"service": "relief", "method": "command", "command_id": identity}
    assert (raised.value.data["carried_out"], raised.value.data["ask"]) == ("unknown", asked)


def test_what_the_broker_refuses_is_said_at_once_and_hurts_nobody_else(running):
    """The user `relief` may call supervision, and not jobfairs."""
    uri = running.stack.amqp_uri_of("relief")
    began = time.monotonic()
    with RpcClient(uri, patience=SECONDS) as client:
        supervision = Supervision(client)
        with ThreadPoolExecutor(5) as threads:
            others = [threads.submit(supervision.health) for _ in range(20)]
            with pytest.raises(AccessRefused):
                client.query("jobfairs", "health", {})
            assert all(it.result()["log_last"] for it in others)
    with RpcClient(uri.replace("relief:", "relief:x")) as client, pytest.raises(AccessRefused):
        client.query("relief", "health", {})
    assert time.monotonic() - began < SECONDS


def test_a_closed_client_leaves_no_thread(running):
    with RpcClient(running.stack.amqp_uri) as client:
        Relief(client).health()
        assert any(it.name == "warm-client-rpc" for it in threading.enumerate())
    assert not any(it.name == "warm-client-rpc" for it in threading.enumerate())


def test_the_example_in_its_readme_runs(running, tmp_path):
    (tmp_path / "address.txt").write_text(running.stack.amqp_uri)
    lines = printed(tmp_path, RPC)
    assert lines[0].startswith("events ")
    assert lines[1] == "refused ['visits']"


def test_a_published_issue_reaches_a_subscriber_with_its_manifest_and_is_acknowledged(
    running, client, tmp_path
):
    week, supervision = "2017-W06", Supervision(client)
    running.issue(week)
    received = []

    def keep(report, db):
        received.append((report.name, report.edition, "manifest" in report.data))

    subscriber = Subscriber(
        running.stack.amqp_uri_of("archive"),
        keep,
        store=tmp_path / "store",
        keys=KeyRing([supervision.signing_key()["pem"]]),
    )

    def is_acknowledged():
        (row,) = supervision.receipts(period=week)["subscribers"]
        return row["state"] == "acknowledged"

    thread = threading.Thread(target=subscriber.run)
    thread.start()
    try:
        running.wait(is_acknowledged)
    finally:
        subscriber.stop()
        thread.join(SECONDS)
    assert received == [("2017-W06-r0", "public", True)]
    assert subscriber.set_aside() == []
