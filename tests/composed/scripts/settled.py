"""Waits so many seconds until every event that was recorded is a fact, and nothing waits anywhere;
prints whether that came."""

import json
import os
import sys

from deploy.local.waiting import wait_until
from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.platform.settings import given
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient


def settled():
    try:
        with RpcClient(given(os.environ, "AMQP_URI")) as rpc:
            healths = {name: rpc.call(name, "health") for name in SERVICES}
    except (DeadlineExceeded, Unavailable):
        return False
    facts = healths["supervision"]["facts"] or {}
    return all(
        it["pending"] == 0 and it["lag"]["inbox"] == 0 and facts.get(name, 0) == it["log_last"]
        for name, it in healths.items()
    )


print(json.dumps(wait_until(settled, float(sys.argv[1]), 0.5)))
