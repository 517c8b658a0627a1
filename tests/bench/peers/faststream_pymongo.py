"""Ingest as FastStream's documents lead to it: an async subscriber that stores each event."""

import asyncio
import sys

from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from pymongo import AsyncMongoClient

PREFETCH = 100


async def main(amqp_uri, mongodb_uri, name):
    collection = AsyncMongoClient(mongodb_uri, w="majority", journal=True).bench.faststream
    broker = RabbitBroker(amqp_uri, default_channel=Channel(prefetch_count=PREFETCH))
    queue = RabbitQueue(name, queue_type=QueueType.QUORUM, durable=True, declare=False)

    @broker.subscriber(queue)
    async def handle(event: dict):
        await collection.insert_one({"_id": event["id"], **event})

    await FastStream(broker).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
