"""The live figures are what their facts say, whatever dies or comes between."""

import uuid
from datetime import timedelta

import pytest
from pymongo import MongoClient

from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.figures.figure_cache import FigureCache, _write
from services.supervision.figures.fold_storage import FoldedDocuments
from services.supervision.indexes import INDEXES
from shared.domain.periods import format_instant
from shared.platform.database import create_indexes
from tests.support.foreign import visits
from tests.support.running import COMMUNITY, WEEK

KEY = ("relief.visits_household", COMMUNITY)


@pytest.fixture
def database(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        name = f"warm_test_{uuid.uuid4().hex[:8]}"
        create_indexes(client[name], {it: INDEXES[it] for it in ("facts", "figures", "levels")})
        yield client[name]
        client.drop_database(name)


@pytest.fixture
def figures(database):
    return FigureCache(database, FactStore(database["facts"]))


def subjects_of(*facts):
    return {fact["subject"] for fact in facts}


def store(figures, *events):
    """As a batch does that nothing disturbs."""
    facts = [fact_of(event) for event in events]
    note = figures.pending.announce(subjects_of(*facts))
    figures.facts.insert(facts)
    figures.pending.confirm(note, subjects_of(*facts))


def live_value(figures, week=WEEK):
    part = figures.cells(week).quantity(*KEY)
    return part and str(part.value)


def folded(figures, week=WEEK):
    """What is stored, without a look at what was touched since."""
    found = figures.figures.find_one({"_id": f"{week}|{COMMUNITY}"})
    rows = {row["indicator"]: row["value"] for row in found["partials"]} if found else {}
    return rows.get(KEY[0])


def test_what_was_stored_counts_before_and_after_it_is_folded(figures):
    store(figures, visits("3"), visits("4"))
    assert (live_value(figures), folded(figures)) == ("7", None)
    assert figures.fold() == 1
    assert (live_value(figures), folded(figures), figures.pending.count()) == ("7", "7", 0)


def test_facts_of_a_batch_that_died_before_its_second_note_count(figures):
    fact = fact_of(visits("3"))
    figures.pending.announce(subjects_of(fact))
    figures.facts.insert([fact])
    assert live_value(figures) == "3"
    assert figures.pending.count() == 1


def test_the_note_of_a_batch_that_died_is_folded_when_it_is_old(figures):
    fact = fact_of(visits("3"))
    figures.pending.announce(subjects_of(fact))
    figures.facts.insert([fact])
    assert (figures.fold(), folded(figures)) == (0, None)
    figures.pending.collection.update_many({}, [{"$set": {"at": {"$subtract": ["$at", 120_000]}}}])
    assert (figures.fold(), folded(figures), figures.pending.count()) == (1, "3", 0)


def test_a_folder_that_was_faster_than_the_facts_folds_again(figures):
    fact = fact_of(visits("3"))
    note = figures.pending.announce(subjects_of(fact))
    figures.pending.collection.update_many({}, [{"$set": {"at": {"$subtract": ["$at", 120_000]}}}])
    figures.fold()
    figures.facts.insert([fact])
    figures.pending.confirm(note, subjects_of(fact))
    figures.fold()
    assert folded(figures) == "3"


def test_a_correction_that_moves_to_another_week_leaves_the_first_one(figures):
    event = visits("3")
    store(figures, event)
    figures.fold()
    moved = visits(
        "5",
        type="relief.visit.corrected",
        dataschema="urn:warm:relief.visit.corrected:1",
        subject=event["subject"],
        subjectsequence=2,
        time=format_instant(WEEK.end + timedelta(hours=9)),
    )
    store(figures, moved)
    figures.fold()
    assert (folded(figures), folded(figures, WEEK.next())) == (None, "5")


@pytest.mark.parametrize("known", [False, True])
def test_a_folder_that_saw_less_does_not_overwrite_one_that_saw_more(figures, known):
    early, late = visits("3"), visits("4")
    cell = {(str(WEEK), COMMUNITY)}
    slow, quick = FoldedDocuments(cell, set()), FoldedDocuments(cell, set())
    slow.add([early])
    for event in (early, late):
        quick.add([event])
    _write(figures.figures, quick.cell_documents(), set())
    _write(figures.figures, slow.cell_documents(), set(slow.cell_documents()) if known else set())
    assert folded(figures) == "7"


def test_a_folder_that_saw_more_puts_its_cell_in_the_place_of_one_that_came_meanwhile(figures):
    cell = {(str(WEEK), COMMUNITY)}
    slow, quick = FoldedDocuments(cell, set()), FoldedDocuments(cell, set())
    early, late = visits("3"), visits("4")
    quick.add([early])
    for event in (early, late):
        slow.add([event])
    _write(figures.figures, quick.cell_documents(), set())
    _write(figures.figures, slow.cell_documents(), set())
    assert folded(figures) == "7"


def test_a_note_that_became_whole_while_it_was_folded_is_kept(figures):
    fact = fact_of(visits("3"))
    note = figures.pending.announce(subjects_of(fact))
    figures.pending.collection.update_many({}, [{"$set": {"at": {"$subtract": ["$at", 120_000]}}}])
    [read] = list(figures.pending.collection.find())
    figures.pending.confirm(note, subjects_of(fact))
    figures.pending.collection.delete_many({"_id": read["_id"], "whole": read["whole"]})
    assert figures.pending.count() == 1
