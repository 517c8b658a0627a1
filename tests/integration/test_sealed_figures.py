"""A week from sealed figures is the week folded from all facts, whatever came since, and whatever
somebody did to them."""

import copy
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from services.supervision.briefing.assemble import document, draft
from services.supervision.briefing.explain import explain
from services.supervision.briefing.revisions import fold_with_causes
from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.indexes import INDEXES
from services.supervision.indicators import PRESENT, RULES
from services.supervision.workflow.sealed_figures import NAMES, SealedFigures, SealedWeekQuery
from shared.domain import canonical
from shared.domain.periods import Week
from shared.platform.database import create_indexes
from shared.platform.topology import SERVICES
from tests.integration.test_week_query import complete, numbered, others, registered, registry
from tests.support.district import histories, registries
from tests.support.district.history import weeks_of_events
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD

KEY = b"supervision's own"
FIRST, WEEK = Week(2017, 6), Week(2017, 9)


@pytest.fixture(scope="module")
def database(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        name = f"warm_test_{uuid.uuid4().hex[:8]}"
        create_indexes(client[name], {"facts": INDEXES["facts"]})
        yield client[name]
        client.drop_database(name)


def empty(database):
    for name in ("facts", "sealed_notes", *NAMES):
        database[name].delete_many({})


def sealed(database, **more):
    return SealedFigures(database, **{"key": KEY, "version": "1", **more})


def document_of(week, sources):
    freeze = FREEZE | {"sources": sources, "incomplete": {}, "parked": {}}
    return json.loads(canonical.dumps(document(draft(week, freeze), MASTHEAD)))


def folded(database, period, sources, since, rules=PRESENT):
    facts = FactStore(database["facts"]).frozen(sources, ())
    return fold_with_causes(period, rules, facts, since)


def check(database, period, sources, since, rules=PRESENT):
    found = sealed(database).week(period, rules, sources, since)
    expected = folded(database, period, sources, since, rules)
    assert document_of(found[0], sources) == document_of(expected[0], sources)
    for cell in found[0].this.partials:
        assert found[1].of_cell(*cell) == expected[1].of_cell(*cell)


def last_of(events):
    found = dict.fromkeys(SERVICES, 0)
    for event in events:
        source = event["source"].rsplit("/", 1)[1]
        found[source] = max(found[source], event["sourcesequence"])
    return found


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    histories.histories(most=10),
    registries.registries(),
    others(),
    st.lists(st.sampled_from(histories.WEEKS), min_size=3, max_size=3),
    st.randoms(use_true_random=False),
    st.none() | st.sampled_from(histories.WEEKS),
)
def test_whatever_happened_before_and_since(
    database, events, units, more, weeks, random, first_week
):
    """Three publications, each of facts that came in any order; later ones are there already."""
    empty(database)
    rest = [*(complete(it, random) for it in events), *more]
    random.shuffle(rest)
    told = list(numbered([*registered(units), *rest]))
    database["facts"].insert_many([fact_of(event) for event in told])
    ends = sorted(random.randint(len(units), len(told)) for _ in weeks)
    since = None
    for period, end in zip(weeks, ends, strict=True):
        rules = PRESENT.beginning_in(first_week if first_week and first_week <= period else None)
        sources = last_of(told[:end])
        check(database, period, sources, since or sources, rules)
        since = sources


@pytest.fixture
def published(database):
    """Facts of some weeks; those of the last publication lack a hundred of each."""
    empty(database)
    units = [code for code in histories.UNITS if len(code) == 12]
    told = list(numbered([*registry(histories.UNITS), *weeks_of_events(FIRST, 4, 400, units)]))
    database["facts"].insert_many([fact_of(event) for event in told])
    before, now = last_of(told[:-100]), last_of(told)
    check(database, WEEK.previous(), before, before)
    return before, now


def notes(database):
    return database["sealed_notes"].find_one()


def test_a_later_publication_changes_only_what_has_new_facts(database, published, monkeypatch):
    monkeypatch.setattr(SealedFigures, "_make", None)
    cells = {it["_id"]: it for it in database["sealed_figures"].find()}
    check(database, WEEK, published[1], published[1])
    after = {it["_id"]: it for it in database["sealed_figures"].find()}
    assert 0 < sum(after.get(name) == it for name, it in cells.items()) < len(after)
    assert notes(database)["sources"] == published[1]


def first_of(database, name):
    return database[name].find_one(sort=[("_id", 1)])


def a_cell_changed(database):
    cell = database["sealed_figures"].find_one({"partials.0.total": {"$exists": True}})
    rows = copy.deepcopy(cell["partials"])
    rows[0]["total"] = 10**6
    database["sealed_figures"].update_one({"_id": cell["_id"]}, {"$set": {"partials": rows}})


def a_cell_gone(database):
    database["sealed_figures"].delete_one({"_id": first_of(database, "sealed_figures")["_id"]})


def a_cell_more(database):
    cell = first_of(database, "sealed_figures")
    database["sealed_figures"].insert_one(cell | {"_id": "2017-W01|x", "period": "2017-W01"})


def a_level_changed(database):
    level = first_of(database, "sealed_levels")
    changed = {"rows": [], "told": [], "always": not level["always"]}
    database["sealed_levels"].update_one({"_id": level["_id"]}, {"$set": changed})


def fewer_sources(database):
    database["sealed_notes"].update_one({}, {"$set": {"sources.relief": 1}})


def other_code(database):
    database["sealed_notes"].update_one({}, {"$set": {"code": "0" * 64}})


def no_note(database):
    database["sealed_notes"].delete_many({})


def no_figures(database):
    for name in NAMES:
        database[name].drop()


CHANGES = (
    *(a_cell_changed, a_cell_gone, a_cell_more, a_level_changed),
    *(fewer_sources, other_code, no_note, no_figures),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_figures_that_somebody_changed_are_made_again(database, published, change):
    change(database)
    check(database, WEEK, published[1], published[1])


@pytest.mark.parametrize("more", [{"key": b"another"}, {"version": "2"}], ids=repr)
def test_figures_of_another_key_or_version_are_made_again(database, published, more):
    a_cell_changed(database)
    figures = sealed(database, **more)
    figures.notes.update_one({}, {"$set": {"code": figures._code(notes(database))}})
    week, _ = figures.week(WEEK, PRESENT, published[1], published[1])
    expected, _ = folded(database, WEEK, published[1], published[1])
    assert document_of(week, published[1]) == document_of(expected, published[1])


def test_they_are_no_help_with_fewer_facts_and_stay_as_they_are(database, published):
    check(database, WEEK, published[1], published[1])
    before = list(database["sealed_figures"].find()), notes(database)
    assert sealed(database).week(WEEK, PRESENT, published[0], published[0]) is None
    assert (list(database["sealed_figures"].find()), notes(database)) == before


def test_they_are_no_help_with_other_rules(database, published):
    former = next(rules for version, rules in RULES.items() if version != PRESENT.version)
    assert sealed(database).week(WEEK, former, published[1], published[1]) is None


def test_they_are_no_help_while_another_process_publishes(database, published, monkeypatch):
    read = SealedWeekQuery.week

    def meanwhile(self, *given):
        found = read(self, *given)
        self.facts.collection.database["sealed_notes"].delete_many({})
        return found

    monkeypatch.setattr(SealedWeekQuery, "week", meanwhile)
    assert sealed(database).week(WEEK, PRESENT, published[1], published[1]) is None


LEVELS = sorted(code for code, indicator in PRESENT.indicators.items() if indicator.since)


@pytest.mark.parametrize("code", LEVELS)
def test_a_level_is_explained_from_the_subjects_that_may_stand(database, published, code):
    """Of an issue with more facts than the figures, with as many, and with fewer."""
    before, now = published
    facts = FactStore(database["facts"])
    for sources in (now, before, {name: last // 2 for name, last in now.items()}):
        for period in (FIRST, WEEK.previous(), WEEK):
            standing = sealed(database).standing(code, period, sources)
            found, whole = (
                explained(facts, code, period, sources, them) for them in (standing, None)
            )
            assert found == whole
    no_note(database)
    assert sealed(database).standing(code, WEEK, now) is None


def explained(facts, code, period, sources, standing):
    query = facts.feeding_query(PRESENT.indicators[code], period, standing)
    return explain(period, code, "410103", PRESENT, facts.frozen_among(sources, query, iter))


def test_fewer_subjects_are_read_for_a_level_than_there_are(database, published):
    standing = sealed(database).standing("relief.orders_overdue", WEEK.previous(), published[0])
    orders = FactStore(database["facts"]).distinct_subjects({"type": "relief.order.raised"})
    assert 0 < len(standing.intersection(orders)) < len(orders)
