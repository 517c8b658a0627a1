"""Declares the topology at the broker of a composed deployment, in a container that ends when it is
done: `python -m deploy.composed.topology`. What is there already stays as it is.

The broker can't read it from its definitions file: starting again, it would bind its streams before
they are there, and fail (tried: 4.0).
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
            # A stream that comes up again isn't there for a moment.
            if time.monotonic() > deadline:
                print(f"the topology can't be declared: {problem}", flush=True)
                return 1
            time.sleep(EVERY_SECONDS)
        else:
            print(f"{len(topology.definitions()['queues'])} queues and streams are declared")
            return 0


if __name__ == "__main__":
    sys.exit(main())
