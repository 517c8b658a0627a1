"""py-amqp's connection with a limit for each wait, and with the broker's alarm.

While the alarm for disk or memory is on, RabbitMQ reads nothing more from a connection that
publishes, and says so once (`connection.blocked`). py-amqp then waits for ever: for an answer, for
room in the socket, even to close. Here such a wait raises BrokerAlarm at once, and every other wait
ends after `answer_seconds`. docs/decisions/0021-waits-and-deadlines.md lists them.

kombu and nameko use it too: it takes the place of kombu's own class.
"""

from typing import Any

from amqp import spec
from amqp.exceptions import IrrecoverableConnectionError, RecoverableConnectionError
from amqp.method_framing import frame_writer
from kombu.transport import pyamqp

# The longest wait for an answer of the broker, and for room in a socket.
ANSWER_SECONDS = 10.0


class BrokerAlarm(IrrecoverableConnectionError):
    """The broker takes no messages, because of its alarm. Nothing was sent by the call that raised
    it. Libraries would repeat after a recoverable error, on one more connection each time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LimitedChannel(pyamqp.Channel):
    def _basic_publish(self, *args: Any, **options: Any) -> Any:
        if self.connection:
            self.connection.refuse_while_blocked()
        return super()._basic_publish(*args, **options)

    basic_publish = _basic_publish


class LimitedConnection(pyamqp.Connection):
    """`blocked` is the broker's reason, such as "low on disk", and empty without an alarm. It is as
    true as what was read from the connection last."""

    Channel = LimitedChannel
    # py-amqp leaves the reason unread.
    _METHODS = pyamqp.Connection._METHODS | {
        spec.Connection.Blocked: spec.method(spec.Connection.Blocked, "s")
    }
    blocked = ""

    def __init__(self, *args: Any, answer_seconds: float = ANSWER_SECONDS, **options: Any) -> None:
        self._answer_seconds = answer_seconds
        super().__init__(*args, frame_writer=_limited_writer, **options)

    def connect(self, callback: Any = None) -> None:
        super().connect(callback)
        # The broker has been told. py-amqp would read what is pending once more than needed.
        self.client_properties.get("capabilities", {}).pop("connection.blocked", None)
        self.limit_waits(self._answer_seconds)

    def limit_waits(self, seconds: float) -> None:
        """From now on, waits that have no limit of their own end after so long."""
        if self._transport and self._transport.sock:
            self._transport.sock.settimeout(seconds)

    def refuse_while_blocked(self) -> None:
        """Raises BrokerAlarm, after reading whether the alarm is on."""
        self.read_pending()
        if self.blocked:
            raise BrokerAlarm(self.blocked)

    def read_pending(self) -> None:
        """Handle what has come already."""
        try:
            while True:
                self.drain_events(timeout=0)
        except TimeoutError:
            return

    def blocking_read(self, timeout: float | None = None) -> Any:
        if self._transport is None:
            # py-amqp would connect again, without the channels.
            raise RecoverableConnectionError("the connection is closed")
        if timeout is None and self.blocked:
            raise BrokerAlarm(self.blocked)
        try:
            return super().blocking_read(timeout)
        except TimeoutError:
            if timeout is None:
                # A late answer would be taken for that of the next question.
                self.collect()
            raise

    def close(self, *args: Any, **options: Any) -> None:
        if self.blocked:
            self.collect()
        super().close(*args, **options)

    def _on_blocked(self, reason: str) -> None:
        self.blocked = reason or "blocked"

    def _on_unblocked(self) -> None:
        self.blocked = ""


def _limited_writer(connection: LimitedConnection, transport: Any) -> Any:
    """py-amqp's writer of frames. Half of a frame is useless, so a write that ends in time ends the
    connection."""
    write = frame_writer(connection, transport)

    def limited(*frame: Any) -> None:
        try:
            write(*frame)
        except TimeoutError:
            connection.collect()
            raise

    return limited


pyamqp.Transport.Connection = LimitedConnection
