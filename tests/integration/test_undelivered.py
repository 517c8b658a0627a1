"""What comes back too often from a queue is kept, shown, and returned or discarded, on RabbitMQ
3.10 and on 4.0; a deployed broker gets that by policy, and loses nothing."""

import json
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime

import pika
import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.broker_definitions import AT_START, definitions
from deploy.local.cli import app
from deploy.local.waiting import wait_until
from shared.aggregates.aggregate import Command
from shared.domain.errors import Conflict, DeadlineExceeded, NotFound
from shared.messaging.action_log import ActionLog
from shared.messaging.deliveries import Delivery
from shared.messaging.undelivered import Undelivered
from shared.platform import declarations, topology
from shared.platform.broker import user_of
from tests.support import older_broker, plain_amqp
from tests.support.running import SECONDS, order
from tests.support.stack import stack_name

REQUESTS, DEAD, REPORTS = "rpc-relief", "relief.dead", "sub.archive.reports"
RELIEF, ARCHIVE = "relief.undelivered", "sub.archive.undelivered"
# Queue → how it gets messages, how often they may come back, who looks after them, and where.
WAYS = {
    REQUESTS: (("nameko-rpc", "relief.order"), topology.RPC_DELIVERY_LIMIT, "relief", RELIEF),
    DEAD: (("relief.dead", "orgunit.registered"), declarations.DELIVERY_LIMIT, "relief", RELIEF),
    REPORTS: (
        ("supervision.events", "briefing.published"),
        declarations.DELIVERY_LIMIT,
        "supervision",
        ARCHIVE,
    ),
}
PROPERTIES = {
    "message_id": "m-1",
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "correlation_id": "c-1",
    "reply_to": "nobody",
}


class Broker:
    """The stack's, with no service running, as a foreign client sees it."""

    def __init__(self, stack, at_end):
        self.stack = stack
        self.channel = at_end.enter_context(plain_amqp.channel(stack.amqp_uri))
        self.channel.confirm_delivery()
        client = at_end.enter_context(MongoClient(stack.mongodb_uri, tz_aware=True))
        self.actions = ActionLog(client["warm_relief"]["parked_acts"])

    def publish(self, queue, *bodies, **properties):
        exchange, key = WAYS[queue][0]
        given = pika.BasicProperties(**PROPERTIES | {"headers": {"mine": "1"}} | properties)
        for body in bodies:
            self.channel.basic_publish(exchange, key, body, given, mandatory=True)

    def come_back(self, queue, times, count=1):
        """`count` messages are taken and come back, `times` times."""
        for _ in range(times):
            for method, _, _ in [self.get(queue) for _ in range(count)]:
                self.channel.basic_nack(method.delivery_tag)

    def give_up(self, queue, count=1):
        self.come_back(queue, WAYS[queue][1] + 1, count)

    def get(self, queue):
        found = []

        def there():
            found[:] = self.channel.basic_get(queue)
            return found[0] is not None

        assert wait_until(there, SECONDS, every=0.01), f"nothing in {queue}"
        return found

    def take(self, queue):
        method, properties, body = self.get(queue)
        self.channel.basic_ack(method.delivery_tag)
        return method, properties, body

    def depth(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count

    def has(self, queue, count):
        assert wait_until(lambda: self.depth(queue) == count, SECONDS), self.depth(queue)

    def undelivered(self, service):
        """As the service has them: with its permissions."""
        return Undelivered(self.stack.amqp_uri_of(service), service, self.actions)


@pytest.fixture
def broker(clean_stack):
    with ExitStack() as at_end:
        yield Broker(clean_stack, at_end)


def command(identity=None, arguments="1"):
    identity = identity or str(uuid.uuid4())
    return Command(identity, "person:wang", "return_undelivered", arguments, datetime.now(UTC))


def entries(undelivered, queue):
    return next(it for it in undelivered.list(10) if it["queue"] == queue)


@pytest.mark.parametrize("queue", WAYS)
def test_what_comes_back_too_often_is_kept_and_returns_as_it_was(broker, queue):
    (_, key), limit, service, kept = WAYS[queue]
    broker.publish(queue, "正文".encode())
    broker.come_back(queue, limit)
    broker.has(queue, 1)
    broker.come_back(queue, 1)
    broker.has(kept, 1)
    assert broker.depth(queue) == 0
    undelivered = broker.undelivered(service)
    shown = entries(undelivered, kept)
    (entry,) = shown["entries"]
    assert shown["messages"] == 1
    assert (entry["source"], entry["routing_key"], entry["size"]) == (queue, key, 6)
    assert entry["time"].endswith("+08:00")
    assert undelivered.return_(command(), kept, 10) == {"messages": 1}
    broker.has(kept, 0)
    # As often as before it may come back now.
    broker.come_back(queue, limit)
    method, properties, body = broker.get(queue)
    assert (method.routing_key, body) == (key, "正文".encode())
    assert PROPERTIES.items() <= vars(properties).items()
    assert properties.headers["mine"] == "1"
    broker.channel.basic_nack(method.delivery_tag)
    broker.has(kept, 1)
    assert entries(undelivered, kept)["entries"][0]["source"] == queue


def test_a_dead_letter_returns_with_the_exchange_that_it_came_through_first(broker):
    broker.channel.basic_publish("supervision.events", "orgunit.registered", b"x")
    broker.come_back("relief.inbox", declarations.DELIVERY_LIMIT + 1)
    for _ in range(2):
        broker.give_up(DEAD)
        broker.has(RELIEF, 1)
        broker.undelivered("relief").return_(command(), RELIEF, 10)
        broker.has(DEAD, 1)
    method, properties, body = broker.take(DEAD)
    found = Delivery(body, method.exchange, method.routing_key, properties).as_dead()
    assert (found.exchange, found.routing_key) == ("supervision.events", "orgunit.registered")


def test_nobody_else_can_say_through_which_exchange_a_dead_letter_came(broker):
    invented = pika.BasicProperties(headers={declarations.FIRST_EXCHANGE: "relief.events"})
    broker.channel.basic_publish("supervision.events", "orgunit.registered", b"x", invented)
    broker.come_back("relief.inbox", declarations.DELIVERY_LIMIT + 1)
    broker.give_up(DEAD)
    broker.has(RELIEF, 1)
    broker.undelivered("relief").return_(command(), RELIEF, 10)
    method, properties, body = broker.take(DEAD)
    found = Delivery(body, method.exchange, method.routing_key, properties).as_dead()
    assert found.exchange == "supervision.events"


def test_requests_taken_together_with_the_guilty_one_are_kept_too(broker):
    broker.publish(REQUESTS, b"guilty", b"innocent")
    broker.give_up(REQUESTS, count=2)
    broker.has(RELIEF, 2)


def test_a_request_that_expired_is_not_kept(broker):
    broker.publish(REQUESTS, b"late", expiration="1")
    broker.has(REQUESTS, 0)
    broker.publish(REQUESTS, b"came back", expiration="60000")
    broker.give_up(REQUESTS)
    broker.has(RELIEF, 1)
    broker.undelivered("relief").return_(command(), RELIEF, 10)
    assert broker.take(REQUESTS)[1].expiration is None


def kept(broker, *bodies):
    broker.publish(REPORTS, *bodies)
    for _ in bodies:
        broker.give_up(REPORTS)
    broker.has(ARCHIVE, len(bodies))
    return broker.undelivered("supervision")


def test_killed_between_copy_and_acknowledgement_nothing_is_lost(broker, monkeypatch):
    found, given = kept(broker, b"1", b"2"), command()

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(found, "_publish", published_and(killed, found._publish))
        with pytest.raises(KeyboardInterrupt):
            found.return_(given, ARCHIVE, 10)
    broker.has(ARCHIVE, 2)
    broker.has(REPORTS, 1)
    found.return_(given, ARCHIVE, 10)
    broker.has(ARCHIVE, 0)
    # One comes twice, which every consumer expects.
    assert sorted(broker.take(REPORTS)[2] for _ in range(3)) == [b"1", b"1", b"2"]


def published_and(then, publish):
    def act(*arguments):
        publish(*arguments)
        then()

    return act


def test_a_repeated_command_moves_nothing_more(broker):
    found, given = kept(broker, b"1", b"2"), command()
    assert found.return_(given, ARCHIVE, 1) == {"messages": 1}
    assert found.return_(given, ARCHIVE, 1) == {"messages": 1}
    assert (broker.depth(ARCHIVE), broker.depth(REPORTS)) == (1, 1)
    with pytest.raises(Conflict):
        found.return_(command(given.id, "2"), ARCHIVE, 2)
    (act,) = [it for it in broker.actions.newest(10) if it["command_id"] == given.id]
    assert (act["action"], act["queue"], act["messages"]) == ("replay", ARCHIVE, 1)
    assert act["actor"] == "person:wang"


def test_a_copy_without_a_way_back_stays_where_it_is(broker):
    found = kept(broker, b"1")
    back = {"x-match": "all", declarations.RETURN_TO: REPORTS}
    broker.channel.queue_unbind(REPORTS, "supervision.return", "", back)
    with pytest.raises(Conflict):
        found.return_(command(), ARCHIVE, 10)
    broker.has(ARCHIVE, 1)


def test_what_came_from_nowhere_stays_until_it_is_discarded(broker):
    broker.channel.basic_publish("", ARCHIVE, b"stray")
    found = broker.undelivered("supervision")
    assert entries(found, ARCHIVE)["entries"][0]["source"] is None
    assert found.return_(command(), ARCHIVE, 10) == {"messages": 0}
    broker.has(ARCHIVE, 1)
    assert found.discard(command(), ARCHIVE, 10, "来历不明") == {"messages": 1}
    broker.has(ARCHIVE, 0)


def test_looking_at_it_never_removes_a_message(broker):
    found = kept(broker, b"1")
    for _ in range(30):
        assert entries(found, ARCHIVE)["messages"] == 1
        broker.has(ARCHIVE, 1)


def test_a_service_has_only_its_own(broker):
    with pytest.raises(NotFound):
        broker.undelivered("relief").return_(command(), ARCHIVE, 1)


def test_without_an_answer_of_the_broker_it_says_so():
    nowhere = Undelivered("amqp://guest:guest@127.0.0.1:1/%2F", "relief", None)
    with pytest.raises(DeadlineExceeded):
        nowhere.list(1)


def warm(*arguments):
    done = CliRunner().invoke(app, [*arguments, "--stack", stack_name()])
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.problem("undelivered")
def test_a_request_that_kills_its_service_is_returned_by_a_person_and_carried_out_once(running):
    given = {"command_id": str(uuid.uuid4()), "actor": "person:wang", **order()}
    body = json.dumps({"args": [], "kwargs": given}).encode()
    user = user_of(running.stack.amqp_uri)
    properties = pika.BasicProperties(
        content_type="application/json", reply_to="nobody", user_id=user
    )
    running.stack.stop_services(["relief"])
    running.publish("nameko-rpc", "relief.raise_order", (body, properties))
    with ExitStack() as at_end:
        server = Broker(running.stack, at_end)
        server.give_up(REQUESTS)
        server.has(RELIEF, 1)
    running.start("relief")
    before = running.counts("relief")["relief", "log"]
    _, shown = warm("status")
    assert "undelivered: relief has messages that came back too often" in shown
    assert "and 1 undelivered" in shown
    _, listed = warm("deadletters", "undelivered", "list")
    assert "relief.undelivered: 1 messages" in listed
    assert "rpc-relief relief.raise_order" in listed
    assert order()["items"][0] not in listed
    status, done = warm("deadletters", "undelivered", "return", "--yes", "--actor", "person:li")
    assert (status, "relief.undelivered: 1 returned" in done) == (0, True)
    running.wait(lambda: running.counts("relief")["relief", "log"] == before + 1)
    # The caller repeats the command: it has no second effect.
    running.do("relief", "raise_order", **given)
    running.settled()
    assert running.counts("relief")["relief", "log"] == before + 1
    assert "undelivered" not in warm("status")[1]
    _, audit = warm("deadletters", "audit", "--service", "relief")
    assert "person:li replay relief.undelivered 1 messages" in audit


@pytest.mark.problem("limits")
def test_a_queue_that_lost_its_policy_is_named_by_status(clean_stack):
    try:
        clean_stack.broker_control("clear_policy", REPORTS)
        _, shown = warm("status")
        assert "limits: broker isn't known to have the delivery limits" in shown
        assert f"({REPORTS})" in shown
    finally:
        load(clean_stack, "/", definitions())
    assert "limits:" not in warm("status")[1]


OLD = older_broker.released()


def load(stack, vhost, found):
    """What a broker does at its start with a definitions file of a deployment."""
    parts = {
        part: [it | ({"vhost": vhost} if "vhost" in it else {}) for it in found[part]]
        for part in AT_START
        if part in found and part not in ("users", "vhosts")
    }
    file = stack.home / "loaded.json"
    file.write_text(json.dumps(parts))
    stack.broker_control("import_definitions", str(file))


@pytest.fixture
def deployed(stack):
    """A virtual host with the topology of 0.2.0, and its address."""
    vhost = f"deployed-{uuid.uuid4()}"
    stack.broker_control("add_vhost", vhost)
    stack.broker_control("set_permissions", "-p", vhost, "warm", ".*", ".*", ".*")
    uri = stack.amqp_uri.replace("%2F", vhost)
    load(stack, vhost, OLD)
    with plain_amqp.channel(uri) as channel:
        older_broker.declare(channel, OLD)
        channel.confirm_delivery()
        yield vhost, uri, channel
    stack.broker_control("delete_vhost", vhost)


def test_a_broker_of_0_2_0_is_upgraded_with_messages_in_its_queues_and_back(stack, deployed):
    vhost, uri, channel = deployed
    for (exchange, key), *_ in WAYS.values():
        channel.basic_publish(exchange, key, b"before", mandatory=True)
    with ExitStack() as at_end:
        broker = Broker(stack, at_end)
        broker.channel = channel
        # The broker restarts with the new definitions; then the topology is declared.
        load(stack, vhost, definitions())
        topology.apply(uri)
        for queue in WAYS:
            broker.has(queue, 1)
        for queue in (REQUESTS, REPORTS):
            broker.give_up(queue)
        broker.has(RELIEF, 1)
        broker.has(ARCHIVE, 1)
        assert broker.depth(DEAD) == 1
        # Back: the old release loads and declares its own, and the policies stay.
        load(stack, vhost, OLD)
        older_broker.declare(channel, OLD)
        for queue in (DEAD, RELIEF, ARCHIVE):
            broker.has(queue, 1)
        broker.give_up(DEAD)
        broker.has(RELIEF, 2)
        # Forward again.
        load(stack, vhost, definitions())
        topology.apply(uri)
        broker.has(RELIEF, 2)
