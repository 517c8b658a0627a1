"""Evidence in many chunks: whatever happens to a sealed fact is named, wherever it lies."""

import uuid
from contextlib import suppress
from unittest import mock

import pytest
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from services.supervision.facts import evidence as module
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import fact_of
from services.supervision.indexes import INDEXES
from services.supervision.proof.sealed_facts import SealedFacts
from services.supervision.proof.whole_chunks import WholeChunks
from shared.platform.database import create_indexes
from tests.support.tampering import closed, opened
from tests.unit import strategies as make
from tests.unit.services.supervision.forms.test_rendering import other
from tests.unit.services.supervision.proof.test_verify import VISITS, event, leaves

# In chunks of three: one that is full, one that isn't, and what came after the seal.
FACTS = [
    fact_of(event(f"{service}.visit.recorded", number, VISITS, subject=f"{service}-{number}"))
    for service in ("clinics", "relief")
    for number in range(1, 8)
]
SEALED = {"clinics": 5, "relief": 4}
LAST_OF_ALL = {"clinics": 7, "relief": 7}


@pytest.fixture
def sealed(stack):
    """Evidence of SEALED, in chunks of three."""
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        database = client[f"warm_test_{uuid.uuid4().hex[:8]}"]
        create_indexes(database, {"facts": INDEXES["facts"]})
        database["facts"].insert_many(FACTS)
        with mock.patch.object(module, "CHUNK", 3):
            found = Evidence(database["evidence"], database["facts"])
            found.seal({"clinics": 2, "relief": 1})
            found.seal(SEALED)
            yield found
        client.drop_database(database.name)


@pytest.fixture(params=[fact for fact in FACTS if fact["seq"] <= SEALED[fact["source"]]])
def fact(request):
    return request.param


def test_what_was_sealed_is_whole_and_without_untrusted_facts(sealed):
    assert sealed.collection.count_documents({}) == 4
    assert sealed.damage(SEALED).facts == {}
    assert sealed.untrusted() == set()


def test_a_fact_that_is_gone_is_named_wherever_it_was(sealed, fact):
    sealed.facts.delete_one({"_id": fact["_id"]})
    assert list(sealed.damage(SEALED).facts) == [fact["_id"]]


def test_a_fact_whose_digest_was_forged_is_named_wherever_it_is(sealed, fact):
    sealed.facts.update_one({"_id": fact["_id"]}, {"$set": {"digest": "x"}})
    assert sealed.damage(SEALED).facts == {fact["_id"]: "its digest isn't the one that was sealed"}


@pytest.mark.parametrize("number", [0, -1, 2.5, 10**9, float("nan"), "1", None], ids=repr)
def test_a_fact_whose_number_was_changed_is_named_once(sealed, fact, number):
    sealed.facts.update_one({"_id": fact["_id"]}, {"$set": {"seq": number}})
    assert sealed.damage(SEALED).facts == {fact["_id"]: "its content doesn't fit its digest"}


@pytest.mark.parametrize("source", ["supervision", "nobody", None], ids=repr)
def test_a_fact_whose_source_was_changed_is_named_once(sealed, fact, source):
    sealed.facts.update_one({"_id": fact["_id"]}, {"$set": {"source": source}})
    assert sealed.damage(SEALED).facts == {fact["_id"]: "its content doesn't fit its digest"}


@pytest.mark.parametrize("changed", [it for it in FACTS if it["seq"] > SEALED[it["source"]]])
def test_a_fact_that_came_after_the_seal_is_looked_after_too(sealed, changed):
    sealed.facts.update_one({"_id": changed["_id"]}, {"$set": {"orgunit": "410103"}})
    assert list(sealed.damage(SEALED).facts) == [changed["_id"]]


def test_an_issue_is_not_asked_for_what_a_later_one_sealed(sealed):
    sealed.seal(LAST_OF_ALL)
    sealed.facts.delete_one({"_id": "clinics-6"})
    assert sealed.damage(SEALED).facts == {}
    assert list(sealed.damage(LAST_OF_ALL).facts) == ["clinics-6"]


def test_who_takes_the_number_of_a_sealed_fact_is_untrusted(sealed, fact):
    sealed.facts.delete_one({"_id": fact["_id"]})
    sealed.facts.insert_one({**fact, "_id": "another"})
    assert sealed.untrusted() == {"another"}


@pytest.fixture
def chunks(sealed):
    """Every chunk was found whole."""
    found = WholeChunks(sealed.collection.database["whole_chunks"], sealed, b"supervision's own")
    assert len(found.found()) == 4
    return found


def test_of_every_changed_leaf_of_a_fact_its_chunk_is_not_whole(chunks, sealed, fact):
    place = next(
        it
        for it in chunks.found()
        if it.source == fact["source"] and it.start < fact["seq"] <= it.until
    )
    plain = opened(fact)
    for path in leaves(plain):
        forged = closed(make.replaced(plain, path, other(make.at(plain, path))))
        sealed.facts.delete_one({"_id": fact["_id"]})
        # Another fact may have the number that it claims now.
        with suppress(DuplicateKeyError):
            sealed.facts.insert_one(forged)
        assert place not in chunks.found(), path
        assert fact["_id"] in SealedFacts(sealed, chunks).check(SEALED).damaged, path
        sealed.facts.delete_many({"_id": {"$in": [forged["_id"], fact["_id"]]}})
        sealed.facts.insert_one(fact)
    assert len(chunks.found()) == 4


def test_whole_chunks_and_single_facts_give_the_same_digests(chunks, sealed):
    whole, single = (SealedFacts(sealed, it) for it in (chunks, NothingKnown(sealed)))
    for sources in (SEALED, {"clinics": 4, "relief": 2}, LAST_OF_ALL):
        known = whole.digests(sources, whole.check(sources))
        assert known == single.digests(sources, single.check(sources))


class NothingKnown(WholeChunks):
    def __init__(self, evidence):
        super().__init__(evidence.collection.database["nothing"], evidence, b"")

    def found(self):
        return set()


def test_sealing_again_adds_nothing(sealed):
    before = list(sealed.collection.find())
    sealed.seal(SEALED)
    assert list(sealed.collection.find()) == before
