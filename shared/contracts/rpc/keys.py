"""The RPC methods of the keys that sign issues, which supervision answers."""

from marshmallow import fields

from shared.contracts.events.keys import KEY_STATUSES, LONGEST_KEY, KeyState
from shared.contracts.fields import KEYID, TEXT, Instant, Many, RawText, Text
from shared.contracts.rpc.declare import (
    CommandSchema,
    Query,
    Stored,
    change,
    changed,
    create,
    query,
)


class AnnounceKey(CommandSchema):
    """`public_key` is the public half of the next key, in base64 as in its event; `used_from` is
    when it will be used at the earliest. The present key signs the announcement."""

    public_key = Text(longest=LONGEST_KEY, required=True)
    used_from = Instant(required=True)


class RetireKey(CommandSchema):
    """The key with this `keyid` signs nothing any more. What it has signed stays valid."""

    keyid = Text(longest=16, pattern=KEYID, required=True)
    reason = Text(longest=TEXT, required=True)


class KnownKey(Stored, KeyState):
    """A public key with its state, and the same key in PEM."""

    pem = RawText(required=True)


KEY = changed(KEY_STATUSES)

METHODS = {
    "announce_key": create(AnnounceKey, KEY),
    "retire_key": change(RetireKey, KEY),
    "signing_keys": query(Query, Many(fields.Nested(KnownKey), most=None)),
}
