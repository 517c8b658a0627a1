"""Prints what pika gets from a queue: python with_pika.py URI QUEUE"""

import json
import sys

import pika

uri, queue = sys.argv[1:]
with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
    for method, it, body in connection.channel().consume(queue):
        event = json.loads(body)
        seen = {
            "content_type": it.content_type,
            "content_encoding": it.content_encoding,
            "message_id": it.message_id,
            "type": it.type,
            "app_id": it.app_id,
            "timestamp": it.timestamp,
            "persistent": it.delivery_mode == 2,
            "routing_key": method.routing_key,
            "headers": it.headers,
        }
        print(json.dumps({"event": event, **seen}))
        break
