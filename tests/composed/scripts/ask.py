"""Asks a service: its name, the method, arguments as a JSON object; prints the answer as JSON."""

import json
import os
import sys

from shared.platform.settings import given
from shared.service.rpc_client import RpcClient

SECONDS = 120

service, method, arguments = sys.argv[1:]
with RpcClient(given(os.environ, "AMQP_URI")) as rpc:
    answer = rpc.call(service, method, timeout=SECONDS, **json.loads(arguments))
print(json.dumps(answer, ensure_ascii=False))
