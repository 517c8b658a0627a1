"""The bridge between our virtual host and those of partners: `python -m deploy.bridge`.

It needs AMQP_URI, and WARM_PARTNERS, the partners' file, which it looks at again every second.
Stopping it, or killing it, loses nothing: what isn't acknowledged is in its queue again.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from deploy.bridge import health
from deploy.bridge.running import Bridge
from shared.platform import amqp_text_tolerance, logging_setup
from shared.platform.broker import checked
from shared.platform.settings import given
from shared.platform.version import project_version

FOLLOW_SECONDS = 1


def main() -> int:
    amqp_text_tolerance.tolerate()
    logging_setup.configure("bridge", os.environ.get("WARM_LOG_LEVEL", "INFO"))
    try:
        uri = checked(given(os.environ, "AMQP_URI"))
    except ValueError as error:
        print(f"AMQP_URI {error}", file=sys.stderr)
        return 1
    bridge = Bridge(
        uri, Path(os.environ["WARM_PARTNERS"]), os.environ.get("WARM_VERSION") or project_version()
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    bridge.follow()
    if path := os.environ.get("WARM_HEALTH_SOCKET"):
        health.serve(path, bridge.health)
    while not stopping.wait(FOLLOW_SECONDS):
        bridge.follow()
    return 0


if __name__ == "__main__":
    sys.exit(main())
