"""Stock nameko on the wire, and how ours differs: `rpc_server.py` and `inbox.py` in
`shared/service`."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy.local.waiting import wait_until
from tests.support import plain_amqp

SECONDS = 30
EXCHANGE = "nameko-rpc"
JSON = "application/json"
EMPTY = (None, None, None)
PROGRAM = Path(__file__).with_name("stock_service.py")


class Stock:
    """A stock service in a process of its own, listening."""

    def __init__(self, scratch, output):
        self.scratch, self.output = scratch, output
        self.name = scratch.name().replace(".", "-")
        self.events = f"{self.name}.events"
        self.requests = f"rpc-{self.name}"
        self.heard = f"evt-{self.name}-heard--{self.name}.hear"

    def start(self):
        # Ours come from the definitions file: what stock nameko declares has to agree.
        self.scratch.exchange("topic", name=self.events)
        command = [sys.executable, "-W", "ignore", PROGRAM, self.scratch.amqp_uri]
        environment = os.environ | {"STOCK_NAME": self.name}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=subprocess.DEVNULL
            )
        for queue in (self.requests, self.heard):
            assert wait_until(lambda queue=queue: self._listens(queue), SECONDS)
            self.scratch.remove_queue_at_end(queue)

    def end(self):
        self.process.kill()
        self.process.wait(SECONDS)

    def request(self, method, body, **properties):
        key = f"{self.name}.{method}"
        self.scratch.publish(json.dumps(body), to=key, exchange=EXCHANGE, **properties)

    def event(self, body, content_type=JSON):
        self.scratch.publish(
            json.dumps(body), to="heard", exchange=self.events, content_type=content_type
        )

    def unheard(self):
        """End the service; what its queue of events still holds then."""
        self.end()
        assert wait_until(lambda: not self._listens(self.heard), SECONDS)
        with plain_amqp.channel(self.scratch.amqp_uri) as channel:
            bodies = (body for _, _, body in iter(lambda: channel.basic_get(self.heard), EMPTY))
            return b"".join(bodies).decode()

    def _listens(self, queue):
        try:
            with plain_amqp.channel(self.scratch.amqp_uri) as channel:
                return channel.queue_declare(queue, passive=True).method.consumer_count
        except ChannelClosedByBroker:
            return False


@pytest.fixture
def stock(scratch, tmp_path):
    service = Stock(scratch, tmp_path / "output")
    service.start()
    yield service
    service.end()


def ask(stock, channel, method, *args, **kwargs):
    """Properties and body of the answer, as any AMQP client gets it."""
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, EXCHANGE, "back-to-me")
    request = {"args": args, "kwargs": kwargs}
    how = {"reply_to": "back-to-me", "correlation_id": "7", "content_type": JSON}
    stock.request(method, request, **how)
    ((_, properties, body),) = islice(channel.consume(queue, inactivity_timeout=SECONDS), 1)
    return properties, json.loads(body)


def test_a_request_carries_arguments_and_the_answer_a_result(stock, channel):
    properties, answer = ask(stock, channel, "join", "温暖", second="二七")
    assert answer == {"result": "温暖 二七", "error": None}
    assert (properties.correlation_id, properties.content_type) == ("7", JSON)


def test_an_exception_comes_back_as_data(stock, channel):
    _, answer = ask(stock, channel, "fail")
    assert answer == {
        "result": None,
        "error": {
            "exc_type": "ValueError",
            "exc_path": "builtins.ValueError",
            "exc_args": ["on purpose"],
            "value": "on purpose",
        },
    }


@pytest.mark.parametrize("properties", [{"content_type": JSON}, {"reply_to": "nobody"}])
def test_a_request_without_reply_to_or_content_type_kills_one_victim_after_the_other(
    stock, scratch, properties
):
    stock.request("join", {"args": ["a", "b"], "kwargs": {}}, **properties)
    assert stock.process.wait(SECONDS) != 0
    assert wait_until(lambda: scratch.depth(stock.requests) == 1, SECONDS)


def test_an_event_of_the_content_type_of_cloudevents_is_acknowledged_and_lost(stock):
    stock.event({"id": "lost"}, content_type="application/cloudevents+json")
    stock.event({"id": "heard"})
    assert wait_until(lambda: "heard" in stock.output.read_text(), SECONDS)
    assert "lost" not in stock.output.read_text() + stock.unheard()


def test_an_event_whose_handler_failed_is_acknowledged_and_lost(stock):
    stock.event({"lost": "no id, so the handler fails"})
    stock.event({"id": "heard"})
    assert wait_until(lambda: "heard" in stock.output.read_text(), SECONDS)
    assert "lost" not in stock.unheard()
