"""What was noted of a chunk is believed of the same bytes alone, and of our own notes alone."""

import copy

import pytest

from services.supervision.proof.whole_chunks import WholeChunks
from tests.support.tampering import Stored, closed, opened, tampered
from tests.unit import strategies as make
from tests.unit.services.supervision.forms.test_rendering import other
from tests.unit.services.supervision.proof.test_verify import (
    CHUNKS,
    EVENTS,
    FACTS,
    KEY,
    RECORDS,
    SOURCES,
    StoredFacts,
    evidence_of,
    leaves,
    sealed_facts,
    verdict,
)


class NothingDecoded(WholeChunks):
    """Believes its records, and looks at no fact by itself."""

    def _add(self, chunk_id):
        return None


def believed(facts=FACTS, chunks=CHUNKS, records=RECORDS, key=KEY):
    evidence = evidence_of(StoredFacts(facts), chunks)
    return {place.id for place in NothingDecoded(Stored(records), evidence, key).found()}


ALL = {chunk["_id"] for chunk in CHUNKS}


def chunk_with(fact):
    places = [record for record in RECORDS if record["source"] == fact["source"]]
    return next(it["_id"] for it in places if it["start"] < fact["seq"] <= it["until"])


def test_a_chunk_that_was_found_whole_is_believed():
    assert believed() == ALL


def test_the_first_check_makes_the_records_and_later_ones_change_nothing():
    sealed = sealed_facts(StoredFacts(FACTS))
    first = sealed.check(SOURCES)
    assert sealed.chunks.records.collection.documents == RECORDS
    assert sealed.check(SOURCES) == first
    assert sealed.chunks.records.collection.documents == RECORDS


@pytest.mark.parametrize("number", range(len(FACTS)))
def test_whatever_is_changed_in_a_fact_its_chunk_is_not_believed(number):
    plain = opened(FACTS[number])
    for path in leaves(plain):
        facts = copy.deepcopy(FACTS)
        facts[number] = closed(make.replaced(plain, path, other(make.at(plain, path))))
        assert chunk_with(FACTS[number]) not in believed(facts), path


def test_a_fact_with_more_or_with_its_parts_in_another_order_is_another_one():
    first = FACTS[0]
    for changed in (first | {"more": 1}, dict(reversed(first.items()))):
        assert chunk_with(first) not in believed([changed, *FACTS[1:]])


def test_a_fact_more_under_a_sealed_number_is_noticed():
    assert chunk_with(FACTS[0]) not in believed([*FACTS, FACTS[0] | {"_id": "another"}])


def test_whatever_becomes_of_a_chunk_it_is_not_believed():
    for way, changed in tampered(CHUNKS[0]):
        if "_id" in changed:
            assert CHUNKS[0]["_id"] not in believed(chunks=[changed, *CHUNKS[1:]]), way


def test_whatever_becomes_of_a_record_it_is_not_believed_and_does_no_harm():
    for way, changed in tampered(RECORDS[0]):
        if "_id" in changed:
            assert RECORDS[0]["_id"] not in believed(records=[changed, *RECORDS[1:]]), way
    forged = RECORDS[0] | {"leaves": bytes(len(RECORDS[0]["leaves"]))}
    assert verdict(records=[forged, *RECORDS[1:]], quick=True)["equal"]


def test_the_record_of_another_chunk_is_not_believed():
    first, second, *others = RECORDS
    swapped = [first | {"_id": second["_id"]}, second | {"_id": first["_id"]}, *others]
    assert believed(records=swapped) == ALL - {first["_id"], second["_id"]}


def test_records_with_another_key_are_not_believed():
    assert believed(key=b"another") == set()


def test_of_a_chunk_with_a_changed_fact_no_record_is_made():
    for number, event in enumerate(EVENTS):
        changed = FACTS[number] | {"orgunit": "410103016"}
        stored = StoredFacts([*FACTS[:number], changed, *FACTS[number + 1 :]])
        sealed = sealed_facts(stored)
        sealed.check(SOURCES)
        made = {it["_id"] for it in sealed.chunks.records.collection.documents}
        assert made == ALL - {chunk_with(FACTS[number])}, event["id"]
