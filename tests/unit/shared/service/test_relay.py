"""The relay sends what was just written, and sweeps for the rest."""

from types import SimpleNamespace

import eventlet

from shared.domain.clock import Clock
from shared.messaging.progress import Progress
from shared.service.relay import Relay


class Outbox:
    """Counts how often each event is sent. A sweep sends everything that is stored."""

    def __init__(self, relay):
        self.relay, self.stored, self.sent = relay, [], []

    def write(self, event):
        self.stored.append(event)
        self.relay.take([event])

    def send(self, pending):
        self.sent += pending
        self.stored = [event for event in self.stored if event not in pending]
        return len(pending)

    def sweep(self):
        return self.send(list(self.stored))


def test_what_is_written_before_a_sweep_is_sent_once():
    relay = Relay()
    outbox = Outbox(relay)
    relay.context = SimpleNamespace(
        outbox=outbox,
        log_guard=SimpleNamespace(is_closed=lambda: False),
        progress=Progress(60, Clock.from_setting(None, "test")),
        settings=SimpleNamespace(sweep_seconds=60),
    )
    relay.setup()
    # The first thing that the relay does is a sweep.
    outbox.write("before")
    thread = eventlet.spawn(relay._run)
    eventlet.sleep(0.1)
    assert outbox.sent == ["before"]
    outbox.write("after")
    eventlet.sleep(0.1)
    assert outbox.sent == ["before", "after"]
    relay._stopping = True
    relay._wake()
    thread.wait()
