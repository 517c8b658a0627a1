"""What the broker has to refuse, by who tries it. Needs pika and nothing of the tests, so that it
can be tried anywhere.

An act takes a channel of the identity that tries it.
"""

import uuid

from shared.platform.declarations import NOTICE_KEYS, RECEIPTS
from shared.platform.permissions import BRIDGE, NOTICES, OFFICE, READER
from shared.platform.subscribers import ARCHIVE
from shared.platform.topology import FORM_STREAM, FORMS, KEY_STREAM, SERVICES

# Who may ask whom, beside supervision, which asks everybody and is asked by everybody.
ASKED = {("relief", "volunteering")}


def publish(exchange, key):
    def act(channel):
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"{}")

    return act


def take(queue):
    return lambda channel: channel.basic_get(queue)


def consume(stream):
    def act(channel):
        channel.basic_qos(prefetch_count=1)
        channel.basic_consume(stream, print, arguments={"x-stream-offset": "first"})

    return act


def purge(queue):
    return lambda channel: channel.queue_purge(queue)


def delete_queue(queue):
    return lambda channel: channel.queue_delete(queue)


def delete_exchange(exchange):
    return lambda channel: channel.exchange_delete(exchange)


def bind(queue, exchange, key):
    return lambda channel: channel.queue_bind(queue, exchange, key)


def unbind(queue, exchange, key):
    return lambda channel: channel.queue_unbind(queue, exchange, key)


def declare(queue):
    return lambda channel: channel.queue_declare(queue, durable=True)


def declare_exchange(exchange):
    return lambda channel: channel.exchange_declare(exchange, "topic", durable=True)


def listen_for(key):
    """As if for answers, on a queue that is its own."""

    def act(channel):
        queue = f"rpc.reply-{uuid.uuid4()}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, "nameko-rpc", key)

    return act


def hear(exchange, key):
    """On a queue that the broker would make for a reader of notices."""

    def act(channel):
        queue = f"mqtt-subscription-{uuid.uuid4()}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, exchange, key)

    return act


def queues_of(service):
    return f"{service}.inbox", f"{service}.dead", f"rpc-{service}", f"{service}.undelivered"


def forbidden_to_all():
    """What nobody may but the administrator."""
    for service in SERVICES:
        yield f"delete the exchange of {service}", delete_exchange(f"{service}.events")
        yield f"publish among the dead of {service}", publish(f"{service}.dead", "")
        yield f"publish among the undelivered of {service}", publish(f"{service}.undelivered", "")
        for queue in queues_of(service):
            yield f"delete {queue}", delete_queue(queue)
            yield f"put straight into {queue}", publish("", queue)
    yield "delete the log", delete_queue("warm.log")
    yield "delete the reports", delete_queue("reports")
    yield "delete the internal reports", delete_queue("reports.internal")
    for stream in (KEY_STREAM, FORM_STREAM):
        yield f"delete the stream {stream}", delete_queue(stream)
        yield f"put straight into the stream {stream}", publish("", stream)
    yield "delete the receipts", delete_queue(RECEIPTS)
    yield "make a queue", declare("sub.nobody.reports")
    yield "make an exchange", declare_exchange("nobody.events")


def forbidden_near(other):
    """What only the service `other` may."""
    yield f"publish as {other}", publish(f"{other}.events", "visit.recorded")
    yield f"bind the inbox of {other}", bind(f"{other}.inbox", "supervision.events", "#")
    yield (
        f"unbind the inbox of {other}",
        unbind(f"{other}.inbox", "supervision.events", "orgunit.*"),
    )
    yield f"return what {other} keeps", publish(f"{other}.return", "")
    for queue in queues_of(other):
        yield f"take from {queue}", take(queue)
        yield f"purge {queue}", purge(queue)


def forbidden_to_service(service):
    yield from forbidden_to_all()
    yield "read the keys", consume(KEY_STREAM)
    yield "read the forms", consume(FORM_STREAM)
    if service != "supervision":
        yield "send a form", publish(FORMS, "pdf")
    yield "read subscribers' reports", take(f"sub.{ARCHIVE.name}.reports")
    for key in ("#", "*.*", "relief.*", "*.raise_order", "relief.raise_order"):
        yield f"overhear what others are asked, by {key}", listen_for(key)
    yield "send a receipt", publish(RECEIPTS, ARCHIVE.name)
    for other in SERVICES:
        if other == service:
            continue
        yield from forbidden_near(other)
        if not {service, other} & {"supervision"} and (service, other) not in ASKED:
            yield f"ask {other}", publish("nameko-rpc", f"{other}.health")
        if service != "supervision":
            yield from forbidden_to_hear(service, other)
    if service != "supervision":
        yield "read the log", consume("warm.log")
        yield "read the receipts", take(RECEIPTS)
        yield "read undelivered reports", take(f"sub.{ARCHIVE.name}.undelivered")


def forbidden_to_hear(service, other):
    inbox, exchange = f"{service}.inbox", f"{other}.events"
    keys = ["#", "*.*", "briefing.published"]
    # Supervision's org units and calendar are what everybody hears.
    keys += [] if other == "supervision" else ["orgunit.*", "calendar.*"]
    for key in keys:
        yield f"hear {key} of {other}", bind(inbox, exchange, key)


def forbidden_to_office():
    yield from forbidden_to_all()
    for service in SERVICES:
        yield from forbidden_near(service)
    yield "answer in a service's place", publish("nameko-rpc", str(uuid.uuid4()))
    yield "read subscribers' reports", take(f"sub.{ARCHIVE.name}.reports")
    yield "read the log", consume("warm.log")
    yield "read the reports", consume("reports")
    yield "read the internal reports", consume("reports.internal")
    yield "send a form", publish(FORMS, "pdf")
    yield "send a receipt", publish(RECEIPTS, ARCHIVE.name)
    yield "read the receipts", take(RECEIPTS)
    for key in ("#", "*.*", "relief.*", "relief.raise_order"):
        yield f"overhear what others are asked, by {key}", listen_for(key)


def forbidden_to_subscriber(name):
    yield from forbidden_to_all()
    yield "read the log", consume("warm.log")
    yield "read the internal reports", consume("reports.internal")
    yield (
        "hear of internal reports",
        bind(f"sub.{name}.reports", "supervision.events", "briefing.published_internal"),
    )
    for service in SERVICES:
        yield from forbidden_near(service)
        yield f"ask {service}", publish("nameko-rpc", f"{service}.health")
    yield "read undelivered reports", take(f"sub.{name}.undelivered")
    yield "read the receipts", take(RECEIPTS)
    yield "purge the receipts", purge(RECEIPTS)
    for key in ("another", f"{name}.x", "#"):
        yield f"send a receipt as {key}", publish(RECEIPTS, key)
    yield "send a form", publish(FORMS, "pdf")
    yield "put a report straight into its queue", publish("supervision.return", "")
    own = f"sub.{name}.reports"
    for key in ("#", "*.*", "briefing.*", "briefing.drafted", "finding.reported", "orgunit.*"):
        yield f"hear {key} of supervision", bind(own, "supervision.events", key)
    yield "hear what relief is told", bind(own, "relief.events", "#")
    yield "overhear what services are asked", bind(own, "nameko-rpc", "#")
    yield "listen for answers", listen_for(str(uuid.uuid4()))


def forbidden_to_reader():
    yield from forbidden_to_all()
    yield "send a form", publish(FORMS, "pdf")
    yield "read the log", consume("warm.log")
    yield "read subscribers' reports", take(f"sub.{ARCHIVE.name}.reports")
    yield "send a receipt", publish(RECEIPTS, ARCHIVE.name)
    for service in SERVICES:
        yield from forbidden_near(service)
        yield f"ask {service}", publish("nameko-rpc", f"{service}.health")
    yield "listen for answers", listen_for(str(uuid.uuid4()))


def forbidden_to_notices():
    yield from forbidden_to_reader()
    yield "read the reports", consume("reports")
    yield "read the internal reports", consume("reports.internal")
    yield "publish a notice", publish("supervision.events", NOTICE_KEYS[0])
    for key in ("#", "briefing.*", "briefing.published", "finding.reported"):
        yield f"hear {key} of supervision", hear("supervision.events", key)
    yield "hear what relief is told", hear("relief.events", "#")


def forbidden_to_bridge():
    """While there is no partner."""
    yield from forbidden_to_all()
    for service in SERVICES:
        yield from forbidden_near(service)
        yield f"ask {service}", publish("nameko-rpc", f"{service}.health")
        for key in ("#", "order.raised"):
            yield f"hear {key} of {service}", bind("partner.none.events", f"{service}.events", key)
    yield "answer in a service's place", publish("nameko-rpc", str(uuid.uuid4()))
    for stream in ("warm.log", "reports", "reports.internal"):
        yield f"read {stream}", consume(stream)
    yield "read the receipts", take(RECEIPTS)
    for key in ("#", "relief.*", "relief.raise_order"):
        yield f"overhear what others are asked, by {key}", listen_for(key)


CASES = [
    *((who, *what) for who in SERVICES for what in forbidden_to_service(who)),
    *((ARCHIVE.name, *what) for what in forbidden_to_subscriber(ARCHIVE.name)),
    *((OFFICE, *what) for what in forbidden_to_office()),
    *((READER, *what) for what in forbidden_to_reader()),
    *((NOTICES, *what) for what in forbidden_to_notices()),
    *((BRIDGE, *what) for what in forbidden_to_bridge()),
]
