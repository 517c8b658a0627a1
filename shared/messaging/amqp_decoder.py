"""Deliveries taken out of what has arrived in one pass.

pika makes three frames, two dictionaries and an event of every message and hands each through a
dozen calls: 25 µs. What is plainly a delivery that has arrived whole is read here in 4 µs, without
its properties, which hardly anybody asks for. All else is pika's (docs/decisions/0008-speed.md).
"""

from collections.abc import Callable
from struct import Struct, error
from typing import Any

from pika import SelectConnection
from pika.spec import FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_METHOD, Basic

from shared.messaging.deliveries import Delivery, text

Keep = Callable[[Delivery], None]

# Read from the socket at once; pika's 4096 bytes are three messages.
READ_BYTES = 65_536

# Type, channel, size; and of a delivery its method and the length of the consumer's tag.
_METHOD = Struct(">BHLIB")
# The delivery's tag, whether it was delivered before, and the length of the exchange's name.
_TAG = Struct(">QBB")
# Type, channel, size; class, weight, size of the body.
_HEADER = Struct(">BHLHHQ")
_BODY = Struct(">BHL")
_ENDS = bytes([FRAME_END])
# Of a frame: what is before its payload, and that with the end behind it.
_BEFORE, _AROUND = _BODY.size, _BODY.size + len(_ENDS)


class DecodingConnection(SelectConnection):
    """One connection, with one channel to consume on. `keep` maps a consumer's tag to who gets its
    messages, in the order in which the broker sent them."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.keep: dict[str, Keep] = {}
        super().__init__(*args, **more)

    def consume(self, channel: Any, queue: str, keep: Keep, **more: Any) -> None:
        """As `channel.basic_consume`; the tag is the queue's name."""
        self.keep[queue] = keep

        def by_pika(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
            where = text(method.exchange), text(method.routing_key)
            keep(Delivery(body, *where, properties, method.delivery_tag))

        channel.basic_consume(queue, by_pika, consumer_tag=queue, **more)

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = READ_BYTES
        super()._proto_connection_made(transport)

    def _on_data_available(self, data_in: bytes) -> None:
        self._frame_buffer += data_in
        while self._frame_buffer:
            taken, all_for_now = self._take_deliveries(self._frame_buffer)
            self._trim_frame_buffer(taken)
            if all_for_now:
                return
            consumed, frame = self._read_frame()
            if not frame:
                return
            self._trim_frame_buffer(consumed)
            self._process_frame(frame)

    def _take_deliveries(self, buffer: bytes) -> tuple[int, bool]:
        """Take those at the front. Returns how many bytes they were, and whether there is nothing
        else for now: at most the beginning of the next."""
        at, end = 0, len(buffer)
        try:
            while at < end and buffer[at] == FRAME_METHOD:
                found = _delivery_at(buffer, at)
                if found is None or (keep := self.keep.get(found[0])) is None:
                    return at, False
                _, delivery, after = found
                if after > end:
                    return at, True
                keep(delivery)
                at = after
        except error:
            return at, True
        return at, at == end


def _delivery_at(buffer: bytes, at: int) -> tuple[str, Delivery, int] | None:
    """The tag of its consumer, the delivery, and where it ends; None for what is pika's.

    Raises struct.error where the buffer ends before it is known where the delivery does.
    """
    _, _, size, method, length = _METHOD.unpack_from(buffer, at)
    if method != Basic.Deliver.INDEX:
        return None
    header = at + _AROUND + size
    kind, _, properties_size, _, _, body_size = _HEADER.unpack_from(buffer, header)
    body = header + _AROUND + properties_size
    if kind != FRAME_HEADER or not body_size:
        return None
    kind, _, size = _BODY.unpack_from(buffer, body)
    if kind != FRAME_BODY or size != body_size:
        return None
    after = body + _AROUND + size
    ends = buffer[header - 1 : header] + buffer[body - 1 : body] + buffer[after - 1 : after]
    if after <= len(buffer) and ends != 3 * _ENDS:
        return None
    consumer = at + _METHOD.size
    tag, _, name_size = _TAG.unpack_from(buffer, consumer + length)
    name = consumer + length + _TAG.size
    key = name + name_size + 1
    return (
        buffer[consumer : consumer + length].decode(),
        Delivery(
            buffer[body + _BEFORE : after - 1],
            text(buffer[name : key - 1]),
            text(buffer[key : key + buffer[key - 1]]),
            buffer[header + _HEADER.size : body - 1],
            tag,
        ),
        after,
    )
