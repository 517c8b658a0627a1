"""What is known to the week only never becomes a day."""

from datetime import datetime

import pytest

from services.clinics.documents import Clinic
from services.supervision.indicators import INDICATORS
from shared.contracts.envelope import Moment
from shared.domain.errors import ValidationFailed
from shared.domain.periods import SHANGHAI


def moment(day, precision):
    return Moment(datetime.fromisoformat(day).replace(tzinfo=SHANGHAI), precision)


THAT_WEEK = moment("2017-02-06", "week")


@pytest.fixture
def held():
    clinic = Clinic(
        id="clinic",
        orgunit="410103006",
        status="filed",
        venue="广场",
        planned_for="2017-02-09",
        first_planned_for="2017-02-09",
    )
    clinic.hold({}, THAT_WEEK)
    return clinic


def test_a_clinic_known_to_the_week_has_no_day(held):
    assert held.state()["held_on"] is None


def test_it_may_be_tallied_with_that_week_or_a_day_of_it(held):
    held.tally({}, moment("2017-02-09", "day"))
    assert held.status == "tallied"


def test_it_is_not_tallied_with_another_week(held):
    with pytest.raises(ValidationFailed, match="2017-W06"):
        held.tally({}, moment("2017-02-13", "day"))


@pytest.mark.parametrize("unknown", ["raised_on", "delivered_on"])
def test_days_to_deliver_need_both_days(unknown):
    take = INDICATORS["relief.days_to_deliver_median"].take
    known = {"raised_on": "2017-02-07", "delivered_on": "2017-02-10"}
    assert take(known) == 3
    assert take(known | {unknown: None}) is None
