"""Prints what aio-pika gets from a queue: python with_aio_pika.py URI QUEUE"""

import asyncio
import json
import sys

import aio_pika


async def main(uri, queue):
    async with await aio_pika.connect(uri) as connection:
        channel = await connection.channel()
        source = await channel.get_queue(queue)
        async with source.iterator() as messages:
            async for it in messages:
                seen = {
                    "content_type": it.content_type,
                    "content_encoding": it.content_encoding,
                    "message_id": it.message_id,
                    "type": it.type,
                    "app_id": it.app_id,
                    "timestamp": int(it.timestamp.timestamp()),
                    "persistent": it.delivery_mode == aio_pika.DeliveryMode.PERSISTENT,
                    "routing_key": it.routing_key,
                    "headers": it.headers,
                }
                print(json.dumps({"event": json.loads(it.body), **seen}))
                return


asyncio.run(main(*sys.argv[1:]))
