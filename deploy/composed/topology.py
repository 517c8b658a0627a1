"""Declares the topology at the broker of a composed deployment: `python -m
deploy.composed.topology`, in a container that ends when it is done. Existing parts stay unchanged.

The broker can't read the topology from its definitions file: at a restart it would bind its streams
before they exist, and fail (tried: 4.0).
"""

import os
import sys
import time

from amqp import AMQPError
from kombu.exceptions import KombuError

from shared.platform import topology
from shared.platform.settings import given

SECONDS = 120
EVERY_SECONDS = 1


def main() -> int:
    uri, deadline = given(os.environ, "AMQP_URI"), time.monotonic() + SECONDS
    while True:
        try:
            topology.apply(uri)
        except (OSError, AMQPError, KombuError) as problem:
            # A stream is unavailable for a moment while it restarts.
            if time.monotonic() > deadline:
                print(f"the topology could not be declared: {problem}", flush=True)
                return 1
            time.sleep(EVERY_SECONDS)
        else:
            print(f"{len(topology.definitions()['queues'])} queues and streams are declared")
            return 0


if __name__ == "__main__":
    sys.exit(main())
