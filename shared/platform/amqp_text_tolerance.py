"""Messages whose properties or routing key aren't UTF-8, as a client that writes GBK sends them.

The AMQP library decodes these while it reads from the connection. Where that fails the connection
is lost, the message comes again, and nothing behind it is ever read.
"""

from typing import Any

from amqp import abstract_channel
from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic, loads
from amqp.spec import Basic

from shared.platform import logging_setup

log = logging_setup.get(__name__)


def tolerate() -> None:
    """Let this process read such messages: without properties, the routing key with U+FFFD."""
    PROPERTY_CLASSES[Basic.CLASS_ID] = _properties
    abstract_channel.loads = _arguments


def _properties(buffer: bytes, offset: int) -> Any:
    try:
        return decode_properties_basic(buffer, offset)
    except Exception as error:
        log.warning("message properties unreadable", error=type(error).__name__)
        return {}, offset


def _arguments(form: str, buffer: bytes, offset: int) -> Any:
    try:
        return loads(form, buffer, offset)
    except UnicodeDecodeError:
        # Of a method's arguments only the routing key, its last, is text of a stranger's making.
        values, offset = loads(form[:-1], buffer, offset)
        end = offset + 1 + buffer[offset]
        key = bytes(buffer[offset + 1 : end]).decode("utf-8", "replace")
        return [*values, key], end
