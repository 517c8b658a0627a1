"""Declares what the topology of 0.2.0 had, and sends the issues that an earlier version published:
they wait for the subscribers of that time. Prints how many there are.
"""

import json
import os
import sys

import pika

from shared.platform.broker import pika_parameters
from shared.platform.settings import given
from tests.support import older_broker, older_data

PREFIX = "supervision."
REPORTS = ("briefing.published", "briefing.revised")

[version] = sys.argv[1:]
properties = pika.BasicProperties(content_type="application/json", content_encoding="utf-8")
log = older_data.documents(version, "warm_supervision", "log")
events = [(it["type"].removeprefix(PREFIX), it["event"]) for it in log]
issues = [(key, event) for key, event in events if key in REPORTS]
with pika.BlockingConnection(pika_parameters(given(os.environ, "AMQP_URI"))) as connection:
    channel = connection.channel()
    older_broker.declare(channel, older_broker.with_a_second_subscriber())
    channel.confirm_delivery()
    for key, event in issues:
        channel.basic_publish("supervision.events", key, event, properties, mandatory=True)
print(json.dumps(len(issues)))
