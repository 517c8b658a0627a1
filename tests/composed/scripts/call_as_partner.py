"""Calls a method with a partner's own address; prints the answer, or the name of the error."""

import json
import sys

from shared.domain.errors import WarmError
from shared.platform.broker_alarm import UNREACHABLE
from shared.service.rpc_client import RpcClient

SECONDS = 20

uri, service, method, arguments = sys.argv[1:]
try:
    with RpcClient(uri) as rpc:
        answer = rpc.call(service, method, SECONDS, **json.loads(arguments))
        print(json.dumps({"result": answer}))
except (WarmError, *UNREACHABLE) as error:
    print(json.dumps({"error": type(error).__name__}))
