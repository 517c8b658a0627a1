"""Events with reports as supervision publishes them, signed by a key of the tests."""

import hashlib
import json
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from services.supervision.briefing.signing import Signer
from services.supervision.forms import rendering
from services.supervision.proof import manifest
from shared.domain import canonical
from shared.domain.periods import Week

FIRST = Week(2017, 6)


class Office:
    """Publishes issue 1 for the first week, issue 2 for the next one, and so on."""

    def __init__(self, seed=b"\x01" * 32):
        key = Ed25519PrivateKey.from_private_bytes(seed)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.signer = Signer(pem)

    @property
    def pem(self):
        return self.signer.public_pem()

    def issue(self, number, revision=0, title="“温暖二七”工作周通报", edition="public"):
        """The data of version 2 of the event."""
        identity = {"issue": number, "period": week(number), "revision": revision}
        data = {
            **identity,
            "edition": edition,
            "status": "final",
            "replaces": None,
            "content_digest": "0" * 64,
        }
        return self.resigned(data, {**identity, "title": title, "edition": edition, "cells": []})

    def resigned(self, data, document, **changes):
        """`data` with this document, its signature, and its manifest. `changes` are made to the
        document after it was signed."""
        unsigned = rendering.without_signature(document)
        signed = rendering.signed(unsigned, self.signer) | changes
        named = {
            "urn": f"urn:warm:briefing:{data['period']}:r{data['revision']}",
            "edition": data["edition"],
            "digest": signed["digest"],
            "renderings": [],
            "facts_root": "0" * 64,
        }
        names = ("digest", "keyid", "signature")
        return {
            **data,
            **{name: signed[name] for name in names},
            "document": canonical.dumps(signed).decode(),
            "manifest": manifest.signed(named, self.signer),
        }

    def earlier_version(self, data):
        """The same as version 1 of the event has it."""
        left_out = ("edition", "manifest")
        return {name: it for name, it in data.items() if name not in left_out} | {"renderings": []}

    def withdrawal(self, data, successor=None):
        """The data of the event that withdraws the issue in `data`."""
        notice = {name: data[name] for name in ("issue", "period", "revision", "digest")}
        notice |= {"status": "withdrawn", "reason": {"zh": "有误"}, "successor": successor}
        notice |= {"keyid": self.signer.keyid, "withdrawn_at": "2017-02-14T10:00:00+08:00"}
        text = canonical.dumps(notice)
        signature = self.signer.sign(canonical.sha256(notice).encode())
        return {**notice, "notice": text.decode(), "signature": signature}


def announced(office, by, **changes):
    """The data of the event that announces the key of `office`, signed by that of `by`."""
    text = "".join(office.pem.splitlines()[1:-1])
    signature = by.signer.sign(hashlib.sha256(text.encode()).hexdigest().encode())
    known = {"keyid": office.signer.keyid, "public_key": text}
    return known | {"previous": by.signer.keyid, "signature": signature} | changes


def announcement(office, by, **changes):
    """The event that announces the key of `office`, for the stream of keys."""
    return _of_keys("announced", announced(office, by), changes)


def retirement(office, **changes):
    """The event that retires the key of `office`."""
    return _of_keys("retired", {"keyid": office.signer.keyid}, changes)


def _of_keys(verb, data, changes):
    return event(data) | {"type": f"supervision.key.{verb}"} | changes


def week(number):
    found = FIRST
    for _ in range(number - 1):
        found = found.next()
    return str(found)


def event(data, kind="published", version=2, **changes):
    """The event with these data; its id follows from them."""
    name = f"supervision.briefing.{kind}"
    content = json.dumps([name, version, data], sort_keys=True)
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, content)),
        "source": "/warm/supervision",
        "type": name,
        "dataschema": f"urn:warm:{name}:{version}",
        "datacontenttype": "application/json",
        "data": data,
    } | changes


def body(found):
    return json.dumps(found, ensure_ascii=False).encode()


def message(office, number, **more):
    """The message of an issue."""
    return body(event(office.issue(number, **more)))
