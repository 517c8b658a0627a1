"""A subscriber built on the Python client as a process, with its files, and the reports it gets."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress

import pika

from deploy.local.places import ROOT
from tests.support import plain_amqp
from tests.support.signed_reports import Office, body, event

QUEUE, RECEIPTS = "sub.archive.reports", "supervision.receipts"
PROGRAM = ROOT / "tests/integration/clients/keeping.py"
SECONDS = 60
OFFICE = Office()


class Place:
    """The stack, and the files of a subscriber."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.address, self.keys = folder / "address.txt", folder / "key.pem"
        self.store = folder / "store.sqlite"
        self.uri = stack.amqp_uri_of("archive")
        self.address.write_text(self.uri + "\n")
        self.keys.write_text(OFFICE.pem)

    def publish(self, *bodies, key="briefing.published"):
        properties = pika.BasicProperties(content_type="application/json", content_encoding="utf-8")
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            channel.confirm_delivery()
            for content in bodies:
                channel.basic_publish("supervision.events", key, content, properties)

    def publish_issues(self, *numbers):
        """As a service does: both versions of the event."""
        for number in numbers:
            data = OFFICE.issue(number)
            earlier = body(event(OFFICE.earlier_version(data), version=1))
            self.publish(earlier, body(event(data)))

    def send_to_queue(self, *bodies):
        """Past the exchange, so that the stream doesn't have them."""
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            for content in bodies:
                channel.basic_publish("", QUEUE, content)

    def command(self, kind, last, points=0):
        files = [self.address, self.keys, self.store]
        return [sys.executable, str(PROGRAM), kind, *map(str, files), str(last), str(points)]

    @property
    def environment(self):
        return os.environ | {"PYTHONPATH": str(ROOT / "clients/python/src")}

    def run(self, kind, last, points=0):
        """Until it has the issue `last`, or dies; returns the exit status."""
        command = self.command(kind, last, points)
        ended = subprocess.run(command, env=self.environment, timeout=SECONDS, check=False)
        return ended.returncode

    @property
    def kept(self):
        """The issues' numbers, as they were handled."""
        with closing(sqlite3.connect(self.store)) as db, suppress(sqlite3.OperationalError):
            return [row[0] for row in db.execute("SELECT issue FROM kept ORDER BY rowid")]
        return []

    @property
    def depth(self):
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            return channel.queue_declare(QUEUE, passive=True).method.message_count

    def purge(self, *queues):
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            for queue in queues:
                channel.queue_purge(queue)

    def receipts(self):
        """The outcomes that the office was sent, by event."""
        found = {}
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            while True:
                method, properties, content = channel.basic_get(RECEIPTS, auto_ack=True)
                if method is None:
                    return found
                receipt = json.loads(content)
                found.setdefault(receipt["event"], []).append(receipt["outcome"])
