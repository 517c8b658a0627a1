"""Asks the service of this container for its health: `python -m shared.service.health_client`.

The exit status is 0 if the service is connected and consumes, and 1 if not, or if it doesn't answer
in time; the reason is on standard output. It uses only the standard library, because it is started
every few seconds.
"""

import json
import os
import socket
import sys
from typing import Any

SECONDS = 8
# A service without org units is healthy: it waits for the registry.
HEALTHY = ("ready", "starting")


def ask(path: str, seconds: float = SECONDS) -> Any:
    """The service's health. Raises OSError or ValueError if there is no answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(path)
        with connection.makefile("rb") as answer:
            return json.load(answer)


def main() -> int:
    try:
        health = ask(os.environ["WARM_HEALTH_SOCKET"])
        problems = [problem["code"] for problem in health["problems"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"no answer: {type(error).__name__}")
        return 1
    print(f"{health['status']} {' '.join(problems)}".rstrip())
    return 0 if health["status"] in HEALTHY else 1


if __name__ == "__main__":
    sys.exit(main())
