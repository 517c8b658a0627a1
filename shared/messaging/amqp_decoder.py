"""A decoder that reads whole deliveries from the received bytes in one pass.

pika needs 25 µs for a message: it makes three frames, two dictionaries and an event of it, and
passes each through a dozen calls. A delivery that has arrived whole is read here in 4 µs, with its
properties left undecoded. Everything else is left to pika (docs/decisions/0008-speed.md).
"""

from collections.abc import Callable
from struct import Struct, error
from typing import Any

from pika import SelectConnection
from pika.spec import FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_METHOD, Basic

from shared.messaging.deliveries import Delivery, text

Handler = Callable[[Delivery], None]

# Bytes read from the socket at once; pika's 4096 bytes hold three messages.
READ_BYTES = 65_536

# A method frame: type, channel, size, method; and of a delivery the length of the consumer's tag.
_METHOD = Struct(">BHLIB")
# The delivery tag, the flag for redelivery, and the length of the exchange's name.
_TAG = Struct(">QBB")
# A header frame: type, channel, size; class, weight, size of the body.
_HEADER = Struct(">BHLHHQ")
# A body frame: type, channel, size.
_BODY = Struct(">BHL")
_END = bytes([FRAME_END])
# Bytes of a frame before its payload, and before and after it.
_BEFORE, _AROUND = _BODY.size, _BODY.size + len(_END)


class DecodingConnection(SelectConnection):
    """One connection, with one channel to consume on.

    `handlers` maps a consumer's tag to the function that gets its deliveries, in their order.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        self.handlers: dict[str, Handler] = {}
        super().__init__(*args, **more)

    def consume(self, channel: Any, queue: str, handler: Handler, **more: Any) -> None:
        """As `channel.basic_consume`; the consumer's tag is the queue's name."""
        self.handlers[queue] = handler

        def by_pika(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
            where = text(method.exchange), text(method.routing_key)
            handler(Delivery(body, *where, properties, method.delivery_tag))

        channel.basic_consume(queue, by_pika, consumer_tag=queue, **more)

    def pause(self) -> None:
        """Read nothing until `resume`: the broker then stops sending. Acknowledgements and
        heartbeats are sent, but a pause of more than two heartbeats ends the connection."""
        transport = self._transport
        if transport and transport._sock:
            transport._nbio.remove_reader(transport._sock.fileno())

    def resume(self) -> None:
        transport = self._transport
        if transport and transport._sock:
            transport._nbio.set_reader(transport._sock.fileno(), transport._on_socket_readable)

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = READ_BYTES
        super()._proto_connection_made(transport)

    def _on_data_available(self, data_in: bytes) -> None:
        self._frame_buffer += data_in
        while self._frame_buffer:
            taken, incomplete = self._take_deliveries(self._frame_buffer)
            self._trim_frame_buffer(taken)
            if incomplete:
                return
            consumed, frame = self._read_frame()
            if not frame:
                return
            self._trim_frame_buffer(consumed)
            self._process_frame(frame)

    def _take_deliveries(self, buffer: bytes) -> tuple[int, bool]:
        """Handle the deliveries at the start of the buffer. Returns their size in bytes, and
        whether the rest is empty or an incomplete delivery."""
        at, end = 0, len(buffer)
        try:
            while at < end and buffer[at] == FRAME_METHOD:
                found = _delivery_at(buffer, at)
                if found is None or (handler := self.handlers.get(found[0])) is None:
                    return at, False
                _, delivery, after = found
                if after > end:
                    return at, True
                handler(delivery)
                at = after
        except error:
            return at, True
        return at, at == end


def _delivery_at(buffer: bytes, at: int) -> tuple[str, Delivery, int] | None:
    """The consumer's tag, the delivery, and its end in the buffer; None if pika has to read it.

    Raises struct.error if the buffer is too short to know where the delivery ends.
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
    if after <= len(buffer) and ends != 3 * _END:
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
