"""The issues among the golden examples, signed: `python -m tests.support.golden_issues` signs them
again after somebody changed one. Their key is no secret: tests of any language may sign with it."""

import hashlib
import json
import re

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.supervision.briefing.signing import Signer
from services.supervision.proof import manifest
from shared.contracts.series import SERIES_NAMES
from shared.domain import canonical
from tests.support import golden

_SERIES = "|".join(SERIES_NAMES)
ISSUES = [
    name
    for name in golden.names("events")
    if re.search(rf"\.({_SERIES})\.(published|revised)(_internal)?\.", name)
]
WITHDRAWN = "supervision.briefing.withdrawn.1"
# Withdrawal → the issue that it is about.
WITHDRAWALS = {
    f"supervision.{name}.withdrawn.1": f"supervision.{name}.published.1" for name in SERIES_NAMES
}
# The issue that the withdrawal and the answers of RPC methods are about.
FIRST, OF_MANIFEST = "supervision.briefing.published.1", "supervision.briefing.published.2"


def signer(seed=b"1" * 32):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return Signer(key.private_bytes(*form, serialization.NoEncryption()))


def sign_issue(data, by):
    """The data of an event with digests and signatures that are right."""
    document = json.loads(data["document"]) | {"keyid": by.keyid}
    signed = {name: it for name, it in document.items() if name not in ("digest", "signature")}
    made = {"digest": canonical.sha256(signed)}
    made["signature"] = by.sign(made["digest"].encode())
    text = canonical.dumps(signed | made).decode()
    found = data | made | {"keyid": by.keyid, "document": text}
    if "manifest" in data:
        found["manifest"] = manifest.signed(data["manifest"] | {"digest": made["digest"]}, by)
    return found


def sign_notice(data, digest, by):
    notice = canonical.dumps(json.loads(data["notice"]) | {"digest": digest, "keyid": by.keyid})
    signature = by.sign(hashlib.sha256(notice).hexdigest().encode())
    said = {"digest": digest, "keyid": by.keyid, "notice": notice.decode()}
    return data | said | {"signature": signature}


def main():
    by, signed = signer(), {}
    for name in ISSUES:
        event = golden.example("events", name)
        signed[name] = sign_issue(event["data"], by)
        _write("events", name, event | {"data": signed[name]})
    for name, issue in WITHDRAWALS.items():
        event = golden.example("events", name)
        data = sign_notice(event["data"], signed[issue]["digest"], by)
        _write("events", name, event | {"data": data})
    _answer("supervision.signing_key", {"keyid": by.keyid, "pem": by.public_pem()})
    _answer("supervision.briefing", signed[FIRST]["document"])
    text = canonical.dumps(signed[OF_MANIFEST]["manifest"]).decode()
    _answer("supervision.issue_manifest", {"manifest": text})


def _answer(name, result):
    example = golden.example("rpc", name)
    _write("rpc", name, example | {"result": result})


def _write(kind, name, value):
    (golden.FOLDER / kind / f"{name}.json").write_text(golden.written(value), encoding="utf-8")


if __name__ == "__main__":
    main()
