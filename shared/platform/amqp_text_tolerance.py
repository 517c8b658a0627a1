"""Messages whose properties or routing key aren't UTF-8, for example from a client that writes GBK.

py-amqp decodes these while it reads from the connection. An error there closes the connection, the
message is delivered again, and the messages behind it are never read.
"""

from typing import Any

from amqp import abstract_channel
from amqp.serialization import PROPERTY_CLASSES, decode_properties_basic, loads
from amqp.spec import Basic

from shared.platform import logging_setup

log = logging_setup.get(__name__)


def tolerate() -> None:
    """Make this process read such messages, with no properties and U+FFFD in the routing key."""
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
        # Of a method's arguments only the last, the routing key, comes from the publisher.
        values, offset = loads(form[:-1], buffer, offset)
        end = offset + 1 + buffer[offset]
        key = bytes(buffer[offset + 1 : end]).decode("utf-8", "replace")
        return [*values, key], end
