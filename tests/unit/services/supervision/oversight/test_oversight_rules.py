"""Oversight's rules: due days in working days, and which findings repeat an earlier one."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.oversight.rules import (
    RECTIFY_WORKDAYS,
    REPEAT_DAYS,
    VOID,
    asset_key,
    due_on,
    repeat_of,
)
from shared.contracts.events.oversight import FINDING_KINDS, FINDING_STATUSES
from shared.domain.workdays import Calendar

DAY = date(2017, 6, 1)


def finding(id="earlier", days_before=7, status="closed", patrol=None):
    earliest = (DAY - timedelta(days=days_before)).isoformat()
    return SimpleNamespace(id=id, earliest=earliest, status=status, patrol=patrol)


@pytest.mark.parametrize(
    "kind, reported, due",
    [
        ("safety", "2017-02-07", "2017-02-10"),
        # Off from 27 January to 2 February; Saturday 4 February was worked in exchange.
        ("safety", "2017-01-26", "2017-02-06"),
        ("facility", "2017-02-09", "2017-02-16"),
    ],
)
def test_a_finding_is_due_in_working_days_of_the_real_calendar(kind, reported, due):
    assert due_on(kind, date.fromisoformat(reported), Calendar()).day == date.fromisoformat(due)


def test_every_kind_has_a_limit():
    assert RECTIFY_WORKDAYS.keys() == FINDING_KINDS.keys()


@pytest.mark.parametrize(
    "one, other", [("银基 大厦", "银基大厦"), ("Ａ座", "a座"), ("A 座 ", "A座")]
)
def test_an_asset_is_the_same_however_it_is_written(one, other):
    assert asset_key(one) == asset_key(other)


def test_two_assets_are_two_and_none_is_none():
    assert asset_key("A座") != asset_key("B座")
    assert asset_key(None) is None


@pytest.mark.parametrize(
    "days_before, repeats",
    [(0, True), (1, True), (REPEAT_DAYS, True), (REPEAT_DAYS + 1, False), (-1, False)],
)
def test_a_repeat_comes_within_so_many_days_and_never_before(days_before, repeats):
    found = repeat_of(DAY, None, [finding(days_before=days_before)])
    assert found == ("earlier" if repeats else None)


@pytest.mark.parametrize("status", FINDING_STATUSES)
def test_what_turned_out_to_be_none_is_not_repeated(status):
    found = repeat_of(DAY, None, [finding(status=status)])
    assert (found is None) == (status in VOID)


def test_one_patrol_does_not_repeat_itself():
    assert repeat_of(DAY, "round-1", [finding(patrol="round-1")]) is None
    assert repeat_of(DAY, "round-2", [finding(patrol="round-1")]) == "earlier"
    assert repeat_of(DAY, None, [finding()]) == "earlier"


@given(st.permutations([("a", 80), ("b", 3), ("c", 40), ("d", 3), ("e", 91), ("f", -2)]))
def test_the_latest_one_is_repeated_in_whatever_order_they_are_known(others):
    assert repeat_of(DAY, None, [finding(id, days) for id, days in others]) == "d"
