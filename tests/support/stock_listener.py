"""A listener as nameko's documentation writes it: it knows nothing of this project's plumbing.

Tests run it as a process; it prints the events that it hears.
"""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import json
import sys

from nameko.containers import ServiceContainer
from nameko.events import event_handler


class Listener:
    name = "listener"

    @event_handler("relief", "order.raised")
    def hear(self, event):
        print(json.dumps(event), flush=True)


if __name__ == "__main__":
    container = ServiceContainer(Listener, {"AMQP_URI": sys.argv[1]})
    container.start()
    print("listening", flush=True)
    container.wait()
