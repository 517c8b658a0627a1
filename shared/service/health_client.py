"""Asks the service of this container for its health: `python -m shared.service.health_client`.

Exit status 0 when it is connected and consumes; 1 when not, or when it doesn't answer in time, with
the reason on standard output. Standard library alone: it is started every few seconds.
"""

import json
import os
import socket
import sys
from typing import Any

SECONDS = 8
# A service without org units works: it waits for the registry to be entered.
WELL = ("ready", "starting")


def ask(path: str) -> Any:
    """The service's health. Raises OSError and ValueError when there is no answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(path)
        with connection.makefile("rb") as answer:
            return json.load(answer)


def main() -> int:
    try:
        health = ask(os.environ["WARM_HEALTH_SOCKET"])
        failed = [name for name, passed in health["checks"].items() if not passed]
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"no answer: {type(error).__name__}")
        return 1
    print(f"{health['status']} {' '.join(failed)}".rstrip())
    return 0 if health["status"] in WELL else 1


if __name__ == "__main__":
    sys.exit(main())
