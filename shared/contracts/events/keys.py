"""Events of the keys that sign issues. Subscribers read them from the stream `keys`."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.fields import KEYID, TEXT, Choice, Instant, Text

ALGORITHM = "Ed25519"
KEY_STATUSES = {"announced": ("已公布", "announced"), "retired": ("已停用", "retired")}
# In characters: 44 bytes in base64 have 60.
LONGEST_KEY = 100


class KeyState(Schema):
    """A public key that checks the signatures of issues, of their manifests and of withdrawals.

    `public_key` is the base64 of its SubjectPublicKeyInfo (DER), which is what stands between the
    two lines of a PEM file; the last 32 bytes of it are the raw key, and `keyid` is the beginning
    of their SHA-256. Nothing is signed with it before `used_from`, nor after `retired_at`.
    `previous` is the key that was used before it; `signature` is made by that one, base64, over the
    hexadecimal SHA-256 of the text `public_key`. It is null where the key was announced without the
    one before: then compare the new key's fingerprint on another way.
    """

    keyid = Text(longest=16, pattern=KEYID, required=True)
    algorithm = Choice([ALGORITHM], required=True)
    public_key = Text(longest=LONGEST_KEY, required=True)
    status = Choice(KEY_STATUSES, required=True)
    used_from = Instant(required=True)
    previous = Text(longest=16, pattern=KEYID, required=True, allow_none=True)
    signature = Text(longest=128, required=True, allow_none=True)
    retired_at = Instant(required=True, allow_none=True)
    # Why it isn't used any more.
    reason = Text(longest=TEXT, required=True, allow_none=True)


EVENTS = [
    EventType("supervision.key.announced", 1, KeyState, "签名密钥公布", "signing key announced"),
    EventType("supervision.key.retired", 1, KeyState, "签名密钥停用", "signing key retired"),
]
