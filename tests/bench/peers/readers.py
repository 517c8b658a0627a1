"""So many subscribers at once, each with a connection of its own; one of them is slow.

`readers.py URI COUNT (stream NAME | queues PREFIX)`: says "ready", reads until its standard input
ends, then prints as JSON how many messages each had.
"""

import json
import sys
import threading

import pika

SLOW_SECONDS = 2.0
PREFETCH = 10


class Reader(threading.Thread):
    def __init__(self, uri, queue, arguments, stopping, slow):
        super().__init__(daemon=True)
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self._channel = self._connection.channel()
        self._channel.basic_qos(prefetch_count=PREFETCH)
        self._channel.basic_consume(queue, self._take, arguments=arguments)
        self._stopping, self._slow = stopping, slow
        self.count = 0

    def run(self):
        while not self._stopping.is_set():
            self._connection.process_data_events(time_limit=0.2)

    def _take(self, channel, method, _properties, _body):
        self.count += 1
        if self._slow:
            self._connection.sleep(SLOW_SECONDS)
        channel.basic_ack(method.delivery_tag)


def main(uri, count, kind, name):
    stopping = threading.Event()
    arguments = {"x-stream-offset": "next"} if kind == "stream" else None
    readers = [
        Reader(
            uri, name if kind == "stream" else f"{name}.{number}", arguments, stopping, number == 0
        )
        for number in range(int(count))
    ]
    for reader in readers:
        reader.start()
    print("ready", flush=True)
    sys.stdin.read()
    stopping.set()
    print(json.dumps([reader.count for reader in readers]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
