"""The receipt: a subscriber's word that it has an issue, or refuses it. Plain JSON, so that any
AMQP client can send one."""

import json
from typing import Literal

from marshmallow import EXCLUDE, Schema, ValidationError

from shared.contracts.fields import Choice, Digest, Id, Text
from shared.domain.types import Json

ACCEPTED: Literal["accepted"] = "accepted"
REFUSED: Literal["refused"] = "refused"
LONGEST_REASON = 200
# In bytes. A receipt has about 200.
LARGEST = 4096


class BadReceipt(Exception):
    """The argument says why it counts for nothing."""


class Receipt(Schema):
    """`event` is the id of the event that brought the issue, which is also the `message_id`.
    `digest` is that of the document that the subscriber has stored; it may be left out where the
    issue is refused."""

    class Meta:
        unknown = EXCLUDE

    event = Id(required=True)
    outcome = Choice([ACCEPTED, REFUSED], required=True)
    digest = Digest()
    reason = Text(longest=LONGEST_REASON)


_RECEIPT = Receipt()


def read_receipt(body: bytes) -> Json:
    """The receipt in a message's body. Raises BadReceipt."""
    if len(body) > LARGEST:
        raise BadReceipt(f"larger than {LARGEST} bytes")
    try:
        receipt: Json = _RECEIPT.load(json.loads(body))
    except (ValueError, RecursionError, ValidationError) as error:
        raise BadReceipt(_why(error)) from None
    if receipt["outcome"] == ACCEPTED and "digest" not in receipt:
        raise BadReceipt("accepted without the digest of the document")
    return receipt


def _why(error: Exception) -> str:
    """Without anything of what was received."""
    if not isinstance(error, ValidationError):
        return "not JSON"
    found = error.messages if isinstance(error.messages, dict) else {}
    known = sorted(_RECEIPT.fields.keys() & found.keys())
    return f"invalid: {', '.join(known)}" if known else "not a receipt"
