"""Checks an Ed25519 signature by PyNaCl: PUBLIC_KEY(hex) SIGNATURE(base64) DIGEST"""

import base64
import sys

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

key, signature, digest = sys.argv[1:]
try:
    VerifyKey(bytes.fromhex(key)).verify(digest.encode(), base64.b64decode(signature))
    print("right")
except BadSignatureError:
    print("wrong")
