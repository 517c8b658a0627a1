"""Prints what kombu gets from a queue, decoded by kombu: python with_kombu.py URI QUEUE"""

import json
import sys

from kombu import Connection, Consumer, Queue

uri, name = sys.argv[1:]


def received(event, message):
    it = message.properties
    seen = {
        "content_type": message.content_type,
        "content_encoding": message.content_encoding,
        "message_id": it["message_id"],
        "type": it["type"],
        "app_id": it["app_id"],
        "timestamp": it["timestamp"],
        "persistent": it["delivery_mode"] == 2,
        "routing_key": message.delivery_info["routing_key"],
        "headers": message.headers,
    }
    print(json.dumps({"event": event, **seen}))


with Connection(uri) as connection:
    queue = Queue(name, no_declare=True)
    with Consumer(connection, [queue], callbacks=[received], accept=["json"]):
        connection.drain_events(timeout=30)
