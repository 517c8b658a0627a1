"""By the servers' own permissions: who may not do what. Every other test here and end to end runs
services with these permissions alone, and so shows that they suffice."""

import uuid
from contextlib import ExitStack
from functools import cache

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

from deploy.local.purge import purge_queues
from shared.platform.declarations import NOTICE_KEYS, RECEIPTS
from shared.platform.permissions import NOTICES, OFFICE, READER
from shared.platform.subscribers import ARCHIVE
from shared.platform.topology import SERVICES, inbox_depth
from tests.support import plain_amqp
from tests.support.forbidden import CASES, bind, consume, hear, listen_for, publish, take

REFUSED = 403
NOT_AUTHORIZED = 13
AUTHENTICATION_FAILED = 18


@pytest.fixture(scope="module", autouse=True)
def own_servers(stack):
    if not stack.owns_servers:
        pytest.skip("AMQP_URI and MONGODB_URI name servers whose users aren't ours")


@pytest.fixture(scope="module")
def connection_of(stack):
    """`connection_of(identity)`: one login for every attempt; a refusal closes only the
    channel."""
    with ExitStack() as at_end:

        @cache
        def connection(identity):
            parameters = plain_amqp.parameters(stack.amqp_uri_of(identity))
            return at_end.enter_context(pika.BlockingConnection(parameters))

        yield connection


@pytest.mark.parametrize(("who", "act"), [pytest.param(w, a, id=f"{w}: {t}") for w, t, a in CASES])
def test_the_broker_refuses(connection_of, who, act):
    channel = connection_of(who).channel()
    with pytest.raises(ChannelClosedByBroker) as refused:
        act(channel)
    assert refused.value.reply_code == REFUSED
    assert f"refused for user '{who}'" in refused.value.reply_text


@pytest.mark.parametrize("who", [*SERVICES, ARCHIVE.name, OFFICE, READER, NOTICES, "warm", "guest"])
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
    # pika rejects what it was handed and didn't ask for, which no stream allows.
    purge_queues(stack.amqp_uri)
    with plain_amqp.channel(stack.amqp_uri_of(ARCHIVE.name)) as channel:
        take(f"sub.{ARCHIVE.name}.reports")(channel)
        for stream in ("reports", "keys", "reports.forms"):
            consume(stream)(channel)
        publish(RECEIPTS, ARCHIVE.name)(channel)
        for key in ("briefing.published", "briefing.revised", "briefing.withdrawn"):
            bind(f"sub.{ARCHIVE.name}.reports", "supervision.events", key)(channel)


def test_who_reads_internal_reports_can_do_that(stack):
    with plain_amqp.channel(stack.amqp_uri_of(READER)) as channel:
        consume("reports.internal")(channel)


def test_who_reads_notices_can_do_that(stack):
    with plain_amqp.channel(stack.amqp_uri_of(NOTICES)) as channel:
        hear("supervision.events", NOTICE_KEYS[0])(channel)


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


@pytest.fixture(scope="module")
def client_of(stack):
    """`client_of(service)`: one login for all that the service tries."""
    with ExitStack() as at_end:

        @cache
        def client(service):
            return at_end.enter_context(MongoClient(stack.mongodb_uri_of(service)))

        yield client


@pytest.mark.parametrize("act", DATABASE_ACTS.values(), ids=DATABASE_ACTS)
@pytest.mark.parametrize(("who", "other"), [*OTHERS, *((who, "admin") for who in SERVICES)])
def test_the_database_refuses(client_of, who, other, act):
    name = "admin" if other == "admin" else f"warm_{other}"
    client = client_of(who)
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
