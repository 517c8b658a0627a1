"""Receipts: a subscriber's word that it has a report, or refuses it."""

from warm_client import canonical
from warm_client.reports import Report

# The exchange for receipts. A subscriber may send there by its own name alone.
EXCHANGE = "supervision.receipts"
LONGEST_REASON = 200


def accepted(report: Report) -> bytes:
    return canonical.dumps({"event": report.event, "outcome": "accepted", "digest": report.digest})


def refused(event: str, reason: str) -> bytes:
    """`reason` is for the programme office: without personal data."""
    said = " ".join(reason.split())[:LONGEST_REASON]
    return canonical.dumps({"event": event, "outcome": "refused", "reason": said})
