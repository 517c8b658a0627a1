"""Receipts: a subscriber's word that it has a report, or refuses it."""

from warm_client import canonical

# The exchange for receipts. A subscriber may send there by its own name alone.
EXCHANGE = "supervision.receipts"
LONGEST_REASON = 200


def accepted(event: str, digest: str) -> bytes:
    """`digest` is that of the document that was taken."""
    return canonical.dumps({"event": event, "outcome": "accepted", "digest": digest})


def refused(event: str, reason: str) -> bytes:
    """`reason` is for the programme office: without personal data."""
    said = " ".join(reason.split())[:LONGEST_REASON]
    return canonical.dumps({"event": event, "outcome": "refused", "reason": said})
