"""Requests as careless callers make them, and a client that sends them without a pause."""

import json
import time
import uuid
from collections import Counter

from shared.contracts.limits import NUMBER_CHARACTERS, REQUEST_BYTES, REQUEST_DEPTH, REQUEST_VALUES
from shared.platform import broker
from shared.platform.topology import RPC_EXCHANGE
from tests.support import plain_amqp
from tests.support.methods import METHODS
from tests.support.misfits import fitting, misfits
from tests.support.running import PERSON, SUBDISTRICT, properties

# Only a failure takes it in full: a draft waits for each service, up to ten seconds.
SECONDS = 180
# Sent and not answered yet, as by so many callers at once.
WINDOW = 8
# Nobody else reports for this unit, so that no request of these changes what others count.
NOWHERE = "410103777"
NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1E999", "1e5", "0.1", "-0", "9" * 5_000]
NUMBERS += ["9" * NUMBER_CHARACTERS, "1" * (NUMBER_CHARACTERS + 1), "0." + "3" * 5_000]
TEXTS = ["", "   ", "\x00", "\ud800", "\u202e", "e\u0301", "null"]
TEXTS += ["😀" * 200, "二" * 5_000, "9" * 100_000]
# In place of the number, which Python's own writer wouldn't write.
MARK = "a number goes here"


def bodies(chance):
    """(service, method, body, properties) of one request to each method, in any order."""
    for service, name, schema in chance.sample(METHODS, len(METHODS)):
        kind = chance.choice(KINDS)
        body, given = kind(chance, schema)
        yield service, name, body.replace(SUBDISTRICT.encode(), NOWHERE.encode()), given


def _fits(schema):
    given = {"command_id": str(uuid.uuid4()), "actor": PERSON}
    names = schema().fields
    return fitting(schema, **{name: value for name, value in given.items() if name in names})


def _written(arguments, number="0"):
    text = json.dumps({"args": [], "kwargs": arguments})
    return text.replace(json.dumps(MARK), number).encode()


def _whole(chance, schema):
    return _written(_fits(schema)), {}


def _one_misfit(chance, schema):
    _, arguments = chance.choice(list(misfits(schema)))
    return _written(arguments), {}


def _with(chance, schema, value, number="0"):
    """One argument has the value, or one more is given."""
    arguments = _fits(schema)
    arguments[chance.choice([*arguments, "more"])] = value
    return _written(arguments, number), {}


def _strange_number(chance, schema):
    return _with(chance, schema, MARK, chance.choice(NUMBERS))


def _strange_text(chance, schema):
    return _with(chance, schema, chance.choice(TEXTS))


def _long_list(chance, schema):
    one = chance.choice([1, None, "x", [], {}, {"zh": 5}, "文字", chance.choice(TEXTS)[:20]])
    return _with(
        chance, schema, [one] * chance.choice([201, 1_001, 4_000, REQUEST_VALUES + 1, 20_000])
    )


def _deep(chance, schema):
    depth = chance.choice([3, REQUEST_DEPTH - 2, REQUEST_DEPTH + 1, 200])
    opening, closing = chance.choice(["[]", ("{" + '"a":', "}")])
    return _with(chance, schema, MARK, opening * depth + "1" + closing * depth)


def _many_arguments(chance, schema):
    count = chance.choice([50, 1_000, 4_000, 10_000])
    name = chance.choice(["more", "二" * 50, "x" * 150])
    return _written(_fits(schema) | {f"{name}{n}": n for n in range(count)}), {}


def _twice(chance, schema):
    body = _written(_fits(schema))
    return body.replace(b'"kwargs": {', b'"kwargs": {"twice": 1, "twice": 2, ', 1), {}


def _large(chance, schema):
    size = chance.choice(
        [50_000, REQUEST_BYTES - 50_000, REQUEST_BYTES + 1, REQUEST_BYTES + 500_000]
    )
    return _with(chance, schema, "x" * size)


def _cut(chance, schema):
    body = _written(_fits(schema))
    return body[: chance.randrange(len(body))], {}


def _changed_bytes(chance, schema):
    body = bytearray(_written(_fits(schema)))
    for _ in range(chance.choice([1, 3, 20])):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body), {}


def _strange_properties(chance, schema):
    kind = chance.choice([None, "text/plain", "application/x-yaml"])
    return _written(_fits(schema)), chance.choice(
        [
            {"content_type": kind},
            {"content_encoding": "utf-16"},
            {"headers": {"compression": "x"}},
            {"user_id": None},
        ]
    )


KINDS = [
    _whole,
    _one_misfit,
    _strange_number,
    _strange_text,
    _long_list,
    _deep,
    _many_arguments,
    _twice,
    _large,
    _cut,
    _changed_bytes,
    _strange_properties,
]


class Fuzzer:
    """Sends requests, a few at once, and gives each answer to `check(service, method, answer)`."""

    def __init__(self, amqp_uri, check):
        self.amqp_uri, self.check = amqp_uri, check
        self.sent = 0
        self.answers = Counter()
        self.largest = Counter()
        self._open = {}

    def run(self, requests):
        named = {"user_id": broker.user_of(self.amqp_uri)}
        with plain_amqp.channel(self.amqp_uri) as channel:
            queue = channel.queue_declare("", exclusive=True).method.queue
            channel.queue_bind(queue, RPC_EXCHANGE, queue)
            channel.basic_consume(queue, self._answered, auto_ack=True)
            for service, method, body, given in requests:
                self._wait(channel, WINDOW)
                identity = str(uuid.uuid4())
                self._open[identity] = service, method, body[:200], time.monotonic()
                addressed = properties(**named | given, reply_to=queue, correlation_id=identity)
                channel.basic_publish(RPC_EXCHANGE, f"{service}.{method}", body, addressed)
                self.sent += 1
            self._wait(channel, 1)

    def _wait(self, channel, most):
        """Until fewer than `most` requests are open."""
        while len(self._open) >= most:
            channel.connection.process_data_events(time_limit=1)
            oldest = min(self._open.values(), key=lambda it: it[3], default=None)
            assert not oldest or time.monotonic() < oldest[3] + SECONDS, f"no answer: {oldest}"

    def _answered(self, _channel, _method, given, body):
        service, method, request, _ = self._open.pop(given.correlation_id)
        answer = json.loads(body)
        error = answer["error"]
        kind = error["exc_type"] if error else "result"
        self.answers[kind] += 1
        self.largest[kind] = max(self.largest[kind], len(body))
        self.check(service, method, answer, len(body), request)
