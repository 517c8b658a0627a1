"""The way of one fact: from a command's acknowledgement until `live(period)` counts it."""

import json
import statistics
import time
import uuid

from amqp import Connection, Message

from shared.service.rpc_client import RpcClient
from tests.bench import rpc
from tests.bench.relay import broker_address
from tests.bench.report import median
from tests.bench.stage import FIRST_WEEK

# Of each way of asking, in a round.
FACTS = 40
# The first ones of them find the right moment, and don't count.
FINDING = 12
STEP_SECONDS = 0.0004
APART_SECONDS = 0.1
QUEUE = "bench.latency"


def run(stage, rounds, say):
    """Milliseconds. The floor is the sum of what each step costs by itself: the event is written to
    the log, published with a confirm, handed to a consumer, written as a fact and its figure, and
    asked for by RPC.

    Each round has two communities of its own, so that a cell has as many facts as in real weeks.
    """
    stage.empty("supervision", "relief")
    found = []
    units = iter(stage.units)
    with (
        stage.services("supervision", "relief"),
        rpc.bare(stage),
        RpcClient(stage.stack.amqp_uri) as client,
    ):
        for number in range(rounds):
            floors = measured_floors(stage, client)
            row = {
                "way_ms": statistics.median(asked_once(client, next(units))),
                "polled_ms": statistics.median(asked_without_pause(client, next(units))),
                "floor_ms": sum(floors.values()),
                **floors,
            }
            say(f"latency {number + 1}/{rounds}: { {name: round(row[name], 2) for name in row} }")
            found.append(row)
    return {
        **{name: median(row[name] for row in found) for name in found[0]},
        "times_floor": median(row["way_ms"] / row["floor_ms"] for row in found),
        "polled_times_floor": median(row["polled_ms"] / row["floor_ms"] for row in found),
    }


def asked_once(client, unit):
    """Half of the facts are in an answer to one question that is in hand after so long: asked
    later after a miss, and sooner after a hit."""
    pause = 0.0
    for number in range(FACTS):
        before, began = counted(client, unit)
        time.sleep(pause)
        seen = visits(client, unit) != before
        if number >= FINDING:
            yield 1000 * (time.perf_counter() - began)
        pause = max(0.0, pause + (-STEP_SECONDS if seen else STEP_SECONDS))


def asked_without_pause(client, unit):
    """Until an answer has the fact. Such a client waits for half a question more, and keeps the
    broker and a processor busy meanwhile."""
    for _ in range(FACTS):
        before, began = counted(client, unit)
        while visits(client, unit) == before:
            pass
        yield 1000 * (time.perf_counter() - began)


def counted(client, unit):
    """One more fact: what was known before, and when its command was acknowledged."""
    # One at a time: in a stream of them some go together.
    time.sleep(APART_SECONDS)
    before = visits(client, unit)
    rpc.call(client, unit, "relief", "record_visits")
    return before, time.perf_counter()


def visits(client, unit):
    cells = client.call("supervision", "live", period=str(FIRST_WEEK))["cells"]
    key = ("relief.visits_household", unit)
    found = (cell["value"] for cell in cells if (cell["indicator"], cell["orgunit"]) == key)
    return next(found, None)


def measured_floors(stage, client):
    collection = stage.mongo.bench.latency
    document = json.loads(json.dumps({"data": {"visits": "3"}, "more": ["x" * 20] * 30}))
    floors = {
        "write_log_ms": lambda: collection.insert_one({"_id": str(uuid.uuid4()), **document}),
        "write_fact_ms": lambda: collection.insert_one({"_id": str(uuid.uuid4()), **document}),
        "write_figure_ms": lambda: collection.update_one(
            {"_id": "figure"}, {"$inc": {"value": 1}}, upsert=True
        ),
        "rpc_ms": lambda: client.call("bare", "nothing"),
    }
    return {name: typical(step) for name, step in floors.items()} | broker_floor(stage)


def broker_floor(stage):
    """Published with a confirm, and in the hands of a consumer."""
    with stage.channel() as channel:
        channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        body = b"x" * 800
        with Connection(**broker_address(stage.stack.amqp_uri), confirm_publish=True) as publisher:
            own = publisher.channel()

            def publish():
                own.basic_publish(Message(body, delivery_mode=2), exchange="", routing_key=QUEUE)

            arrivals = channel.consume(QUEUE, inactivity_timeout=5)

            def there_and_back():
                publish()
                method, _, _ = next(arrivals)
                channel.basic_ack(method.delivery_tag)

            try:
                return {"publish_and_deliver_ms": typical(there_and_back)}
            finally:
                channel.cancel()
                channel.queue_delete(QUEUE)


def typical(step):
    """Median of some, in milliseconds."""
    found = []
    for _ in range(30):
        began = time.perf_counter()
        step()
        found.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(found), 3)
