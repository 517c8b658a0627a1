"""Org units: when a code is valid, and which units it lies in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.supervision.documents import OrgUnit
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict
from shared.domain.orgunits import path, valid_on
from shared.domain.periods import parse_instant

NOW = Moment(parse_instant("2017-02-06T12:00:00+08:00"))


def unit(valid_from=None, valid_to=None):
    return {"valid_from": valid_from, "valid_to": valid_to}


@pytest.mark.parametrize(
    "day, valid",
    [
        ("2016-12-31", False),
        ("2017-01-01", True),
        ("2017-02-05", True),
        ("2017-02-06", False),
        ("2017-02-07", False),
    ],
)
def test_a_unit_is_valid_from_its_first_day_until_before_the_day_it_ended(day, valid):
    assert valid_on(unit("2017-01-01", "2017-02-06"), date.fromisoformat(day)) is valid


@given(st.dates())
def test_an_unknown_date_excludes_no_day(day):
    assert valid_on(unit(), day)


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(1, 500))
def test_a_merged_unit_and_its_successor_share_no_day_and_leave_none_out(day, length):
    change = (day + timedelta(days=length)).isoformat()
    for offset in range(-2, 3):
        other = date.fromisoformat(change) + timedelta(days=offset)
        assert valid_on(unit(None, change), other) != valid_on(unit(change), other)


@pytest.mark.parametrize(
    "code, units",
    [
        ("410103", ["410103"]),
        ("410103016", ["410103016", "410103"]),
        ("410103016009", ["410103016009", "410103016", "410103"]),
    ],
)
def test_a_code_names_the_units_it_lies_in_nearest_first(code, units):
    assert path(code) == units


def registered():
    orgunit = OrgUnit(id="410103002", orgunit="410103002", level="subdistrict", name="解放路街道")
    orgunit.register(NOW)
    return orgunit


def test_a_retired_unit_keeps_its_code_and_changes_no_more():
    orgunit = registered()
    orgunit.change("解放路", NOW)
    orgunit.retire("2017-03-01", "410103001", NOW)
    for act in (
        lambda: orgunit.change("新名", NOW),
        lambda: orgunit.retire(None, None, NOW),
    ):
        with pytest.raises(Conflict, match="retired already"):
            act()
    written = [(kind.name, data["name"], data["retired"]) for kind, _, data in orgunit.new_events]
    assert written == [
        ("supervision.orgunit.registered", "解放路街道", False),
        ("supervision.orgunit.changed", "解放路", False),
        ("supervision.orgunit.retired", "解放路", True),
    ]
    for kind, _, data in orgunit.new_events:
        kind.data().load(data)
