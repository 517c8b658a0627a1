"""A dry run finds what a service would refuse, as far as the file and the registry say it."""

import pytest

from deploy.local.facts.checks import check
from deploy.local.facts.fact_builder import FactBuilder, on
from deploy.local.facts.identity import Key
from shared.domain.errors import NeedsConfirmation, ValidationFailed
from shared.domain.periods import Week, parse_day, parse_instant

NOW = parse_instant("2017-02-13T12:00:00+08:00")
UNITS = {
    "410103006": {"valid_from": None, "valid_to": None},
    "410103002": {"valid_from": None, "valid_to": "2017-02-01"},
}
VISITS = {"value": "3", "qualifier": "exact", "unit": "visit", "stated": None}


def checked(day="2017-02-07", confirms=False, **changed):
    builder = FactBuilder("relief", Key("visits-1", "visits-1", Week(2017, 6)))
    given = {"orgunit": "410103006", "kind": "household", "visits": VISITS} | changed
    builder.create("record_visits", on(parse_day(day)), **given)
    [step] = builder.fact.steps
    check(step, step.arguments, UNITS, NOW, confirms)


def test_what_the_service_would_take_is_fine():
    checked()


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"orgunit": "410103099"}, "orgunit"),
        ({"orgunit": "410103002"}, "orgunit"),
        ({"day": "2017-02-20"}, "time"),
        ({"kind": "school"}, "kind"),
        ({"visits": VISITS | {"unit": "person"}}, "visits"),
    ],
)
def test_what_the_service_would_refuse_is_found(changed, field):
    with pytest.raises(ValidationFailed) as refused:
        checked(**changed)
    assert set(refused.value.data) == {field}


def test_an_unlikely_value_is_found_until_it_is_confirmed():
    many = VISITS | {"value": "900000"}
    with pytest.raises(NeedsConfirmation):
        checked(visits=many)
    checked(visits=many, confirms=True)
