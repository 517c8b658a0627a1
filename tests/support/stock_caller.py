"""A caller as nameko's documentation writes it: it has nothing of this project's.

Tests run it as a process. Each line of its input is JSON: [service, method, arguments]. Each line
of its output is what came: {"result": …}, or {"error": class, "exc_type": …, "value": …}.
"""

import json
import sys

from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy

if __name__ == "__main__":
    with ClusterRpcProxy({"AMQP_URI": sys.argv[1]}, timeout=60) as rpc:
        for line in sys.stdin:
            service, method, arguments = json.loads(line)
            try:
                answer = {"result": getattr(rpc[service], method)(**arguments)}
            except RemoteError as error:
                answer = {"error": "RemoteError", "exc_type": error.exc_type, "value": error.value}
            except Exception as error:
                answer = {"error": type(error).__name__, "value": str(error)}
            print(json.dumps(answer), flush=True)
