"""Reads an event with the CloudEvents SDK 1.x from standard input, and writes it again."""

import json
import sys

from cloudevents.conversion import to_json
from cloudevents.http import from_http, from_json

body = sys.stdin.buffer.read()
event = from_json(body)
again = json.loads(to_json(event))
by_content_type = from_http({"content-type": "application/json"}, body)
print(
    json.dumps(
        {
            "again": again,
            "time": event["time"],
            "sequence": event["sourcesequence"],
            "of the content type": by_content_type["id"],
        }
    )
)
