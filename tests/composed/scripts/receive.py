"""Receives with a subscriber's own address, by the Python client, until a report of that name has
come or so many seconds are over. Prints the names of the reports in their order, or the error of a
login that was refused.
"""

import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import pika
from pika.exceptions import AMQPConnectionError

from warm_client import Address, KeyRing, Options, Subscriber

text, key, last, seconds = sys.argv[1:]
# An address names its authority beside it.
os.chdir("/run/secrets")
logging.basicConfig(level=logging.INFO)
address = Address.from_text(text)
names = []


def is_over():
    return last in names or time.monotonic() > deadline


try:
    pika.BlockingConnection(address.pika_parameters()).close()
except AMQPConnectionError as error:
    print(json.dumps({"error": type(error).__name__}))
else:
    deadline = time.monotonic() + float(seconds)
    Subscriber(
        address,
        lambda report, _db: names.append(report.name),
        store=Path(tempfile.mkdtemp(), "store.sqlite"),
        keys=KeyRing([key]),
        options=Options(catch_up=False),
    ).run(until=is_over)
    print(json.dumps({"reports": names}))
