"""The league: shares of counts, ties with one rank, and nobody ranked by too few."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import of_kind, pair_of_kind
from services.supervision.briefing.ranking import (
    LEAST_DENOMINATOR,
    MEASURES,
    REASONS,
    interval,
    league,
)
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year

WEEK = Week(2017, 6)
DELIVERED = "relief.orders_delivered_share"
ONE, OTHER, THIRD = "410103001", "410103002", "410103003"


def event(kind, subject, version, unit, data, day="2017-02-08"):
    service = kind.split(".")[0]
    return {
        "id": f"{subject}-{version}",
        "source": f"/warm/{service}",
        "type": kind,
        "subject": subject,
        "subjectsequence": version,
        "sourcesequence": version,
        "orgunit": unit,
        "time": f"{day}T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": f"{day}T09:00:00+08:00",
        "data": data,
    }


def unit(code, **change):
    data = {
        "code": code,
        "name": f"街道{code[-1]}",
        "parent": code[:-3] if len(code) > 6 else None,
        "valid_from": None,
        "valid_to": None,
        "retired": False,
    }
    return [event("supervision.orgunit.registered", code, 1, code, data | change)]


def orders(code, raised, delivered, day="2017-02-08"):
    for number in range(raised):
        data = {"status": "raised", "due": "2017-03-01", "raised_on": day, "delivered_on": day}
        data |= {"items": [], "category": "daily_necessities"}
        subject = f"order-{code}-{number}"
        told = [event("relief.order.raised", subject, 1, code, data, day)]
        if number < delivered:
            done = data | {"status": "delivered"}
            told.append(event("relief.order.delivered", subject, 2, code, done, day))
        yield told


def table(*subjects, registry=None):
    week = FoldedWeek(WEEK, PRESENT)
    for events in [unit("410103"), *(registry or [unit(ONE), unit(OTHER), unit(THIRD)])]:
        week.add(events)
    for events in subjects:
        week.add(events)
    return next(table for table in league(week) if table["measure"] == DELIVERED)


def ranks(found):
    return {row["orgunit"]: row["rank"] for row in found["rows"]}


def test_the_best_share_is_first_whatever_its_counts():
    found = table(*orders(ONE, 10, 5), *orders(OTHER, 5, 4), *orders(THIRD, 20, 1))
    assert ranks(found) == {OTHER: 1, ONE: 2, THIRD: 3}
    first = found["rows"][0]
    assert (first["numerator"], first["denominator"], first["share"]) == ("4", "5", "80.0")


@pytest.mark.parametrize(
    ("done", "of", "expected"),
    [
        # As tables of Wilson's interval have them.
        (0, 5, ("0.0", "43.4")),
        (5, 6, ("43.6", "97.0")),
        (50, 100, ("40.4", "59.6")),
        (5, 5, ("56.6", "100.0")),
    ],
)
def test_a_share_has_an_interval_that_is_wide_where_few_were_counted(done, of, expected):
    found = table(*orders(ONE, of, done))["rows"][0]
    assert (found["interval"]["low"], found["interval"]["high"]) == expected


@given(st.integers(1, 400), st.data())
def test_the_ends_of_an_interval_are_the_shares_that_just_agree_with_what_was_counted(of, data):
    """Wilson's definition: at its ends the share is 1.96 standard errors from what was found. They
    are rounded to a tenth."""
    done = data.draw(st.integers(0, of))
    ends = interval(done, of)

    def agrees(percent):
        share = min(max(percent / 100, 0), 1)
        return abs(done / of - share) <= 1.96 * math.sqrt(share * (1 - share) / of) + 1e-9

    low, high = (float(ends[name]) for name in ("low", "high"))
    assert agrees(low + 0.051) and agrees(high - 0.051)
    assert low == 0 or not agrees(low - 0.051)
    assert high == 100 or not agrees(high + 0.051)


def test_without_a_share_there_is_no_interval():
    assert interval(0, 0) is None and interval(3, 2) is None
    assert {row["interval"] for row in table()["rows"]} == {None}


def test_ties_share_a_rank_and_the_next_one_is_left_out():
    found = table(*orders(ONE, 6, 3), *orders(OTHER, 10, 5), *orders(THIRD, 5, 1))
    assert ranks(found) == {ONE: 1, OTHER: 1, THIRD: 3}


def test_shares_that_read_alike_are_no_tie():
    found = table(*orders(ONE, 2001, 1001), *orders(OTHER, 2000, 1000))
    assert found["rows"][0]["share"] == found["rows"][1]["share"] == "50.0"
    assert ranks(found) == {ONE: 1, OTHER: 2, THIRD: None}


def test_a_denominator_of_0_is_not_applicable():
    row = table()["rows"][0]
    assert (row["share"], row["rank"], row["standing"]["code"]) == (None, None, "n/a")


def test_nobody_is_ranked_by_too_few():
    least = LEAST_DENOMINATOR
    found = table(*orders(ONE, least - 1, least - 1), *orders(OTHER, least, 1))
    assert ranks(found) == {OTHER: 1, ONE: None, THIRD: None}
    standing = {row["orgunit"]: row["standing"]["code"] for row in found["rows"]}
    assert standing == {OTHER: "ranked", ONE: "too_few", THIRD: "n/a"}


def test_what_was_raised_before_counts_and_what_comes_after_does_not():
    found = table(*orders(ONE, 5, 2, "2017-01-04"), *orders(OTHER, 5, 2, "2017-02-13"))
    assert ranks(found) == {ONE: 1, OTHER: None, THIRD: None}


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"retired": True}, "retired_some_day"),
        ({"retired": True, "valid_to": "2017-02-06"}, "retired"),
        ({"valid_from": "2017-02-13"}, "not_yet"),
    ],
)
def test_a_unit_that_was_not_there_is_left_out_with_the_reason(change, reason):
    found = table(*orders(ONE, 5, 5), registry=[unit(ONE, **change), unit(OTHER)])
    assert [row["orgunit"] for row in found["rows"]] == [OTHER]
    [left] = found["excluded"]
    assert (left["orgunit"], left["reason"]["code"]) == (ONE, reason)


@pytest.mark.parametrize(
    ("kind", "zh"),
    [
        (Week, "本周已撤销"),
        (Month, "本月前已撤销"),
        (HalfYear, "本期前已撤销"),
        (Year, "本年度前已撤销"),
    ],
)
def test_both_languages_say_that_it_was_dissolved_before_a_longer_period(kind, zh):
    said = pair_of_kind(REASONS["retired"], kind)
    assert said == (zh, f"dissolved before the {of_kind('{period}', kind, 'en')}")


def test_a_unit_dissolved_within_the_week_is_still_in():
    dissolved = unit(ONE, retired=True, valid_to="2017-02-10")
    assert ranks(table(*orders(ONE, 5, 5), registry=[dissolved])) == {ONE: 1}


@pytest.mark.parametrize("services, left_out", [(["relief"], True), (["clinics"], False)])
def test_a_unit_that_need_not_report_to_the_service_is_left_out(services, left_out):
    data = {"services": services, "first": "2017-W05", "last": None, "reason": "搬迁"}
    exempted = [event("supervision.reporter.exempted", "exempt", 1, ONE, data)]
    found = table(exempted, registry=[unit(ONE), unit(OTHER)])
    assert (ONE in ranks(found)) != left_out
    assert [row["reason"]["code"] for row in found["excluded"]] == ["exempt"] * left_out


def test_what_communities_did_counts_for_their_sub_district():
    assert ranks(table(*orders(f"{ONE}006", 5, 5)))[ONE] == 1


def test_every_measure_says_in_both_languages_what_is_divided_by_what():
    for measure in MEASURES:
        assert measure.zh and measure.en.isascii()
        assert measure.numerator.split(".")[0] == measure.service


def test_a_rejected_or_withdrawn_order_lowers_no_share():
    def ended(number, verb):
        data = {"status": verb, "due": "2017-03-01", "raised_on": "2017-02-08", "items": []}
        data |= {"delivered_on": None, "category": "daily_necessities"}
        subject = f"order-{verb}-{number}"
        raised = event("relief.order.raised", subject, 1, ONE, data | {"status": "raised"})
        return [raised, event(f"relief.order.{verb}", subject, 2, ONE, data)]

    told = [*orders(ONE, 6, 3), *(ended(number, "rejected") for number in range(3))]
    told += [ended(number, "withdrawn") for number in range(3)]
    [row] = [row for row in table(*told)["rows"] if row["orgunit"] == ONE]
    assert (row["numerator"], row["denominator"], row["share"]) == ("3", "6", "50.0")
