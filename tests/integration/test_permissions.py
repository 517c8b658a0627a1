"""By the servers' own permissions: who may not do what. Every other test here and end to end runs
services with these permissions alone, and so shows that they suffice."""

import uuid

import pika
import pytest
from pika.exceptions import (
    AuthenticationError,
    ChannelClosedByBroker,
    ProbableAuthenticationError,
)
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

from shared.permissions import OFFICE
from shared.topology import SERVICES, SUBSCRIBERS, inbox_depth
from tests.support import plain_amqp

REFUSED = 403
NOT_AUTHORIZED = 13
AUTHENTICATION_FAILED = 18
# Who may ask whom, beside supervision, which asks everybody and is asked by everybody.
ASKED = {("relief", "volunteering")}


@pytest.fixture(scope="module", autouse=True)
def own_servers(stack):
    if not stack.owns_servers:
        pytest.skip("AMQP_URI and MONGODB_URI name servers whose users aren't ours")


def publish(exchange, key):
    def act(channel):
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"{}")

    return act


def take(queue):
    return lambda channel: channel.basic_get(queue)


def consume(stream):
    def act(channel):
        channel.basic_qos(prefetch_count=1)
        channel.basic_consume(stream, print, arguments={"x-stream-offset": "first"})

    return act


def purge(queue):
    return lambda channel: channel.queue_purge(queue)


def delete_queue(queue):
    return lambda channel: channel.queue_delete(queue)


def delete_exchange(exchange):
    return lambda channel: channel.exchange_delete(exchange)


def bind(queue, exchange, key):
    return lambda channel: channel.queue_bind(queue, exchange, key)


def unbind(queue, exchange, key):
    return lambda channel: channel.queue_unbind(queue, exchange, key)


def declare(queue):
    return lambda channel: channel.queue_declare(queue, durable=True)


def declare_exchange(exchange):
    return lambda channel: channel.exchange_declare(exchange, "topic", durable=True)


def listen_for(key):
    """As if for answers, on a queue that is its own."""

    def act(channel):
        queue = f"rpc.reply-{uuid.uuid4()}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, "nameko-rpc", key)

    return act


def forbidden_to_all():
    """What nobody may but the administrator."""
    for service in SERVICES:
        yield f"delete the exchange of {service}", delete_exchange(f"{service}.events")
        yield f"publish among the dead of {service}", publish(f"{service}.dead", "")
        for queue in (f"{service}.inbox", f"{service}.dead", f"rpc-{service}"):
            yield f"delete {queue}", delete_queue(queue)
            yield f"put straight into {queue}", publish("", queue)
    yield "delete the log", delete_queue("warm.log")
    yield "delete the reports", delete_queue("reports")
    yield "make a queue", declare("sub.stranger.reports")
    yield "make an exchange", declare_exchange("stranger.events")


def forbidden_near(other):
    """What only the service `other` may."""
    yield f"publish as {other}", publish(f"{other}.events", "visit.recorded")
    yield f"bind the inbox of {other}", bind(f"{other}.inbox", "supervision.events", "#")
    yield (
        f"unbind the inbox of {other}",
        unbind(f"{other}.inbox", "supervision.events", "orgunit.*"),
    )
    for queue in (f"{other}.inbox", f"{other}.dead", f"rpc-{other}"):
        yield f"take from {queue}", take(queue)
        yield f"purge {queue}", purge(queue)


def forbidden_to_service(service):
    yield from forbidden_to_all()
    yield "read subscribers' reports", take(f"sub.{SUBSCRIBERS[0]}.reports")
    for key in ("#", "*.*", "relief.*", "*.raise_order", "relief.raise_order"):
        yield f"overhear what others are asked, by {key}", listen_for(key)
    for other in SERVICES:
        if other == service:
            continue
        yield from forbidden_near(other)
        if not {service, other} & {"supervision"} and (service, other) not in ASKED:
            yield f"ask {other}", publish("nameko-rpc", f"{other}.health")
        if service != "supervision":
            yield from forbidden_to_hear(service, other)
    if service != "supervision":
        yield "read the log", consume("warm.log")


def forbidden_to_hear(service, other):
    inbox, exchange = f"{service}.inbox", f"{other}.events"
    keys = ["#", "*.*", "briefing.published"]
    # Supervision's org units are what everybody hears.
    keys += [] if other == "supervision" else ["orgunit.*"]
    for key in keys:
        yield f"hear {key} of {other}", bind(inbox, exchange, key)


def forbidden_to_office():
    yield from forbidden_to_all()
    for service in SERVICES:
        yield from forbidden_near(service)
    yield "answer in a service's place", publish("nameko-rpc", str(uuid.uuid4()))
    yield "read subscribers' reports", take(f"sub.{SUBSCRIBERS[0]}.reports")
    yield "read the log", consume("warm.log")
    yield "read the reports", consume("reports")
    for key in ("#", "*.*", "relief.*", "relief.raise_order"):
        yield f"overhear what others are asked, by {key}", listen_for(key)


def forbidden_to_subscriber(name):
    yield from forbidden_to_all()
    yield "read the log", consume("warm.log")
    for service in SERVICES:
        yield from forbidden_near(service)
        yield f"ask {service}", publish("nameko-rpc", f"{service}.health")
    own = f"sub.{name}.reports"
    for key in ("#", "*.*", "briefing.*", "briefing.drafted", "finding.reported", "orgunit.*"):
        yield f"hear {key} of supervision", bind(own, "supervision.events", key)
    yield "hear what relief is told", bind(own, "relief.events", "#")
    yield "overhear what services are asked", bind(own, "nameko-rpc", "#")
    yield "listen for answers", listen_for(str(uuid.uuid4()))


CASES = [
    *((who, *what) for who in SERVICES for what in forbidden_to_service(who)),
    *((who, *what) for who in SUBSCRIBERS for what in forbidden_to_subscriber(who)),
    *((OFFICE, *what) for what in forbidden_to_office()),
]


@pytest.mark.parametrize(("who", "act"), [pytest.param(w, a, id=f"{w}: {t}") for w, t, a in CASES])
def test_the_broker_refuses(stack, who, act):
    with (
        pytest.raises(ChannelClosedByBroker) as refused,
        plain_amqp.channel(stack.amqp_uri_of(who)) as channel,
    ):
        act(channel)
    assert refused.value.reply_code == REFUSED
    assert f"refused for user '{who}'" in refused.value.reply_text


@pytest.mark.parametrize("who", [*SERVICES, *SUBSCRIBERS, OFFICE, "warm", "guest"])
@pytest.mark.parametrize("password", ["", "guest", "of another one"])
def test_nobody_comes_in_without_the_right_password(stack, who, password):
    others = pika.URLParameters(stack.amqp_uri_of("jobfairs")).credentials.password
    given = others if password == "of another one" and who != "jobfairs" else password
    parameters = pika.ConnectionParameters(
        "127.0.0.1", stack.ports.amqp, "/", pika.PlainCredentials(who, given)
    )
    with pytest.raises((AuthenticationError, ProbableAuthenticationError)):
        pika.BlockingConnection(parameters)


def test_what_a_subscriber_may_do_it_can(stack):
    with plain_amqp.channel(stack.amqp_uri_of(SUBSCRIBERS[0])) as channel:
        take(f"sub.{SUBSCRIBERS[0]}.reports")(channel)
        consume("reports")(channel)
        for key in ("briefing.published", "briefing.revised", "briefing.withdrawn"):
            bind(f"sub.{SUBSCRIBERS[0]}.reports", "supervision.events", key)(channel)


def test_what_the_office_may_do_it_can(stack):
    uri = stack.amqp_uri_of(OFFICE)
    with plain_amqp.channel(uri) as channel:
        for service in SERVICES:
            publish("nameko-rpc", f"{service}.health")(channel)
        listen_for(str(uuid.uuid4()))(channel)
    assert all(inbox_depth(uri, service) == 0 for service in SERVICES)


OTHERS = [(who, other) for who in SERVICES for other in SERVICES if who != other]
DATABASE_ACTS = {
    "read": lambda database: database["log"].find_one(),
    "write": lambda database: database["log"].insert_one({"_id": 1}),
    "remove": lambda database: database["facts"].delete_many({}),
    "drop": lambda database: database.client.drop_database(database.name),
    "list": lambda database: database.list_collection_names(),
}


@pytest.mark.parametrize("act", DATABASE_ACTS.values(), ids=DATABASE_ACTS)
@pytest.mark.parametrize(("who", "other"), [*OTHERS, *((who, "admin") for who in SERVICES)])
def test_the_database_refuses(stack, who, other, act):
    name = "admin" if other == "admin" else f"warm_{other}"
    with MongoClient(stack.mongodb_uri_of(who)) as client:
        with pytest.raises(OperationFailure) as refused:
            act(client[name])
        assert refused.value.code == NOT_AUTHORIZED
        client[f"warm_{who}"]["log"].find_one()


@pytest.mark.parametrize("who", SERVICES)
def test_a_service_sees_no_database_but_its_own(stack, who):
    with MongoClient(stack.mongodb_uri_of(who)) as client:
        assert set(client.list_database_names()) <= {f"warm_{who}"}


def test_nobody_reads_the_database_without_a_login(stack):
    with MongoClient("127.0.0.1", stack.ports.mongodb, directConnection=True) as client:
        for name in SERVICES:
            with pytest.raises(OperationFailure) as refused:
                client[f"warm_{name}"]["log"].find_one()
            assert refused.value.code == NOT_AUTHORIZED


@pytest.mark.parametrize("who", [*SERVICES, "warm"])
def test_nobody_comes_into_the_database_with_anothers_password(stack, who):
    clinics = parse_uri(stack.mongodb_uri_of("clinics"))["password"]
    password = "guessed" if who == "clinics" else clinics
    login = {"username": who, "password": password, "directConnection": True}
    with MongoClient("127.0.0.1", stack.ports.mongodb, **login) as client:
        with pytest.raises(OperationFailure) as refused:
            client.admin.command("usersInfo")
        assert refused.value.code == AUTHENTICATION_FAILED
