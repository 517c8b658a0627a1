"""Deliveries that are read in one pass are what pika makes of them, however their bytes arrive."""

from hypothesis import given
from hypothesis import strategies as st
from pika import BasicProperties, URLParameters
from pika.channel import ContentFrameAssembler
from pika.frame import Body, Header, Heartbeat, Method
from pika.spec import Basic

from shared.messaging.amqp_decoder import DecodingConnection
from shared.messaging.deliveries import Delivery

QUEUES = ("supervision.inbox", "supervision.dead")
# What a broker puts into one frame.
MOST = 100

names = st.text(max_size=20)
properties = st.builds(
    BasicProperties,
    content_type=st.none() | names,
    headers=st.none()
    | st.dictionaries(names | st.just("x-delivery-count"), st.integers(0, 99) | names, max_size=3),
    message_id=st.none() | names,
    timestamp=st.none() | st.integers(0, 2**40),
)
messages = st.lists(
    st.tuples(st.sampled_from(QUEUES), names, names, properties, st.binary(max_size=3 * MOST)),
    max_size=8,
)


class Channel:
    """pika's channel, but for what needs a broker."""

    def __init__(self):
        self.assembler = ContentFrameAssembler()
        self.callbacks = {}

    def basic_consume(self, queue, callback, consumer_tag):
        self.callbacks[consumer_tag] = callback

    def _handle_content_frame(self, frame):
        if found := self.assembler.process(frame):
            method, header, body = found
            callback = self.callbacks[method.method.consumer_tag]
            callback(self, method.method, header.properties, body)


class PikaAlone(DecodingConnection):
    def _take_deliveries(self, buffer):
        return 0, False


def received(kind, chunks):
    """(queue, delivery) of each, in order."""
    connection = kind(URLParameters("amqp://"), internal_connection_workflow=False)
    channel = connection._channels[1] = Channel()
    got = []
    for queue in QUEUES:
        connection.consume(channel, queue, lambda it, queue=queue: got.append((queue, it)))
    for chunk in chunks:
        connection._on_data_available(chunk)
    assert connection.bytes_received == sum(map(len, chunks))
    return [(queue, seen(delivery)) for queue, delivery in got]


def seen(delivery):
    names = (
        "body",
        "exchange",
        "routing_key",
        "tag",
        "message_id",
        "previous_deliveries",
        "properties",
    )
    return {name: getattr(delivery, name) for name in names}


def frames(tag, queue, exchange, key, properties, body):
    yield Method(1, Basic.Deliver(queue, tag, False, exchange, key)).marshal()
    yield Header(1, len(body), properties).marshal()
    for start in range(0, len(body), MOST):
        yield Body(1, body[start : start + MOST]).marshal()


def in_chunks(data, cuts):
    edges = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    return [data[start:end] for start, end in zip(edges, edges[1:], strict=False) if start < end]


@given(messages, st.lists(st.integers(0, 10_000), max_size=6), st.sets(st.integers(0, 20)))
def test_in_any_pieces(sent, cuts, beats):
    whole = [frame for tag, message in enumerate(sent, 1) for frame in frames(tag, *message)]
    for place in sorted(beats, reverse=True):
        whole.insert(place, Heartbeat().marshal())
    chunks = in_chunks(b"".join(whole), cuts)
    expected = [
        (queue, seen(Delivery(body, exchange, key, given, tag)))
        for tag, (queue, exchange, key, given, body) in enumerate(sent, 1)
    ]
    assert received(DecodingConnection, chunks) == received(PikaAlone, chunks) == expected


def test_one_that_arrived_whole_is_not_left_to_pika():
    connection = DecodingConnection(URLParameters("amqp://"), internal_connection_workflow=False)
    got = []
    connection.handlers[QUEUES[0]] = got.append
    told = b"".join(
        frames(1, QUEUES[0], "relief.events", "visit.recorded", BasicProperties(), b"x")
    )
    connection._on_data_available(told + told[:-1])
    assert [delivery.body for delivery in got] == [b"x"]


def test_properties_that_nobody_can_read_are_none():
    delivery = Delivery(b"x", "relief.events", "visit.recorded", b"\xff\xff\x00")
    assert (delivery.properties, delivery.message_id, delivery.previous_deliveries) == ({}, "", 0)
