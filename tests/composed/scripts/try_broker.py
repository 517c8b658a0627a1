"""Tries at the composed broker what is forbidden, as each identity, and without an identity.

Prints how much was tried, and what wasn't refused.
"""

import json
import socket
import sys
from functools import cache
from pathlib import Path

import pika
from pika.exceptions import (
    AMQPConnectionError,
    AuthenticationError,
    ChannelClosedByBroker,
    ProbableAuthenticationError,
)

from shared.platform.broker import pika_parameters
from shared.platform.permissions import identities

sys.path.insert(0, "/support")
from forbidden import CASES  # noqa: E402

REFUSED = 403
SECONDS = 3
# The broker's own port without TLS, its management, its distribution, what finds that, and other
# protocols without TLS.
CLOSED = (5672, 15672, 25672, 4369, 5552, 61613, 1883)
DEFAULTS = (("guest", "guest"), ("admin", "admin"), ("rabbitmq", "rabbitmq"), ("warm", "warm"))


def uri_of(identity):
    return Path(f"/run/secrets/{identity}.amqp").read_text()


@cache
def connection_of(identity):
    """One login for all that the identity tries: a refusal closes only the channel."""
    return pika.BlockingConnection(pika_parameters(uri_of(identity)))


def refused(who, act):
    channel = connection_of(who).channel()
    try:
        act(channel)
    except ChannelClosedByBroker as error:
        return error.reply_code == REFUSED
    channel.close()
    return False


def kept_out(user, password):
    parameters = pika_parameters(uri_of("office"))
    parameters.credentials = pika.PlainCredentials(user, password)
    try:
        pika.BlockingConnection(parameters).close()
    except (AuthenticationError, ProbableAuthenticationError):
        return True
    return False


def closed(port):
    try:
        socket.create_connection(("broker", port), SECONDS).close()
    except OSError:
        return True
    return False


def without_tls():
    parameters = pika.ConnectionParameters("broker", 5671, socket_timeout=SECONDS)
    try:
        pika.BlockingConnection(parameters).close()
    except (AMQPConnectionError, OSError):
        return True
    return False


def tries():
    for who, told, act in CASES:
        yield f"{who}: {told}", refused(who, act)
    for user, password in DEFAULTS:
        yield f"log in as {user}", kept_out(user, password)
    for who in identities():
        for password in ("", "guest", who):
            yield f"log in as {who} with {password!r}", kept_out(who, password)
    for port in CLOSED:
        yield f"connect to {port}", closed(port)
    yield "talk without TLS", without_tls()


tried = dict(tries())
print(json.dumps({"tried": len(tried), "allowed": [it for it, said in tried.items() if not said]}))
