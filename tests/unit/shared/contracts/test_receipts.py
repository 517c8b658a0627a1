"""What counts as a subscriber's receipt, and what is said of what doesn't."""

import json

import pytest

from shared.contracts.receipts import LARGEST, BadReceipt, read_receipt

DIGEST = "0" * 60 + "2edb"
ACCEPTED = {"event": "e-1", "outcome": "accepted", "digest": DIGEST}


def body(**changes):
    given = ACCEPTED | changes
    return json.dumps({name: it for name, it in given.items() if it is not None}).encode()


def test_a_receipt_accepts_by_the_digest_of_the_document():
    assert read_receipt(body()) == ACCEPTED


def test_a_receipt_may_refuse_what_it_could_not_read():
    refused = body(outcome="refused", digest=None, reason="不是规范 JSON")
    assert read_receipt(refused) == {
        "event": "e-1",
        "outcome": "refused",
        "reason": "不是规范 JSON",
    }


def test_what_a_later_subscriber_adds_is_ignored():
    assert read_receipt(body(stored_at="2017-02-13T12:00:00+08:00")) == ACCEPTED


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 4000, "not JSON"),
        (b"[]", "not a receipt"),
        (b"null", "not a receipt"),
        (body(outcome="taken"), "invalid: outcome"),
        (body(event=7, digest="x"), "invalid: digest, event"),
        (body(event=None), "invalid: event"),
        (body(reason="长" * 201), "invalid: reason"),
        (body(reason="a\x00b"), "invalid: reason"),
        (body(digest=None), "accepted without the digest of the document"),
        (body(more="x" * LARGEST), f"larger than {LARGEST} bytes"),
    ],
)
def test_anything_else_counts_for_nothing_and_is_not_repeated(bad, why):
    with pytest.raises(BadReceipt) as refused:
        read_receipt(bad)
    assert str(refused.value) == why
