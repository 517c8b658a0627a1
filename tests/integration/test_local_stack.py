"""The stack's own servers: only on loopback, only with a password, data safe over a crash."""

import amqp
import pytest
from kombu import Connection
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from shared.platform import topology


def test_the_broker_knows_no_guest(stack):
    with pytest.raises(amqp.AccessRefused):
        amqp.Connection(f"127.0.0.1:{stack.ports.amqp}", "guest", "guest").connect()


def test_the_database_refuses_a_client_without_a_login(stack):
    with (
        MongoClient("127.0.0.1", stack.ports.mongodb, directConnection=True) as stranger,
        pytest.raises(OperationFailure),
    ):
        stranger.warm_relief.orders.find_one()


def test_the_servers_listen_on_loopback_only(stack):
    ports = {stack.ports.base + offset for offset in range(4)}
    open_elsewhere = [
        (address, port)
        for address, port in listening()
        if port in ports and address not in ("127.0.0.1", "::1")
    ]
    assert open_elsewhere == []


def test_what_was_stored_survives_a_crash_of_both_servers(clean_stack):
    with MongoClient(clean_stack.mongodb_uri) as client:
        client.warm_test.crash.insert_one({"_id": "kept"})
    clean_stack.kill_broker()
    clean_stack.kill_database()
    clean_stack.resume_infrastructure()
    with MongoClient(clean_stack.mongodb_uri) as client:
        assert client.warm_test.crash.find_one() == {"_id": "kept"}
    assert not any(topology.check(clean_stack.amqp_uri, name) for name in topology.SERVICES)


def test_a_reset_leaves_no_database_of_a_service(clean_stack):
    with MongoClient(clean_stack.mongodb_uri) as client:
        client.warm_test.left.insert_one({})
        clean_stack.reset()
        assert "warm_test" not in client.list_database_names()


def test_a_reset_leaves_no_message(clean_stack):
    for queue in topology.definitions()["queues"]:
        publish(clean_stack, queue["name"])
    clean_stack.reset()
    assert depths(clean_stack) == dict.fromkeys(depths(clean_stack), 0)


def publish(stack, queue):
    with Connection(stack.amqp_uri) as connection:
        connection.Producer().publish("{}", routing_key=queue, declare=[], retry=True)


def depths(stack):
    names = [queue["name"] for queue in topology.definitions()["queues"]]
    with Connection(stack.amqp_uri) as connection:
        channel = connection.default_channel
        return {n: channel.queue_declare(n, passive=True).message_count for n in names}


def listening():
    for table, read in (("tcp", _ipv4), ("tcp6", _ipv6)):
        with open(f"/proc/net/{table}") as lines:
            next(lines)
            for line in lines:
                fields = line.split()
                if fields[3] == "0A":
                    address, port = fields[1].split(":")
                    yield read(address), int(port, 16)


def _ipv4(text):
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(text)))


def _ipv6(text):
    return "::1" if text == "0" * 24 + "01000000" else text
