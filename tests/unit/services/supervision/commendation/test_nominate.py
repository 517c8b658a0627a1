"""Whom the rules of a commendation nominate."""

import random

import pytest
import yaml

from services.supervision.commendation.nominate import Counted, nominate
from services.supervision.commendation.released import read_rules
from shared.domain.quantities import Quantity, exact, not_stated

ORDERS = "relief.orders_confirmed"
ACTIVITIES = "volunteering.activities_completed"
HOURS = "volunteering.hours_verified"
STREET, OTHER = "410103001", "410103005"
VILLAGE = f"{STREET}001"


def label(words="示例"):
    return {"zh": words, "en": words}


def category(kind, indicator=None, least=2, best=3, **changes):
    rule = {"indicator": indicator, "least": least, "best": best} if indicator else None
    made = {"code": f"{kind}s", "label": label(), "kind": kind, "most": 2}
    return made | ({"rule": rule} if rule else {}) | changes


def content(*categories):
    head = {"version": "2017-9", "standing": "draft", "label": label(), "note": label()}
    return head | {"categories": list(categories)}


def rules(*categories):
    return read_rules(yaml.safe_dump(content(*categories), allow_unicode=True))


def counted(id, quantity=None, orgunit=STREET, time="2017-03-01T09:00:00+08:00", **data):
    event = {"id": id, "orgunit": orgunit, "time": time, "data": data}
    return Counted(event, quantity or exact(1, "activity"))


def found(rules, **indicators):
    names = {"orders": ORDERS, "activities": ACTIVITIES, "hours": HOURS}
    return nominate(rules, {names[name]: items for name, items in indicators.items()})


def subjects(candidates):
    return [(it.subject, it.figure.value) for it in candidates]


def hours(volunteer, number, id="h", orgunit=VILLAGE):
    return counted(f"{id}-{volunteer}", exact(number, "hour"), orgunit, volunteer=volunteer)


def test_a_unit_is_nominated_by_what_was_counted_in_it_and_below():
    orders = [counted("a"), counted("b", orgunit=VILLAGE), counted("c", orgunit=OTHER)]
    assert subjects(found(rules(category("subdistrict", ORDERS)), orders=orders)) == [(STREET, 2)]
    # What is known only of the sub-district is no community's.
    assert subjects(found(rules(category("community", ORDERS, least=1)), orders=orders)) == [
        (VILLAGE, 1)
    ]


def test_a_volunteer_is_nominated_by_the_hours_of_the_year_in_the_unit_of_most_of_them():
    rows = [hours("v-1", 2, "a"), hours("v-1", 1, "b", OTHER), hours("v-1", 1, "c", OTHER)]
    [one] = found(rules(category("volunteer", HOURS, least="3.5")), hours=[*rows, hours("v-2", 3)])
    assert (one.subject, one.figure.value, one.figure.unit) == ("v-1", 4, "hour")
    assert (one.orgunit, one.evidence) == (OTHER, ("a-v-1", "b-v-1", "c-v-1"))


@pytest.mark.parametrize("kind", ["team", "station"])
def test_teams_and_stations_are_nominated_by_their_activities(kind):
    held = [counted("a", **{kind: "x"}), counted("b", **{kind: "x"}), counted("c", **{kind: None})]
    [one] = found(rules(category(kind, ACTIVITIES)), activities=held)
    assert (one.subject, one.evidence) == ("x", ("a", "b"))


def test_the_best_are_nominated_and_whoever_equals_the_last_of_them():
    rule = rules(category("volunteer", HOURS, best=2))
    rows = [hours("v-1", 9), hours("v-2", 5), hours("v-3", 5), hours("v-4", 4)]
    assert [it.subject for it in found(rule, hours=rows)] == ["v-1", "v-2", "v-3"]


def test_equals_that_would_be_too_many_are_left_out_together():
    rule = rules(category("volunteer", HOURS, best=2))
    rows = [hours("v-best", 9), *(hours(f"v-{n}", 5) for n in range(200))]
    assert [it.subject for it in found(rule, hours=rows)] == ["v-best"]
    assert len(found(rule, hours=rows[:-1])) == 200


def test_a_figure_below_the_minimum_or_without_a_number_nominates_nobody():
    rule = rules(category("subdistrict", ORDERS, least=3))
    some = [counted("a", exact(2, "order")), counted("b", not_stated("order"), OTHER)]
    assert found(rule, orders=some) == []
    over = Quantity.from_json({"value": "3", "qualifier": "over", "unit": "order", "stated": None})
    assert subjects(found(rule, orders=[counted("c", over)])) == [(STREET, 3)]


def test_without_a_rule_nobody_is_nominated():
    assert found(rules(category("department"))) == []


def test_the_order_of_the_events_does_not_matter():
    rule = rules(category("subdistrict", ORDERS, least=1), category("volunteer", HOURS, least=1))
    orders = [counted(f"o{n}", orgunit=f"41010300{n % 4}") for n in range(12)]
    rows = [hours(f"v-{n % 5}", n + 1, f"h{n}") for n in range(15)]
    first = found(rule, orders=orders, hours=rows)
    for seed in range(5):
        random.Random(seed).shuffle(orders)
        random.Random(seed).shuffle(rows)
        assert found(rule, orders=orders, hours=rows) == first
