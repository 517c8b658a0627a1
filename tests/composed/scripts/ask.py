"""Asks services: takes a JSON list of [service, method, arguments], prints the list of answers."""

import json
import os
import sys

from shared.platform.settings import given
from shared.service.rpc_client import RpcClient

SECONDS = 120

with RpcClient(given(os.environ, "AMQP_URI")) as rpc:
    answers = [
        rpc.call(service, method, timeout=SECONDS, **arguments)
        for service, method, arguments in json.loads(sys.argv[1])
    ]
print(json.dumps(answers, ensure_ascii=False))
