"""The programme's first week: what was before it is in no sum, mean or share, and is listed."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.briefing.table import table
from services.supervision.forms import rendering
from services.supervision.indicators import PRESENT, RULES, rules_of
from shared.contracts.beginning import MAY_BE_OLDER, is_before_programme
from shared.contracts.events import EVENT_TYPES
from shared.domain import canonical
from shared.domain.periods import Week
from shared.domain.wording import LANGUAGES
from tests.support.district import histories, naive
from tests.unit.services.supervision.briefing.test_table import REGISTRY, printed
from tests.unit.services.supervision.briefing.test_week_parts import event
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD

COMPLETED = "volunteering.activities_completed"
W06, W07, W08, W09 = (Week(2017, week) for week in (6, 7, 8, 9))
weeks = st.sampled_from(histories.WEEKS)


def made(events, week, first_week, rules=PRESENT):
    freeze = FREEZE | {"rules": rules.version, "first_week": str(first_week)}
    folded = fold_week(week, rules_of(freeze), naive.by_subject([*REGISTRY, *events]))
    return json.loads(canonical.dumps(document(draft(folded, freeze), MASTHEAD)))


def read(shown):
    value = shown["value"]
    return (None if value is None else Fraction(value), shown["qualifier"])


def expected(code, figure):
    value, qualifier, _ = printed(code, figure)
    return (None if value is None else Fraction(value), qualifier)


@settings(max_examples=60, deadline=None)
@given(histories.histories(), weeks, weeks)
def test_every_sum_and_every_last_week_is_the_oracles(events, week, first):
    week, first = max(week, first), min(week, first)
    rules = PRESENT.beginning_in(first)
    found = table(fold_week(week, rules, naive.by_subject([*events, *REGISTRY])))
    for row in found:
        code, unit = row["indicator"], row["orgunit"]
        assert read(row) == expected(code, naive.cell(events, code, unit, week))
        if code not in naive.LEVELS:
            whole = naive.cumulative(events, code, unit, week, first)
            assert read(row["cumulative"]) == expected(code, whole)
        if week == first:
            assert row["previous"] is None
        else:
            before = naive.cell(events, code, unit, week.previous())
            assert read(row["previous"]) == expected(code, before)


def done(number, day):
    """An activity of that day."""
    name = {"zh": "打扫卫生"}
    data = {"status": "completed", "name": name, "held_on": day}
    return event("volunteering.activity.completed", f"activity-{number}", day=day, **data)


def row(document, code=COMPLETED):
    return next(it for it in document["headline_table"] if it["indicator"] == code)


def test_one_old_fact_makes_no_four_week_mean():
    """Before: the mean of W07 had two weeks before the programme in it."""
    told = [done(1, "1999-01-06"), *(done(number, "2017-02-15") for number in (2, 3))]
    for week in (W06, W07, W08):
        assert row(made(told, week, W06))["mean"]["en"] == "—"
    fourth = row(made(told, W09, W06))
    assert (fourth["mean"]["value"], fourth["cumulative"]["value"]) == ("0.5", "2")
    assert row(made(told, W06, W06))["cumulative"]["value"] == "0"


def test_the_first_week_has_nothing_to_compare_with_and_the_second_has():
    told = [done(1, "2017-02-01")]
    assert row(made(told, W06, W06))["last"]["en"] == "n/a (first week)"
    assert row(made(told, W07, W06))["last"]["value"] == "0"


def test_issues_of_earlier_rules_know_no_first_week():
    told = [done(1, "1999-01-06"), done(2, "2017-02-15")]
    older = made(told, W07, W06, RULES["2017-3"])
    assert row(older)["cumulative"]["value"] == "2"


@pytest.mark.parametrize("recorded", ["1999-01-07", "2017-02-08"], ids=["long ago", "this week"])
def test_what_was_before_the_programme_is_listed_in_its_first_week(recorded):
    old = done(1, "1999-01-06") | {"recordedtime": f"{recorded}T09:00:00+08:00"}
    first = made([old], W06, W06)
    [late] = first["late_events"]["rows"]
    assert (late["week"], late["before_programme"], late["figures"]) == ("1999-W01", True, [])
    words = ("工作首周之前，不计入累计和平均", "before the programme's first week")
    for form in rendering.MEDIA_TYPES:
        for lang, said in zip(LANGUAGES, words, strict=True):
            assert said.replace("'", "&#39;" if form == "html" else "'") in rendering.render(
                first, form, lang
            )
    assert made([old], W07, W06)["late_events"]["rows"] == []


def test_what_is_older_and_entered_later_is_listed_in_the_week_of_its_entry():
    old = done(1, "1999-01-06") | {"recordedtime": "2017-02-15T09:00:00+08:00"}
    [late] = made([old], W07, W06)["late_events"]["rows"]
    assert late["before_programme"]
    in_time = done(2, "2017-02-08") | {"recordedtime": "2017-02-15T09:00:00+08:00"}
    [late] = made([in_time], W07, W06)["late_events"]["rows"]
    assert not late["before_programme"]
    assert COMPLETED in [figure["indicator"] for figure in late["figures"]]


def test_a_station_may_be_older_than_the_programme_and_counts():
    opened = event("volunteering.station.opened", "station", day="2010-05-04", status="open")
    first = made([opened], W06, W06)
    assert row(first, "volunteering.stations")["this"]["value"] == "1"
    assert first["late_events"]["rows"] == []


def order(verb, number, day, version):
    data = {"status": verb, "due": "2017-03-01", "raised_on": day, "delivered_on": day}
    data |= {"items": [], "category": "daily_necessities"}
    told = event(f"relief.order.{verb}", f"order-{number}", version, day=day, **data)
    return told | {"orgunit": "410103006"}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8))
@settings(max_examples=40, deadline=None)
def test_a_share_has_both_parts_of_an_order_or_none(orders):
    """An order raised before the programme and delivered in it is in neither."""
    told, both = [], 0
    for number, days in enumerate(orders):
        raised, delivered = (f"2017-01-{day + 1:02}" for day in sorted(days))
        told += [order("raised", number, raised, 1), order("delivered", number, delivered, 2)]
        both += raised >= "2017-01-16"
    document = made(told, Week(2017, 5), Week(2017, 3))
    share = next(it for it in document["league"] if "delivered_share" in it["measure"])
    row = next(it for it in share["rows"] if it["orgunit"] == "410103006")
    assert (row["numerator"], row["denominator"]) == (str(both), str(both))


def test_what_may_be_older_counts_in_no_flow():
    assert EVENT_TYPES.keys() >= MAY_BE_OLDER
    assert not MAY_BE_OLDER & PRESENT.flows_fed_by.keys()


@pytest.mark.parametrize(
    ("event_type", "week", "first_week", "before"),
    [
        ("relief.visit.recorded", Week(1999, 1), W06, True),
        ("relief.visit.recorded", W06, W06, False),
        ("relief.visit.recorded", Week(1999, 1), None, False),
        ("volunteering.station.opened", Week(1999, 1), W06, False),
        ("clinics.clinic.planned", Week(2017, 5), W06, False),
    ],
)
def test_whether_a_fact_is_of_before_the_programme(event_type, week, first_week, before):
    assert is_before_programme(event_type, week, first_week) is before
