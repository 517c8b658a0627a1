"""Ingest as the documents of nameko and MongoEngine lead to it: a handler that saves each event."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

import mongoengine  # noqa: E402
from nameko.events import BROADCAST, event_handler  # noqa: E402, F401
from nameko.messaging import consume  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class Event(mongoengine.DynamicDocument):
    meta = {"collection": "nameko"}

    id = mongoengine.StringField(primary_key=True)
    type = mongoengine.StringField(required=True)
    subject = mongoengine.StringField(required=True)
    data = mongoengine.DictField(required=True)


def service(queue):
    class Ingest:
        name = "ingest"

        @consume(queue)
        def handle(self, payload):
            Event(**payload).save()

    return Ingest


def main(amqp_uri, mongodb_uri, queue):
    from kombu import Queue

    mongoengine.connect("bench", host=mongodb_uri, w="majority", journal=True)
    runner = ServiceRunner({"AMQP_URI": amqp_uri, "max_workers": 10, "prefetch_count": 10})
    runner.add_service(service(Queue(queue, no_declare=True)))
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
