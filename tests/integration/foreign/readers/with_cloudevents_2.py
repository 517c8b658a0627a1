"""Reads an event with the CloudEvents SDK 2.x from standard input, and writes it again."""

import json
import sys

from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq, from_structured
from cloudevents.core.formats.json import JSONFormat

body = sys.stdin.buffer.read()
message = RabbitMQMessage({"ce-mode": "structured"}, "application/json", body)
event = from_structured(message, JSONFormat())
try:
    detected = from_rabbitmq(message, JSONFormat()).get_id()
except Exception as error:
    detected = type(error).__name__
print(
    json.dumps(
        {
            "again": json.loads(JSONFormat().write(event)),
            "time": event.get_time().isoformat(),
            "sequence": event.get_attributes()["sourcesequence"],
            "of the content type": detected,
        }
    )
)
