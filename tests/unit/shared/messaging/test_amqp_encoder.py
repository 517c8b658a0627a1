"""The frames of a message are what a client library reads out of them."""

from hypothesis import given
from hypothesis import strategies as st
from pika.frame import decode_frame

from shared.contracts.messages import Message
from shared.domain.periods import parse_instant
from shared.messaging.amqp_encoder import encode
from tests.support.foreign import visits

LARGEST = 500
SECOND = "2017-02-06T12:00:00+08:00"


def decoded(data):
    found = []
    while data:
        size, frame = decode_frame(data)
        assert frame and size <= LARGEST
        found.append(frame)
        data = data[size:]
    return found


@given(st.text(min_size=1, max_size=60), st.text(max_size=2 * LARGEST), st.integers(1, 9))
def test_frames_say_what_was_to_be_said(identity, reason, channel):
    event = visits("3") | {"correlationid": identity, "recordedtime": SECOND}
    event["data"] = event["data"] | {"reason": reason}
    message = Message.of(event)
    method, header, *bodies = decoded(encode(message, "relief.events", channel, LARGEST))
    publish, told = method.method, header.properties
    assert {frame.channel_number for frame in (method, header, *bodies)} == {channel}
    assert (publish.exchange, publish.routing_key) == ("relief.events", "visit.recorded")
    assert (publish.mandatory, publish.immediate) == (False, False)
    assert b"".join(frame.fragment for frame in bodies) == message.text.encode()
    assert header.body_size == len(message.text.encode())
    assert {name: value for name, value in vars(told).items() if value is not None} == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "headers": {"ce-mode": "structured"},
        "delivery_mode": 2,
        "correlation_id": identity,
        "message_id": event["id"],
        "timestamp": int(parse_instant(SECOND).timestamp()),
        "type": "relief.visit.recorded",
        "app_id": "relief",
    }
