"""Calls a method of supervision for a command on the deployment's machine: `python -m
deploy.composed.call METHOD ARGUMENTS`, in the office's container. ARGUMENTS and the answer are
JSON.
"""

import json
import sys

from deploy.local.errors import CannotRun
from deploy.local.service_calls import service_client

SECONDS = 60


def main(method: str, arguments: str) -> int:
    try:
        with service_client(seconds=SECONDS) as rpc:
            print(json.dumps(rpc.call("supervision", method, **json.loads(arguments))))
    except CannotRun as error:
        print(error.problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
