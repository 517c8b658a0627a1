"""Prints whether every event that was recorded is a fact, and nothing waits anywhere."""

import json
import os

from shared.domain.errors import DeadlineExceeded
from shared.platform.settings import given
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient


def settled():
    try:
        with RpcClient(given(os.environ, "AMQP_URI")) as rpc:
            healths = {name: rpc.call(name, "health") for name in SERVICES}
    except DeadlineExceeded:
        return False
    facts = healths["supervision"]["facts"] or {}
    return all(
        it["pending"] == 0 and it["lag"]["inbox"] == 0 and facts.get(name, 0) == it["log_last"]
        for name, it in healths.items()
    )


print(json.dumps(settled()))
