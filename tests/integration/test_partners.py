"""Partners: stock nameko in a virtual host of its own, and what is allowed to it."""

import uuid

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError

from tests.support import plain_amqp
from tests.support.partners import StockCaller, added, nameko_service, run_program, until
from tests.support.running import COMMUNITY, TIME

METHODS = ("relief.record_visits", "relief.order", "supervision.live")


@pytest.fixture(scope="module")
def school(started):
    with added(started.stack, "school", methods=METHODS, events=("relief.order.*",)) as partner:
        yield partner


@pytest.fixture
def caller(school, running):
    with StockCaller(school.uri) as process:
        yield process


def visits(actor="service:school", **changes):
    return {
        "command_id": str(uuid.uuid4()),
        "actor": actor,
        "orgunit": COMMUNITY,
        "time": TIME,
        "kind": "household",
        "visits": {"value": "1", "qualifier": "exact", "unit": "visit"},
        **changes,
    }


def test_the_programs_of_the_page_hear_and_call(running, school, tmp_path):
    with nameko_service(tmp_path, school.uri) as heard:
        queue = "evt-relief-order.raised--school.order_raised"
        until(lambda: consumers(school, queue) == 1)
        order = running.raise_order()["id"]
        until(lambda: "heard relief.order.raised" in heard.read_text())
        assert " raised" in heard.read_text().splitlines()[-1], order
    printed = run_program(tmp_path, school.uri, "visits.py")
    assert "recorded " in printed
    assert "ValidationFailed try again: no {'visits'" in printed


def consumers(school, queue):
    """How many programs of the partner take messages of its queue, which may not be there yet."""
    try:
        with plain_amqp.channel(school.uri) as channel:
            return channel.queue_declare(queue, passive=True).method.consumer_count
    except ChannelClosedByBroker:
        return 0


def test_an_allowed_command_is_carried_out_and_its_repetition_gives_the_same_answer(caller):
    given = visits()
    made = caller.call("relief", "record_visits", **given)
    assert made["result"]["id"]
    assert caller.call("relief", "record_visits", **given) == made


def test_a_typed_error_comes_with_its_data_as_json(caller):
    kind, value = caller.error("relief", "order", id="no-such-order")
    assert (kind, value["try_again"]) == ("NotFound", "no")
    assert value["data"]["id"] == "no-such-order"


def test_what_is_not_allowed_is_refused_at_once(caller, school):
    before = school.state["refused"]
    kind, value = caller.error("relief", "raise_order", **visits())
    assert (kind, value["data"]) == (
        "Forbidden",
        {"rule": "method_not_allowed", "method": "relief.raise_order"},
    )
    kind, value = caller.error("clinics", "health")
    assert (kind, value["data"]["method"]) == ("Forbidden", "clinics.health")
    assert school.state["refused"] == before + 2


@pytest.mark.parametrize("actor", ["person:leader", "service:relief", "service:school2"])
def test_a_partner_cannot_pose_as_somebody_else(caller, actor):
    kind, value = caller.error("relief", "record_visits", **visits(actor))
    assert kind == "Forbidden"
    assert value["data"] == {"rule": "actor_of_another", "may_act_for": ["service:school"]}


def test_a_partner_has_no_way_into_our_virtual_host(running, school):
    ours = plain_amqp.parameters(school.uri)
    ours.virtual_host = "/"
    with pytest.raises(ProbableAccessDeniedError):
        pika.BlockingConnection(ours)


def test_a_refusal_over_the_quota_says_when_to_try_again(running):
    with (
        added(running.stack, methods=("supervision.live",), calls_per_minute=2) as partner,
        StockCaller(partner.uri) as caller,
    ):
        for _ in range(2):
            assert "result" in caller.call("supervision", "live", period="2017-W06")
        kind, value = caller.error("supervision", "live", period="2017-W06")
        assert (kind, value["try_again"]) == ("Unavailable", "later")
        assert value["data"]["calls_per_minute"] == 2
        assert 25 < value["data"]["retry_after_seconds"] <= 30
