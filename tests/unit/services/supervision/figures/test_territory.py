"""A unit that is no more doesn't go on counting, and nothing counts twice."""

import pytest

from services.supervision.briefing.assemble import fold_week
from services.supervision.briefing.explain import explain
from services.supervision.figures.territory import Territory
from services.supervision.indicators import PRESENT, RULES
from shared.domain.periods import Week
from tests.support.district import naive, registries
from tests.support.district.area import UNITS, registered_unit
from tests.unit.services.supervision.figures.test_fold import MERCHANTS, figure
from tests.unit.services.supervision.figures.test_fold import named as declared

WEEK = Week(2017, 6)
DISTRICT, A, B = "410103", "410103006", "410103016"
MERGED = {A: {"retired": True, "valid_to": "2017-02-08", "successor": B}}
ENDED = {A: {"retired": True, "valid_to": "2017-02-08"}}
ENDED_SOME_DAY = {A: {"retired": True}}
SPLIT = {B: {"split_from": A, "valid_from": "2017-02-08"}}
BEFORE, AFTER = "2017-02-07", "2017-02-08"


def folded(changes, events, week=WEEK, rules=PRESENT):
    told = [*events, *registries.registered(registry(changes))]
    return fold_week(week, rules, naive.by_subject(told))


def registry(changes):
    return {code: registered_unit(code) | changes.get(code, {}) for code in UNITS}


def value(week, orgunit=DISTRICT):
    found = figure(week.this, MERCHANTS, orgunit)
    return None if found is None else found.value


@pytest.mark.parametrize(
    "changes, stocks, expected",
    [
        # The successor has declared anew, with what it took over.
        (MERGED, [(A, BEFORE, 30), (B, AFTER, 50)], {DISTRICT: 50, A: None, B: 50}),
        # It hasn't yet.
        (MERGED, [(A, BEFORE, 30), (B, BEFORE, 20)], {DISTRICT: 50, A: None, B: 50}),
        (MERGED, [(A, BEFORE, 30)], {DISTRICT: 30, A: None, B: 30}),
        (ENDED, [(A, BEFORE, 30), (B, BEFORE, 20)], {DISTRICT: 20, A: None, B: 20}),
        (ENDED, [(A, BEFORE, 30)], {DISTRICT: None, A: None}),
        # Nobody knows whether it had ended already.
        (ENDED_SOME_DAY, [(A, BEFORE, 30), (B, BEFORE, 20)], {DISTRICT: 50, A: 30, B: 20}),
        # The other part hasn't been declared anew: its old stock has both.
        (SPLIT, [(A, BEFORE, 30), (B, AFTER, 12)], {DISTRICT: 30, A: 30, B: 12}),
        (SPLIT, [(A, BEFORE, 30), (B, AFTER, 12), (A, AFTER, 18)], {DISTRICT: 30, A: 18, B: 12}),
        (SPLIT | ENDED, [(A, BEFORE, 30)], {DISTRICT: 30, A: None}),
        (SPLIT | ENDED, [(A, BEFORE, 30), (B, AFTER, 12)], {DISTRICT: 12, A: None, B: 12}),
    ],
)
def test_the_stock_of_a_unit_that_was_merged_split_or_ended(changes, stocks, expected):
    events = [declared(n, unit, day, str(level)) for n, (unit, day, level) in enumerate(stocks, 1)]
    week = folded(changes, events)
    assert {unit: value(week, unit) for unit in expected} == expected


def test_until_it_ends_a_unit_counts():
    events = [declared(1, A, BEFORE, "30"), declared(2, B, BEFORE, "20")]
    last = {A: MERGED[A] | {"valid_to": "2017-02-13"}}
    assert value(folded(last, events), A) == 30
    assert value(folded(last, events, WEEK.next()), A) is None
    assert value(folded(last, events, WEEK.next()), B) == 50


def test_what_is_open_in_a_merged_unit_is_its_successors():
    order = {
        "id": "order-1",
        "source": "/warm/relief",
        "type": "relief.order.raised",
        "subject": "order-1",
        "subjectsequence": 1,
        "sourcesequence": 1,
        "orgunit": f"{A}001",
        "time": f"{BEFORE}T00:00:00+08:00",
        "recordedtime": f"{BEFORE}T00:00:00+08:00",
        "data": {"status": "raised", "due": "2017-03-01", "raised_on": BEFORE, "items": []},
    }
    community = {f"{A}001": MERGED[A] | {"successor": f"{B}009"}}
    cells = folded(MERGED | community, [order]).this
    open_orders = {unit: figure(cells, "relief.orders_open", unit) for unit in (DISTRICT, A, B)}
    assert [found and found.value for found in open_orders.values()] == [1, None, 1]
    # What happened stays where it happened.
    assert figure(cells, "relief.orders_raised", A).value == 1


def test_an_issue_by_the_rules_of_before_counts_as_it_did():
    events = [declared(1, A, BEFORE, "30"), declared(2, B, AFTER, "50")]
    week = folded(MERGED, events, rules=RULES["2017-3"])
    assert (value(week), value(week, A)) == (80, 30)


def test_an_explanation_names_what_counts_and_why_the_rest_does_not():
    events = [declared(1, A, BEFORE, "30"), declared(2, B, AFTER, "50")]
    territory = Territory(registry(MERGED), WEEK.last_day)
    found = explain(WEEK, MERCHANTS, B, PRESENT, naive.by_subject(events), territory)
    assert [event["id"] for event in found["included"]] == ["stock-2"]
    [left_out] = found["left_out"]
    assert (left_out["id"], left_out["reason"]) == ("stock-1", f"{A} is no more")
