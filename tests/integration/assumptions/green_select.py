"""What a green `select` does to its green thread afterwards. Tests run it as a process."""

# ruff: noqa: E402 - patched before anything else imports a socket
import eventlet

eventlet.monkey_patch()

import select
import socket

from eventlet.event import Event

one, two = socket.socketpair(), socket.socketpair()


def feed():
    for sender in (one[1], two[1]):
        sender.send(b"x")


eventlet.spawn_n(feed)
select.select([one[0], two[0]], [], [])
never_sent = Event()
with eventlet.Timeout(1, False):
    never_sent.wait()
    print("woken by nobody")
