"""Begins to read a stream and leaves it, again and again. Tests run it as a process."""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import sys

from shared.messaging.consumer import Intake

uri, stream = sys.argv[1:]
for _ in range(5):
    with Intake(uri, size=10, prefetch=300) as intake:
        intake.listen({stream: False}, from_start=True)
        while not intake.waiting:
            intake.gather(1)
        intake.ack_all(intake.taken())
