"""A service as nameko's documentation writes it, for comparison. Tests run it as a process."""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import os
import sys

from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.rpc import rpc


class Stock:
    name = os.environ["STOCK_NAME"]

    @rpc
    def join(self, first, second):
        return f"{first} {second}"

    @rpc
    def fail(self):
        raise ValueError("on purpose")

    @event_handler(name, "heard")
    def hear(self, event):
        print(event["id"], flush=True)


if __name__ == "__main__":
    # One at a time: the next message comes after the acknowledgement of the one before.
    container = ServiceContainer(Stock, {"AMQP_URI": sys.argv[1], "max_workers": 1})
    container.start()
    container.wait()
