"""Delivery limits by policy, on RabbitMQ 3.10 and 4.0: where messages go that came back often."""

import json
import uuid
from contextlib import ExitStack
from itertools import islice

import pika
import pytest

from deploy.local.waiting import wait_until
from shared.platform import declarations
from tests.integration.assumptions.conftest import Scratch
from tests.support import plain_amqp

SECONDS = 20
AGAIN_SECONDS = 240
LIMIT = 2
# The limit of a queue that sets none, in 4.0.
DEFAULT_LIMIT = 20


class Limited:
    """Queues that were there, with a message each, before one policy for each was imported."""

    def __init__(self, stack, scratch):
        self.stack, self.scratch = stack, scratch
        self.version = stack.broker_control("version").strip()
        self.kept = scratch.queue(x_delivery_limit=declarations.NO_LIMIT)
        self.exchange = scratch.exchange("headers")
        with plain_amqp.channel(stack.amqp_uri) as channel:
            given_up = {"x-match": "any-with-x", "x-first-death-reason": "delivery_limit"}
            channel.queue_bind(self.kept, self.exchange, "", given_up)
        self.safe, self.chained, self.requests, self.late = (scratch.queue() for _ in range(4))
        self.missing = scratch.name()
        for queue in (self.safe, self.chained, self.requests, self.late):
            scratch.publish(b"before", to=queue)

    def policies(self):
        yield self.policy(self.safe, **at_least_once(self.kept))
        yield self.policy(self.chained, **at_least_once(self.safe))
        yield self.policy(self.late, **at_least_once(self.missing))
        yield self.policy(self.requests, dead_letter_exchange=self.exchange)

    def policy(self, queue, **definition):
        definition = {key.replace("_", "-"): value for key, value in definition.items()}
        return {
            "vhost": "/",
            "name": queue,
            "pattern": f"^{queue}$",
            "apply-to": "queues",
            "priority": 1,
            "definition": {"delivery-limit": LIMIT, **definition},
        }

    def give_up(self, queue, times=LIMIT + 1, count=1):
        """Take `count` messages and die, `times` times."""
        for _ in range(times):
            with plain_amqp.channel(self.stack.amqp_uri) as channel:
                taken = list(islice(channel.consume(queue, inactivity_timeout=SECONDS), count))
                assert all(method for method, _, _ in taken)

    def take(self, queue):
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            method, properties, body = next(channel.consume(queue, inactivity_timeout=SECONDS))
            assert method, f"nothing in {queue}"
            channel.basic_ack(method.delivery_tag)
            return method, properties, body


def at_least_once(target):
    return {
        "dead_letter_exchange": "",
        "dead_letter_routing_key": target,
        "dead_letter_strategy": "at-least-once",
        "overflow": "reject-publish",
    }


@pytest.fixture(scope="module")
def limited(stack):
    with ExitStack() as at_end:
        made = Limited(stack, Scratch(stack.amqp_uri, at_end))
        names = [policy["name"] for policy in made.policies()]
        # Below the stack's folder, which the broker's own tools see wherever they run.
        file = stack.home / "policies.json"
        file.write_text(json.dumps({"policies": list(made.policies())}))
        stack.broker_control("import_definitions", str(file))
        yield made
        for name in names:
            stack.broker_control("clear_policy", name)


def deaths(properties):
    return [(it["queue"], it["reason"]) for it in properties.headers["x-death"]]


def test_a_policy_on_a_queue_with_messages_loses_none_and_is_in_force(limited):
    limited.give_up(limited.safe)
    _, properties, body = limited.take(limited.kept)
    assert body == b"before"
    assert deaths(properties) == [(limited.safe, "delivery_limit")]
    assert properties.headers["x-death"][0]["routing-keys"] == [limited.safe]


def test_limits_of_two_queues_in_a_row_are_counted_apart(limited):
    limited.give_up(limited.chained)
    limited.give_up(limited.safe)
    _, properties, _ = limited.take(limited.kept)
    assert deaths(properties) == [
        (limited.safe, "delivery_limit"),
        (limited.chained, "delivery_limit"),
    ]


# The broker tries again after three minutes.
@pytest.mark.long
def test_with_at_least_once_a_message_waits_for_a_target_that_is_missing(limited, scratch):
    limited.give_up(limited.late)
    with plain_amqp.channel(limited.stack.amqp_uri) as channel:
        channel.queue_declare(limited.missing, durable=True, arguments={"x-queue-type": "quorum"})
    scratch.remove_queue_at_end(limited.missing)
    assert wait_until(lambda: limited.scratch.depth(limited.missing) == 1, AGAIN_SECONDS)
    assert limited.take(limited.missing)[2] == b"before"


def test_a_headers_exchange_keeps_what_came_back_too_often_and_drops_what_expired(limited):
    limited.take(limited.requests)
    limited.scratch.publish(b"late", to=limited.requests, expiration="1")
    limited.scratch.publish(b"guilty", b"innocent", to=limited.requests, expiration="60000")
    assert wait_until(lambda: limited.scratch.depth(limited.requests) == 2, SECONDS)
    limited.give_up(limited.requests, count=2)
    method, properties, body = limited.take(limited.kept)
    # Its routing key is the one with which it was published, and nothing expires any more.
    assert (body, method.routing_key, properties.expiration) == (b"guilty", limited.requests, None)
    assert limited.take(limited.kept)[2] == b"innocent"
    assert limited.scratch.depth(limited.kept) == 0


def test_a_very_high_limit_outlasts_the_default_of_4_0(limited):
    queue = limited.scratch.queue(x_delivery_limit=declarations.NO_LIMIT)
    limited.scratch.publish(b"x", to=queue)
    limited.give_up(queue, times=DEFAULT_LIMIT + 5)
    assert limited.take(queue)[2] == b"x"


def test_without_a_limit_3_10_returns_for_ever_and_4_0_drops(limited):
    queue = limited.scratch.queue()
    limited.scratch.publish(b"x", to=queue)
    limited.give_up(queue, times=DEFAULT_LIMIT + 1)
    left = 1 if limited.version.startswith("3.") else 0
    assert wait_until(lambda: limited.scratch.depth(queue) == left, SECONDS)


def test_a_client_may_say_through_which_exchange_a_message_came_first(limited):
    queue, headers = limited.scratch.queue(), {"x-first-death-exchange": "relief.events"}
    limited.scratch.publish(b"x", to=queue, headers=headers, message_id=str(uuid.uuid4()))
    assert limited.take(queue)[1].headers["x-first-death-exchange"] == "relief.events"


def test_a_death_that_a_client_invents_stands_behind_the_real_one(limited):
    # Not that of the target: 3.10 would take it for a loop, and drop the message.
    invented = {
        "queue": limited.chained,
        "reason": "expired",
        "exchange": "",
        "routing-keys": ["x"],
    }
    with plain_amqp.channel(limited.stack.amqp_uri) as channel:
        channel.queue_purge(limited.safe)
    limited.scratch.publish(b"x", to=limited.safe, headers={"x-death": [invented]})
    limited.give_up(limited.safe)
    assert deaths(limited.take(limited.kept)[1])[0] == (limited.safe, "delivery_limit")


def test_every_client_is_given_the_name_of_the_cluster(limited):
    named = limited.stack.broker_control("eval", "rabbit_nodes:cluster_name().")
    with pika.BlockingConnection(plain_amqp.parameters(limited.stack.amqp_uri)) as connection:
        assert connection._impl.server_properties["cluster_name"] == named.strip()[3:-3]
