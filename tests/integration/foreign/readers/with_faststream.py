"""Prints what FastStream gets from a queue, decoded by it: python with_faststream.py URI QUEUE"""

import asyncio
import json
import sys

from faststream import FastStream
from faststream.rabbit import RabbitBroker, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage

uri, name = sys.argv[1:]
broker = RabbitBroker(uri, logger=None)
app = FastStream(broker, logger=None)


# It declares what it reads from, unless it is said to be there.
@broker.subscriber(RabbitQueue(name, declare=False))
async def received(event: dict, message: RabbitMessage):
    it = message.raw_message
    seen = {
        "content_type": it.content_type,
        "content_encoding": it.content_encoding,
        "message_id": it.message_id,
        "type": it.type,
        "app_id": it.app_id,
        "timestamp": int(it.timestamp.timestamp()),
        "persistent": it.delivery_mode == 2,
        "routing_key": it.routing_key,
        "headers": it.headers,
    }
    print(json.dumps({"event": event, **seen}))
    app.exit()


asyncio.run(app.run())
