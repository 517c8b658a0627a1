"""Evidence in many chunks: whatever happens to a sealed fact is named, wherever it lies."""

import uuid
from contextlib import suppress
from unittest import mock

import pytest
from bson import Decimal128, Int64
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from services.supervision.facts import evidence as module
from services.supervision.facts.evidence import Evidence
from services.supervision.facts.fact_store import fact_of
from services.supervision.indexes import INDEXES
from services.supervision.proof import whole_facts as whole_facts_module
from services.supervision.proof.own_notes import OwnNotes
from services.supervision.proof.sealed_facts import SealedFacts
from services.supervision.proof.whole_chunks import WholeChunks
from services.supervision.proof.whole_facts import WholeFacts
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
KEY = b"supervision's own"


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


def whole_chunks(sealed, kind=WholeChunks):
    return kind(sealed.collection.database["whole_chunks"], sealed, KEY)


def whole_facts(sealed, kind=WholeChunks, key=KEY):
    return WholeFacts(sealed.collection.database["whole_facts"], whole_chunks(sealed, kind), key)


@pytest.fixture(params=[whole_chunks, whole_facts])
def chunks(sealed, request):
    """Every chunk was found whole."""
    found = request.param(sealed)
    assert len(found.found()) == 4
    return found


class Unchecked(WholeChunks):
    """Looks at no chunk by itself."""

    def same(self, chunk_ids, at=None):
        return {}

    def added(self, chunk_ids):
        return {}


@pytest.fixture(params=[1, 2, 5000])
def noted(sealed, request):
    """A note says that every chunk is whole, and nothing but the note is believed. Each answer of
    the database has so many facts."""
    with mock.patch.object(whole_facts_module, "FACTS_AT_ONCE", request.param):
        assert len(whole_facts(sealed).found()) == 4
        yield whole_facts(sealed, Unchecked)


def is_noted(noted):
    """Is the note believed? What isn't doesn't take its place here."""
    with mock.patch.object(WholeFacts, "_keep"):
        return len(noted.found()) == 4


def test_the_same_facts_in_the_same_order_are_whole(noted):
    assert is_noted(noted)


def test_a_changed_leaf_of_a_fact_anywhere_is_noticed(noted, sealed):
    for number, fact in enumerate(FACTS):
        plain = opened(fact)
        for path in leaves(plain):
            forged = closed(make.replaced(plain, path, other(make.at(plain, path))))
            # Its id is its place in the database.
            if forged["_id"] != fact["_id"]:
                continue
            with suppress(DuplicateKeyError):
                sealed.facts.replace_one({"_id": fact["_id"]}, forged)
                assert not is_noted(noted), (number, path)
            sealed.facts.replace_one({"_id": fact["_id"]}, fact)
            assert is_noted(noted)


def test_a_fact_that_is_gone_or_stands_elsewhere_is_noticed(noted, sealed, fact):
    sealed.facts.delete_one({"_id": fact["_id"]})
    assert not is_noted(noted)
    sealed.facts.insert_one(fact)
    assert not is_noted(noted)
    # Nothing is wrong with any chunk by itself, which is noted.
    assert len(whole_facts(sealed).found()) == 4
    assert is_noted(noted)


@pytest.mark.parametrize(
    ("source", "number", "believed"),
    [
        ("relief", 8, True),
        ("clinics", Int64(2**40), True),
        ("supervision", 1, True),
        ("relief", 2, False),
        ("relief", 2.5, False),
        ("relief", Decimal128("2"), False),
        ("relief", [2], False),
        (["relief"], 2, False),
        ("relief", None, False),
    ],
)
def test_a_later_fact_may_claim_no_sealed_number(noted, sealed, source, number, believed):
    sealed.facts.drop_indexes()
    sealed.facts.insert_one(FACTS[0] | {"_id": "another", "source": source, "seq": number})
    assert is_noted(noted) is believed


def test_a_changed_leaf_of_evidence_is_noticed(noted, sealed):
    for chunk in list(sealed.collection.find()):
        for path in leaves(chunk):
            changed = make.replaced(chunk, path, other(make.at(chunk, path)))
            if changed["_id"] == chunk["_id"]:
                sealed.collection.replace_one({"_id": chunk["_id"]}, changed)
                assert not is_noted(noted), path
        sealed.collection.delete_one({"_id": chunk["_id"]})
        assert not is_noted(noted)
        sealed.collection.insert_one(chunk)
        assert is_noted(noted)


def test_a_note_that_somebody_else_wrote_is_not_believed(noted, sealed):
    notes = sealed.collection.database["whole_facts"]
    [note] = notes.find()
    for path in leaves(note):
        changed = make.replaced(note, path, other(make.at(note, path)))
        if changed["_id"] == note["_id"]:
            notes.replace_one({"_id": note["_id"]}, changed)
            assert not is_noted(noted), path
    notes.replace_one({"_id": note["_id"]}, note)
    assert not is_noted(whole_facts(sealed, Unchecked, b"another key"))
    assert is_noted(noted)


def test_what_is_sealed_later_is_noted_too(noted, sealed):
    sealed.seal(LAST_OF_ALL)
    assert len(whole_facts(sealed).found()) == 6
    assert len(noted.found()) == 6


def test_where_there_are_no_facts_nothing_is_whole(sealed):
    sealed.facts.drop()
    assert whole_facts(sealed).found() == whole_facts(sealed).found() == {}


@pytest.fixture
def with_notes(sealed):
    """Digests that were made once."""
    notes = OwnNotes(sealed.collection.database["facts_digests"], KEY)
    found = SealedFacts(sealed, whole_facts(sealed), notes)
    found.digests(SEALED, found.check(SEALED))
    return found


def test_digests_of_the_same_facts_are_made_once(with_notes, sealed):
    single = SealedFacts(sealed, whole_facts(sealed))
    expected = single.digests(SEALED, single.check(SEALED))
    with mock.patch.object(SealedFacts, "_made", side_effect=AssertionError("made again")):
        assert with_notes.digests(SEALED, with_notes.check(SEALED)) == expected


def test_other_facts_under_the_same_numbers_have_other_digests(with_notes, sealed):
    """Facts, evidence and all were replaced by others that agree with each other."""
    before = with_notes.digests(SEALED, with_notes.check(SEALED))
    sealed.collection.drop()
    sealed.facts.drop()
    visit = {"relief": VISITS | {"kind": "merchant"}, "clinics": VISITS}
    for service, number in ((fact["source"], fact["seq"]) for fact in FACTS):
        kind, subject = f"{service}.visit.recorded", f"{service}-{number}"
        sealed.facts.insert_one(fact_of(event(kind, number, visit[service], subject=subject)))
    sealed.seal({"clinics": 2, "relief": 1})
    sealed.seal(SEALED)
    checked = with_notes.check(SEALED)
    assert not checked.damaged and len(checked.whole) == 4
    assert with_notes.digests(SEALED, checked) != before


def test_digests_that_somebody_else_noted_are_made_again(with_notes, sealed):
    before = with_notes.digests(SEALED, with_notes.check(SEALED))
    notes = sealed.collection.database["facts_digests"]
    notes.update_many({}, {"$set": {"root": "0" * 64}})
    assert with_notes.digests(SEALED, with_notes.check(SEALED)) == before


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
        return {}


def test_sealing_again_adds_nothing(sealed):
    before = list(sealed.collection.find())
    sealed.seal(SEALED)
    assert list(sealed.collection.find()) == before
