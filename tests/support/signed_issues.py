"""Messages of issues, signed with the key of the golden examples, without the services."""

import hashlib
import json
import uuid

from shared.domain import canonical
from tests.support.golden_issues import sign_issue, sign_notice, signer

PUBLISHED = "supervision.briefing.published"
WITHDRAWN = "supervision.briefing.withdrawn"


def issue(period="2017-W06", revision=0, **more):
    """The data of version 2 of the event."""
    about = {"issue": 1, "period": period, "revision": revision}
    urn = f"urn:warm:briefing:{period}:r{revision}"
    document = canonical.dumps({**about, "edition": "public", "cells": [], **more}).decode()
    manifest = {"urn": urn, "edition": "public", "renderings": [], "facts_root": "0" * 64}
    data = {**about, "edition": "public", "document": document, "manifest": manifest}
    return sign_issue(data, signer())


def withdrawal(data):
    """The data of the event that withdraws the issue with this data."""
    about = {name: data[name] for name in ("issue", "period", "revision")}
    about |= {"status": "withdrawn", "reason": {"zh": "台账有误"}, "successor": None}
    notice = canonical.dumps(about | {"withdrawn_at": "2017-02-20T10:00:00+08:00"}).decode()
    return sign_notice(about | {"notice": notice}, data["digest"], signer())


def announcement(new, previous):
    """The body of the event that announces the key of one signer, signed by another."""
    text = "".join(new.public_pem().splitlines()[1:-1])
    digest = hashlib.sha256(text.encode()).hexdigest()
    data = {"keyid": new.keyid, "public_key": text, "previous": previous.keyid}
    data["signature"] = previous.sign(digest.encode())
    return event(data, "supervision.key.announced", 1)


def retirement(former, sequence):
    """The body of the event that retires the key of a signer."""
    return event({"keyid": former.keyid}, "supervision.key.retired", 1, sequence=sequence)


def event(data, kind=PUBLISHED, version=2, identity=None, sequence=1):
    """The body of a message."""
    about = {"specversion": "1.0", "id": identity or str(uuid.uuid4()), "type": kind}
    about |= {"source": "/warm/supervision", "dataschema": f"urn:warm:{kind}:{version}"}
    about["sourcesequence"] = sequence
    return json.dumps(about | {"data": data}, ensure_ascii=False).encode()
