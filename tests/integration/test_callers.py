"""Who calls: the broker says so, and services let each act only for whom it may."""

import json

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from shared.domain.errors import Forbidden
from shared.platform.permissions import OFFICE
from shared.platform.topology import RPC_EXCHANGE
from shared.service.rpc_client import RpcClient
from tests.support import plain_amqp
from tests.support.plain_rpc import answer
from tests.support.running import COMMUNITY, PERSON, TIME, properties

VISIT = {
    "orgunit": COMMUNITY,
    "time": TIME,
    "kind": "household",
    "visits": {"value": "1", "qualifier": "exact", "unit": "visit"},
}


def sent(arguments):
    return json.dumps({"args": [], "kwargs": arguments}).encode()


def record(uri, command_id, actor):
    with RpcClient(uri) as rpc:
        return rpc.call("relief", "record_visits", command_id=command_id, actor=actor, **VISIT)


def test_the_office_enters_for_a_person_and_never_as_a_service(running):
    uri = running.stack.amqp_uri_of(OFFICE)
    assert record(uri, "office:1", PERSON)["version"] == 1
    with pytest.raises(Forbidden) as refused:
        record(uri, "office:2", "service:supervision")
    assert refused.value.data["rule"] == "actor_of_another"
    assert not running.ask("relief", "command", command_id="office:2")["known"]


def test_a_service_can_not_pose_as_a_person(running):
    with pytest.raises(Forbidden):
        record(running.stack.amqp_uri_of("supervision"), "posing:1", "person:leader")


def test_nobody_can_name_another_user(running):
    with plain_amqp.channel(running.stack.amqp_uri_of(OFFICE)) as channel:
        channel.confirm_delivery()
        with pytest.raises(ChannelClosedByBroker) as refused:
            channel.basic_publish(
                RPC_EXCHANGE,
                "relief.record_visits",
                b"{}",
                pika.BasicProperties(user_id="supervision"),
            )
        assert "user_id" in refused.value.reply_text


def test_a_command_without_a_user_is_refused_by_name_and_a_query_answered(running):
    arguments = {"command_id": "unnamed:1", "actor": PERSON, **VISIT}
    error = answer(running, sent(arguments), "record_visits", properties())["error"]
    assert error["exc_type"] == "Forbidden"
    assert error["exc_args"][0]["rule"] == "unnamed_caller"
    assert answer(running, sent({}), "health", properties())["result"]["service"] == "relief"


def test_commands_without_a_user_are_taken_while_an_earlier_release_runs(running):
    running.stack.stop_services(["relief"])
    running.stack.start_service("relief", running.environment | {"WARM_CALLERS": "any"})
    running.stack.wait_answering(["relief"])
    arguments = {"command_id": "unnamed:2", "actor": PERSON, **VISIT}
    assert answer(running, sent(arguments), "record_visits", properties())["result"]["version"] == 1
    running.stack.stop_services(["relief"])
