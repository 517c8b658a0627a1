"""The facts of an issue, read from what is stored: no more and no fewer than its bundle holds."""

from unittest import mock

import pytest

from services.supervision.facts import evidence as evidence_module
from services.supervision.facts.fact_store import fact_from
from services.supervision.proof import stored_facts
from services.supervision.proof.fact_lines import read_facts
from services.supervision.proof.merkle import facts_root
from shared.contracts.messages import Message
from tests.support.proof_bundles import facts_of
from tests.support.tampering import Stored
from tests.unit.services.supervision.proof.test_verify import (
    EVENTS,
    RECORDS,
    SOURCES,
    evidence_of,
    sealed_facts,
)

TEXTS = facts_of(EVENTS)
STORED = [fact_from(Message.from_text(text)) for text in TEXTS]
ROOT = facts_root(fact.leaf for fact in read_facts(TEXTS))
LATER = dict(STORED[0], _id="later", seq=1000)
FORGED = dict(STORED[0], _id="forged")


def root(stored, records=()):
    sealed = sealed_facts(stored, records=records)
    return sealed.digests(SOURCES, sealed.check(SOURCES)).root


@pytest.mark.parametrize("records", [RECORDS, ()], ids=["whole chunks", "fact by fact"])
def test_the_root_is_that_of_the_bundle(records):
    assert root(Stored(STORED[::-1]), records) == ROOT


def test_the_root_of_fewer_facts_ends_in_the_middle_of_a_chunk():
    fewer = SOURCES | {"relief": 1}
    sealed = sealed_facts(Stored(STORED), records=RECORDS)
    expected = facts_root(
        fact.leaf for fact in read_facts(TEXTS) if fact.leaf.number <= fewer[fact.leaf.source]
    )
    assert sealed.digests(fewer, sealed.check(fewer)).root == expected


@pytest.mark.parametrize("more, untrusted", [(LATER, set()), (FORGED, {"forged"})])
def test_what_belongs_to_no_issue_is_left_out(more, untrusted):
    stored = Stored([more, *STORED])
    assert root(stored) == ROOT
    pages = [
        stored_facts.page(stored, name, 0, last, untrusted)
        for name, last in sorted(SOURCES.items())
    ]
    assert [text for page in pages for _, text in page] == TEXTS


def test_a_fact_that_was_changed_changes_the_root():
    changed = [dict(STORED[0], digest="0" * 64), *STORED[1:]]
    assert root(Stored(changed)) != ROOT
    assert root(Stored(changed), RECORDS) != ROOT


def test_facts_are_given_out_by_their_numbers():
    stored = Stored(STORED)
    of_relief = [fact["event"] for fact in STORED if fact["source"] == "relief"]
    assert stored_facts.page(stored, "relief", 0, 2, set()) == [
        (1, of_relief[0]),
        (2, of_relief[1]),
    ]
    assert stored_facts.page(stored, "relief", 2, 3, set()) == [(3, of_relief[2])]


@pytest.mark.parametrize("after, until", [(0, 1), (0, 3), (1, 2), (2, 3)])
def test_what_is_untrusted_among_some_numbers_is_found_without_reading_all_evidence(after, until):
    stored = Stored([dict(fact, _id=f"{fact['_id']} forged") for fact in STORED])
    evidence = evidence_of(stored)
    expected = {
        fact["_id"]
        for fact in stored.documents
        if fact["source"] == "relief" and after < fact["seq"] <= until
    }
    with mock.patch.object(evidence_module, "CHUNK", 2):
        found = evidence.untrusted_among("relief", after, until)
    assert expected <= found <= evidence.untrusted()
