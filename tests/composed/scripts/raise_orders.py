"""Raises orders in week 2017-W06 until SIGTERM, or so many as asked for; each command is repeated
until it is acknowledged, also the one that SIGTERM meets.

Prints how many were acknowledged, and how often it had to ask again."""

import json
import os
import signal
import sys
import time

from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.platform.settings import given
from shared.service.rpc_client import RpcClient

SECONDS = 3
PAUSE_SECONDS = 0.05

prefix, most = sys.argv[1], int(sys.argv[2])
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
acknowledged = repeated = 0


def acknowledge(number):
    """Ask until the order is acknowledged; returns how often it had to be asked again."""
    asked = 0
    while True:
        try:
            raise_order(number)
            return asked
        except (DeadlineExceeded, Unavailable):
            asked += 1
            time.sleep(PAUSE_SECONDS)


def raise_order(number):
    rpc.call(
        "relief",
        "raise_order",
        timeout=SECONDS,
        command_id=f"{prefix}-{number}",
        actor="person:tester",
        orgunit="410103001001",
        time="2017-02-06T09:30:00+08:00",
        category="daily_necessities",
        channel="phone",
        items=["大米"],
    )


with RpcClient(given(os.environ, "AMQP_URI")) as rpc:
    while True:
        repeated += acknowledge(acknowledged)
        acknowledged += 1
        if stopped or acknowledged >= most:
            break
        time.sleep(PAUSE_SECONDS)
print(json.dumps({"acknowledged": acknowledged, "repeated": repeated}), flush=True)
