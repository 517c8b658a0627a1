"""How large messages may be. Each limit is declared here, with its reason, and nowhere else.

What is over a limit is refused with a typed error that names the limit; what is too large to be
read is never decoded. Lengths of texts and lists are declared at their fields (fields/).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Entry = TypeVar("Entry")

# The largest message that the broker takes (`max_message_size` in deploy/broker/rabbitmq.conf; a
# test compares the two). Room for an event of LONGEST_EVENT bytes, and for an issue's document as
# an answer, in which each quotation mark is escaped. The RPC server of a service holds one message
# of this size at a time.
MESSAGE_BYTES = 8 * 1024**2

# --- requests ---
# The largest request that the schemas allow has 998,400 bytes if every character of it is written
# as `\uXXXX\uXXXX` (tests/unit/shared/contracts/rpc/test_requests.py computes it). A service takes
# WARM_MAX_WORKERS requests at once, so that they need 20 MiB at most.
REQUEST_BYTES = 1024**2
# Commas and opening brackets, also those in texts: counted before a body is decoded, because a
# decoded value needs up to fifty times as many bytes. The texts of a request that the schemas allow
# have 83,000 characters together.
REQUEST_MARKS = 100_000
# Elements of lists and values of objects. The schemas allow 1,850.
REQUEST_VALUES = 5_000
# Lists and objects in each other. The schemas allow 7.
REQUEST_DEPTH = 20
# Of a number. Python itself refuses to read more than 4,300 digits, with an untyped error.
NUMBER_CHARACTERS = 100

# --- answers ---
# An error, and the answer of a command. Nobody asked for more.
ANSWER_BYTES = 64 * 1024
# The data of an error: nameko sends them twice, as they are and as one text, in which each
# character may need six bytes.
ERROR_DATA_BYTES = 16_000
# Messages that an error names; the others are counted.
ERROR_MESSAGES = 100
# Characters of a message, and of the name of a field, which the caller may have invented.
ERROR_TEXT = 500
ERROR_NAME = 100
# The answer of a query. A service refuses to give more: the broker would close the channel that all
# answers share.
QUERY_BYTES = MESSAGE_BYTES - 64 * 1024
# What a list with a limit gives at most: then it ends earlier. Room for one stored event.
PAGE_BYTES = 5_000_000

# --- events ---
LONGEST_EVENT = 4_500_000
# Messages that a service has received from its inbox and not begun to handle: when they have so
# many bytes, it reads no more. WARM_BATCH counts messages, which may have 8 MiB each.
INBOX_BYTES = 32 * 1024**2
# The messages that are handled at once; one more where the first is larger.
BATCH_BYTES = 8 * 1024**2
# Lists and objects in each other in an event. Our own have 8 at most; MongoDB stores 100.
EVENT_DEPTH = 90


def page(
    found: Iterable[Entry], size: Callable[[Entry], int], most: int = PAGE_BYTES
) -> Iterator[Entry]:
    """The first entries, at least one, that have at most `most` bytes together."""
    taken = 0
    for number, entry in enumerate(found):
        taken += size(entry)
        if number and taken > most:
            return
        yield entry
