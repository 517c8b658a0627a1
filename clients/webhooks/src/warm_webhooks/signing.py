"""The signature of a message by the Standard Webhooks scheme, version 1 (symmetric)."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Self

PREFIX = "whsec_"
# What the scheme demands of a secret, in bytes.
LEAST, MOST = 24, 64


@dataclass(frozen=True)
class Secret:
    """What sender and receiver share."""

    key: bytes = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """`whsec_` and the key in base64. Raises ValueError, without quoting it."""
        try:
            key = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"must be {PREFIX} and the key in base64") from None
        if not LEAST <= len(key) <= MOST:
            raise ValueError(f"must have a key of {LEAST} to {MOST} bytes")
        return cls(key)

    def headers(self, identity: str, seconds: int, body: bytes) -> dict[str, str]:
        """The headers of a message that is sent at `seconds` since 1970."""
        signed = b".".join([identity.encode(), str(seconds).encode(), body])
        digest = hmac.new(self.key, signed, hashlib.sha256).digest()
        return {
            "webhook-id": identity,
            "webhook-timestamp": str(seconds),
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
