"""The way of one fact: from a command's acknowledgement until `live(period)` tells of it."""

import json
import statistics
import time
import uuid

from amqp import Connection, Message

from shared.rpc_client import RpcClient
from tests.bench import rpc
from tests.bench.relay import broker_address
from tests.bench.report import median
from tests.bench.stage import FIRST_WEEK

FACTS = 40
APART_SECONDS = 0.1
QUEUE = "bench.latency"


def run(stage, rounds, say):
    """Milliseconds. The floor is the sum of what each step costs by itself: the event is written to
    the log, published with a confirm, handed to a consumer, written as a fact and its figure, and
    asked for by RPC."""
    stage.empty("supervision", "relief")
    found = []
    with (
        stage.services("supervision", "relief"),
        rpc.bare(stage),
        RpcClient(stage.stack.amqp_uri) as client,
    ):
        for number in range(rounds):
            floors = measured_floors(stage, client)
            floor, way = sum(floors.values()), statistics.median(ways(stage, client))
            say(f"latency {number + 1}/{rounds}: {way:.1f} ms, floor {floor:.1f} ms {floors}")
            found.append({"way_ms": way, "floor_ms": floor, **floors})
    names = found[0]
    return {
        **{name: median(row[name] for row in found) for name in names},
        "times_floor": median(row["way_ms"] / row["floor_ms"] for row in found),
    }


def ways(stage, client):
    unit = stage.units[0]
    for _ in range(FACTS):
        # One fact at a time: in a stream of them some go together.
        time.sleep(APART_SECONDS)
        before = visits(client, unit)
        rpc.call(client, stage, "relief", "record_visits")
        began = time.perf_counter()
        while visits(client, unit) == before:
            pass
        yield 1000 * (time.perf_counter() - began)


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
