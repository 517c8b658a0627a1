"""No request stops a service or stays in its queue, and each one that says where to is answered."""

import json
import zlib
from datetime import UTC, datetime

import pytest

from shared.domain.errors import DeadlineExceeded
from shared.platform.topology import RPC_EXCHANGE, rpc_queue
from shared.service.rpc_client import RpcClient
from tests.support.plain_rpc import answer, ask, listening, take
from tests.support.running import TIME, order, properties

QUEUE = rpc_queue("relief")
NOBODY = "nobody-listens-here"
GBK = "二七区".encode("gbk")

GOOD = b'{"args": [], "kwargs": {}}'


def kwargs(**given):
    return json.dumps({"args": [], "kwargs": given}).encode()


def wrapped(kind, value):
    """As kombu writes a value that JSON doesn't know."""
    return {"__type__": kind, "__value__": value}


BODIES = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"args": [], "kwargs": {"id": "\xff"}}',
    "GBK": b'{"args": [], "kwargs": {"id": "' + GBK + b'"}}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a list": b"[1, 2]",
    "a number": b"17",
    "a string": b'"health"',
    "null": b"null",
    "no kwargs": b"{}",
    "kwargs a list": b'{"args": [], "kwargs": []}',
    "kwargs null": b'{"args": [], "kwargs": null}',
    "args an object": b'{"args": {"id": 1}, "kwargs": {}}',
    "positional arguments": b'{"args": ["x-1"], "kwargs": {}}',
    "an unknown argument": kwargs(no_such=1),
    "lone surrogates": b'{"args": [], "kwargs": {"\\ud800": "\\udfff"}}',
    "a datetime of kombu's": kwargs(id=wrapped("datetime", "2017-02-06T09:30:00+08:00")),
    "a UUID of kombu's": kwargs(id=wrapped("uuid", {"hex": "00" * 16, "version": None})),
    "bytes of kombu's": kwargs(id=wrapped("bytes", "AA==")),
    "a type that kombu doesn't know": kwargs(id=wrapped("os.system", "true")),
    "a type of kombu's without value": kwargs(id={"__type__": "datetime"}),
    "arguments of kombu's": json.dumps({"args": [], "kwargs": wrapped("datetime", TIME)}).encode(),
    "5 MB of spaces": b" " * 5_000_000,
    "5 MB of argument": kwargs(id="x" * 5_000_000),
    "100,000 deep": b"[" * 100_000,
    "a number of 5,000 digits": b'{"args": [], "kwargs": {"id": ' + b"9" * 5_000 + b"}}",
    "not a number": b'{"args": [], "kwargs": {"id": NaN}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request_is_answered_with_an_error(running, unharmed, body):
    assert answer(running, body, "order", properties())["error"]


PROPERTIES = {
    "no content type": {"content_type": None},
    "plain text": {"content_type": "text/plain"},
    "a pickle": {"content_type": "application/x-python-serialize"},
    "YAML": {"content_type": "application/x-yaml"},
    "an unknown content type": {"content_type": "no such thing"},
    "an unknown encoding": {"content_encoding": "no-such-encoding"},
    "an encoding that gives no text": {"content_encoding": "hex"},
    "compressed, it says": {"headers": {"compression": "application/x-gzip"}},
    "compressed by nothing known": {"headers": {"compression": "no such thing"}},
}


@pytest.mark.parametrize("given", PROPERTIES.values(), ids=PROPERTIES)
def test_a_request_in_no_known_form_is_answered_with_an_error(running, unharmed, given):
    assert answer(running, GOOD, "order", properties(**given))["error"]


def test_a_compressed_request_is_not_unpacked(running, unharmed):
    bomb = zlib.compress(GOOD + b" " * 50_000_000)
    packed = properties(headers={"compression": "application/x-gzip"})
    assert answer(running, bomb, "health", packed)["error"]


HARMLESS = {
    "no content encoding": {"content_encoding": None},
    "no headers": {"headers": None},
    "headers of any kind": {
        "headers": {
            "none": None,
            "flag": True,
            "number": 2**40,
            "list": [1, "二", None],
            "table": {"deep": {"deeper": [{}]}},
            "time": datetime(9999, 12, 31, tzinfo=UTC),
        }
    },
    "headers in GBK": {"headers": {"区": "x", "unit": GBK}},
    "a time in milliseconds": {"timestamp": 1_486_350_000_000},
    "every other property": {
        "priority": 9,
        "message_id": "m",
        "type": "t",
        "app_id": "a",
        "cluster_id": "c",
        "delivery_mode": 2,
        "expiration": "60000",
    },
}


@pytest.mark.parametrize("given", HARMLESS.values(), ids=HARMLESS)
def test_a_request_with_strange_properties_is_answered(running, unharmed, given):
    assert answer(running, GOOD, "health", properties(**given))["result"]["service"] == "relief"


@pytest.mark.parametrize("name", ["nameko.call_id_stack", "nameko.", "nameko.language"])
@pytest.mark.parametrize("value", ["text", 5, None, {"a": 1}, ["a", 1]])
def test_strange_context_in_the_headers_does_no_harm(running, unharmed, name, value):
    assert answer(running, GOOD, "health", properties(headers={name: value}))


@pytest.mark.parametrize("method", ["no_such_method", "receive", "", "a" * 200])
def test_an_unknown_method_is_answered_with_an_error(running, unharmed, method):
    error = answer(running, GOOD, method, properties())["error"]
    assert error["exc_type"] == "MethodNotFound"


UNANSWERABLE = {
    "no reply_to": {},
    "an empty reply_to": {"reply_to": ""},
    "a reply_to where nobody listens": {"reply_to": NOBODY},
    "a reply_to as long as can be": {"reply_to": "x" * 255},
    "the service's own queue as reply_to": {"reply_to": "relief.health"},
    "a reply_to in GBK": {"reply_to": GBK},
    "a correlation id in GBK": {"correlation_id": GBK},
    "lone surrogates": {"reply_to": b"\xed\xa0\x80", "correlation_id": b"\xed\xa0\x80"},
    "a content type in GBK": {"content_type": GBK},
    "a message id in GBK": {"message_id": GBK},
    "a type in GBK": {"type": GBK},
}


@pytest.mark.parametrize("method", ["health", "order", "no_such_method"])
@pytest.mark.parametrize("given", UNANSWERABLE.values(), ids=UNANSWERABLE)
def test_a_request_that_cannot_be_answered_does_no_harm(running, unharmed, method, given):
    running.publish(RPC_EXCHANGE, f"relief.{method}", (GOOD, properties(**given)))


def test_a_method_in_gbk_does_no_harm(running, unharmed):
    running.publish(RPC_EXCHANGE, b"relief." + GBK, (GOOD, properties()))


def test_without_any_property_it_does_no_harm(running, unharmed):
    for body in (GOOD, b"", b"{"):
        running.publish(RPC_EXCHANGE, "relief.health", body)


def test_without_correlation_id_the_answer_has_none(running, unharmed):
    with listening(running) as (channel, queue):
        ask(channel, GOOD, "health", properties(reply_to=queue))
        _, got, _ = take(running, channel, queue)
    assert got.correlation_id is None


def test_the_answer_comes_in_json_with_the_correlation_id(running, unharmed):
    with listening(running) as (channel, queue):
        ask(channel, GOOD, "health", properties(reply_to=queue, correlation_id="第一号"))
        _, got, body = take(running, channel, queue)
    assert (got.correlation_id, got.content_type) == ("第一号", "application/json")
    assert set(json.loads(body)) == {"result", "error"}


def test_a_thousand_bad_requests_at_once_do_no_harm(running, unharmed):
    running.publish(RPC_EXCHANGE, "relief.order", *list(BODIES.values())[:18] * 55)


def test_nothing_was_left_unacknowledged(running):
    running.wait(lambda: running.depth(QUEUE) == 0)
    # All of them, because the others ask relief now and then. What they asked last expires.
    running.stack.stop_services()
    # What the service had taken and not acknowledged would be there again.
    running.wait(lambda: running.depth(QUEUE) == 0)


def test_while_it_is_down_the_deadline_is_kept_and_the_stale_request_never_handled(running):
    running.stack.stop_services(["relief"])
    before = running.counts("relief")
    with RpcClient(running.stack.amqp_uri) as rpc:
        with pytest.raises(DeadlineExceeded) as caught:
            stale = order() | {"command_id": "stale", "actor": "person:tester"}
            rpc.call("relief", "raise_order", timeout=1.0, **stale)
        assert caught.value.data["service"] == "relief"
    running.start("relief")
    running.wait(lambda: running.depth(QUEUE) == 0)
    assert running.counts("relief") == before


def test_a_request_that_waits_long_enough_is_answered(running):
    running.stack.stop_services(["relief"])
    with listening(running) as (channel, queue):
        ask(channel, GOOD, "health", properties(reply_to=queue))
        running.start("relief")
        assert take(running, channel, queue)


@pytest.fixture
def unharmed(running):
    """The same process goes on, and its queue is empty at the end."""
    pid = running.stack.process("relief").pid
    yield
    assert running.health("relief")["service"] == "relief"
    assert running.stack.process("relief").pid == pid
    running.wait(lambda: running.depth(QUEUE) == 0)
