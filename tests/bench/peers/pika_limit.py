"""The limit of the ingest job: pika drains a queue, the driver stores 500 at a time, no more."""

import json

import pika
from pymongo import MongoClient

BATCH = 500


def run(amqp_uri, mongodb_uri, queue, count):
    """Consume `count` messages of `queue` into `bench.limit`."""
    collection = MongoClient(mongodb_uri, w="majority", journal=True).bench.limit
    with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=2 * BATCH)
        done, batch = 0, []
        for method, _, body in channel.consume(queue):
            event = json.loads(body)
            batch.append({"_id": event["id"], **event})
            if len(batch) == BATCH or done + len(batch) == count:
                collection.insert_many(batch, ordered=False)
                channel.basic_ack(method.delivery_tag, multiple=True)
                done, batch = done + len(batch), []
            if done == count:
                return
