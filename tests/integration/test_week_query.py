"""A week read by its query is the week folded from all facts."""

import json
import uuid
from datetime import timedelta
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from services.supervision.briefing.assemble import content, document, draft, fold_week
from services.supervision.briefing.week_query import WeekQuery
from services.supervision.facts.fact_store import FactStore, fact_of
from services.supervision.figures import totals
from services.supervision.figures.figure_cache import FigureCache, retry_when_replaced
from services.supervision.indexes import INDEXES
from services.supervision.indicators import PRESENT
from services.supervision.workflow.rebuild import RebuiltFigures
from shared.domain import canonical
from shared.domain.periods import Week, format_instant
from shared.platform.database import create_indexes
from shared.platform.topology import SERVICES
from tests.support.district import histories, naive, registries
from tests.support.district.history import weeks_of_events
from tests.unit import strategies as make
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD
from tests.unit.services.supervision.proof.test_verify import unit

# What the histories don't tell of: any of these at any time, each of its own subject.
OTHERS = [
    event_type
    for event_type in make.event_types
    if event_type.name.split(".")[1] in ("group", "plan", "platform", "meeting", "patrol")
    or event_type.name.split(".")[1] in ("practice", "commitment", "reporter", "service_day")
]

KEPT = ("facts", "figures", "levels", "totals", "touched")
NAMES = {"410103": "二七区", "410103006": "五里堡街道", "410103016": "马寨镇"}


@pytest.fixture(scope="module")
def database(stack):
    with MongoClient(stack.mongodb_uri, tz_aware=True) as client:
        name = f"warm_test_{uuid.uuid4().hex[:8]}"
        kept = {it: INDEXES[it] for it in ("facts", "figures", "levels", "totals")}
        create_indexes(client[name], kept)
        yield client[name]
        client.drop_database(name)


def registry(units):
    return [unit(code, NAMES.get(code, code), n) for n, code in enumerate(sorted(units), 1)]


def numbered(events):
    """Each source's events with its numbers, in their order."""
    last = {}
    for event in events:
        source = event["source"]
        last[source] = last.get(source, 0) + 1
        yield {**event, "sourcesequence": last[source]}


def store(figures, events):
    facts = [fact_of(event) for event in events]
    subjects = {fact["subject"] for fact in facts}
    note = figures.pending.announce(subjects)
    figures.facts.insert(facts)
    figures.pending.confirm(note, subjects)


def both(database, period, since=None, first_week=None):
    """The week's document as all facts make it, and as the query reads it."""
    rules = PRESENT.beginning_in(first_week)
    facts = FactStore(database["facts"])
    sources = {source: facts.last(source) for source in SERVICES}
    freeze = FREEZE | {"sources": sources, "incomplete": {}, "parked": {}}
    whole = fold_week(period, rules, facts.frozen(sources, ()))
    with database.client.start_session(snapshot=True) as session:
        week_query = WeekQuery(database, session, rules)
        assert week_query.complete(dict.fromkeys(SERVICES, 0)) == sources
        queried, _ = week_query.week(period, since or sources)
    return [plain(document(draft(week, freeze), MASTHEAD)) for week in (whole, queried)]


def plain(made):
    return json.loads(canonical.dumps(made))


@st.composite
def others(draw):
    """Events of types that the histories leave out."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        event = draw(make.events(draw(st.sampled_from(OTHERS))))
        time = draw(histories.instants)
        own = {"id": f"other-{number}", "subject": f"other-{number}", "subjectsequence": 1}
        unit = draw(st.sampled_from(histories.UNITS))
        found.append(event | own | {"time": time, "recordedtime": time, "orgunit": unit})
    return found


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    histories.histories(most=10),
    registries.registries(),
    others(),
    st.sampled_from(histories.WEEKS),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
    st.sampled_from([1, 2, totals.BLOCK]),
    st.none() | st.sampled_from(histories.WEEKS),
)
def test_whatever_happened_in_whatever_batches_and_folded_so_far(
    database, events, units, more, period, random, batches, block, first_week
):
    history = [*registered(units), *(complete(it, random) for it in events), *more]
    with mock.patch.object(totals, "BLOCK", block):
        check(database, history, period, random, batches, first_week)


def check(database, history, period, random, batches, first_week):
    for name in KEPT:
        database[name].delete_many({})
    figures = FigureCache(database, FactStore(database["facts"]))
    told = list(numbered(history))
    random.shuffle(told)
    for number in range(batches):
        part = told[number::batches]
        if part:
            store(figures, part)
        if random.random() < 0.5:
            figures.fold()
        if random.random() < 0.5:
            # Totals are kept in the middle of it.
            WeekQuery(database).week(random.choice(histories.WEEKS), dict.fromkeys(SERVICES, 0))
    # Of a programme without a first week too: their totals are different ones.
    for first in (first_week, None):
        if first is None or first <= period:
            whole, queried = both(database, period, first_week=first)
            assert queried == whole


def registered(units):
    whole = zip(registry(units), registries.registered(units), strict=True)
    return [event | {"data": own["data"]} for event, own in whole]


def complete(event, random):
    """With what a whole event has besides; some are entered late."""
    entered = naive.instant(event["time"]) + timedelta(days=random.choice([0, 0, 1, 5, 9, 16]))
    more = {"correlationid": event["id"], "causationid": event["id"]}
    return {**event, **more, "recordedtime": format_instant(entered)}


@pytest.mark.parametrize("weeks", [2, 2 * totals.BLOCK + 3])
def test_a_district_of_many_weeks(database, weeks):
    for name in KEPT:
        database[name].delete_many({})
    figures, last = FigureCache(database, FactStore(database["facts"])), Week(2017, 40)
    units = [code for code in histories.UNITS if len(code) == 12]
    first = Week.of_day(last.first_day - timedelta(weeks=weeks - 1))
    told = weeks_of_events(first, weeks, 100 * weeks, units)
    store(figures, numbered([*registry(histories.UNITS), *told]))
    for folded in (False, True):
        if folded:
            figures.fold()
        for period in (last.previous(), last, last, last.next()):
            for first_week in (None, Week(2017, 36)):
                whole, queried = both(database, period, first_week=first_week)
                assert queried == whole


def test_a_total_is_made_again_when_an_old_week_changes(database):
    test_a_district_of_many_weeks(database, 2 * totals.BLOCK + 3)
    figures, period = FigureCache(database, FactStore(database["facts"])), Week(2017, 40)
    old = next(weeks_of_events(Week(2017, 25), 1, 1, [histories.UNITS[2]], seed=7))
    last = figures.facts.last(old["source"].rsplit("/", 1)[1])
    store(figures, [old | {"sourcesequence": last + 1}])
    figures.fold()
    whole, queried = both(database, period)
    assert queried == whole


def test_a_week_is_read_again_when_rebuilt_figures_take_the_place_of_those_read(database):
    test_a_district_of_many_weeks(database, 2)
    period, swaps = Week(2017, 40), iter([True])

    def read():
        with database.client.start_session(snapshot=True) as session:
            week_query = WeekQuery(database, session)
            sources = week_query.complete(dict.fromkeys(SERVICES, 0))
            if next(swaps, False):
                swap(database)
            return week_query.week(period, sources)

    week, _ = retry_when_replaced(read)
    assert next(swaps, None) is None
    found, (whole, _) = plain(content(week)), both(database, period)
    assert found == {part: whole[part] for part in found}


def swap(database):
    fresh = RebuiltFigures(database, "figures.rebuilt", "levels.rebuilt")
    for one, other in ((database["figures"], fresh.figures), (database["levels"], fresh.levels)):
        other.insert_many(one.find())
    fresh.replace(FigureCache(database, FactStore(database["facts"])))
