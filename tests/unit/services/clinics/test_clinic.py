"""Clinics: the state machine, figures that stay until they are corrected, warnings."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.clinics.documents import Clinic
from services.clinics.rules import warnings
from shared.contracts.envelope import Moment
from shared.contracts.events.clinics import CLINIC_FIGURES, CLINIC_STATUSES, WARNINGS
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated

HELD = Moment(parse_instant("2017-02-09T00:00:00+08:00"), "day")
LATER = Moment(HELD.time + timedelta(days=7), "day")


def amount(value, qualifier, unit):
    return Quantity(Decimal(value), qualifier, unit)


OVER_500 = amount(500, "over", "person_time")
ACTIONS = {
    "file": lambda clinic: clinic.file(HELD),
    "hold": lambda clinic: clinic.hold({"named_institutions": ["郑大一附院"]}, HELD),
    "tally": lambda clinic: clinic.tally({"consultations": OVER_500}, HELD),
    "correct": lambda clinic: clinic.correct(
        {"staff": exact(52, "person")}, False, "重新清点", HELD
    ),
    "postpone": lambda clinic: clinic.postpone("2017-02-16", "下雪", HELD),
    "cancel": lambda clinic: clinic.cancel("下雪", HELD),
}

# action → (statuses from which it is possible, verb of the event)
POSSIBLE = {
    "file": (["planned", "postponed"], "filed"),
    "hold": (["filed"], "held"),
    "tally": (["held"], "tallied"),
    "correct": (["held", "tallied"], "corrected"),
    "postpone": (["planned", "filed", "postponed"], "postponed"),
    "cancel": (["planned", "filed", "postponed"], "cancelled"),
}
WAYS = {
    "planned": [],
    "filed": ["file"],
    "held": ["file", "hold"],
    "tallied": ["file", "hold", "tally"],
    "postponed": ["file", "postpone"],
    "cancelled": ["cancel"],
}
PAIRS = [(status, action) for status in CLINIC_STATUSES for action in POSSIBLE]
ALLOWED = [(status, action) for status, action in PAIRS if status in POSSIBLE[action][0]]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]


def clinic_that_is(status):
    clinic = Clinic(
        id="clinic-1",
        orgunit="410103006",
        venue="郑大一附院门诊楼广场",
        planned_for="2017-02-09",
        first_planned_for="2017-02-09",
    )
    clinic.plan(HELD)
    for action in WAYS[status]:
        ACTIONS[action](clinic)
    assert clinic.status == status
    return clinic


def last_event(clinic):
    event_type, moment, data = clinic.new_events[-1]
    event_type.data().load(data)
    return event_type.name, data


@pytest.mark.parametrize("status, action", REFUSED)
def test_an_impossible_action_is_refused_with_the_reason(status, action):
    clinic = clinic_that_is(status)
    before, happened = clinic.state(), len(clinic.new_events)
    with pytest.raises(Conflict) as caught:
        ACTIONS[action](clinic)
    assert caught.value.data == {
        "kind": "clinic",
        "id": "clinic-1",
        "action": action,
        "status": status,
        "possible_from": POSSIBLE[action][0],
    }
    assert (clinic.state(), len(clinic.new_events)) == (before, happened)


@pytest.mark.parametrize("status, action", ALLOWED)
def test_a_possible_action_is_one_event_of_the_whole_state(status, action):
    clinic = clinic_that_is(status)
    happened = len(clinic.new_events)
    ACTIONS[action](clinic)
    assert len(clinic.new_events) == happened + 1
    assert last_event(clinic) == (f"clinics.clinic.{POSSIBLE[action][1]}", clinic.state())
    clinic.validate()


def test_figures_begin_as_not_stated():
    state = clinic_that_is("held").state()
    for name, unit in CLINIC_FIGURES.items():
        assert state[name] == not_stated(unit).to_json()


def test_two_clinics_share_no_figures():
    one, other = clinic_that_is("held"), clinic_that_is("held")
    ACTIONS["tally"](one)
    assert other.state()["consultations"]["qualifier"] == "not_stated"


def test_a_tally_keeps_what_was_reported_before_and_a_correction_the_rest():
    clinic = clinic_that_is("tallied")
    ACTIONS["correct"](clinic)
    state = last_event(clinic)[1]
    assert state["named_institutions"] == ["郑大一附院"]
    assert state["consultations"] == OVER_500.to_json()
    assert state["staff"] == exact(52, "person").to_json()
    assert (state["status"], state["reason"]) == ("tallied", "重新清点")


def test_an_event_keeps_the_figures_of_its_own_moment():
    clinic = clinic_that_is("tallied")
    clinic.correct({"consultations": exact(620, "person_time")}, False, "重新清点", HELD)
    values = [data["consultations"]["value"] for _, _, data in clinic.new_events]
    assert values == [None, None, None, "500", "620"]


def test_a_postponed_clinic_keeps_its_first_date():
    clinic = clinic_that_is("postponed")
    clinic.postpone("2017-02-23", "还在下雪", LATER)
    state = last_event(clinic)[1]
    assert (state["first_planned_for"], state["planned_for"]) == ("2017-02-09", "2017-02-23")


def test_a_tally_of_another_day_is_refused():
    with pytest.raises(ValidationFailed) as caught:
        clinic_that_is("held").tally({}, LATER)
    assert set(caught.value.data) == {"time"}


def test_a_correction_may_move_the_day():
    clinic = clinic_that_is("tallied")
    clinic.correct({}, False, "日期有误", LATER)
    assert last_event(clinic)[1]["held_on"] == "2017-02-16"


PLAUSIBLE = {
    "institutions": exact(6, "institution"),
    "departments": amount(20, "about", "department"),
    "staff": amount(50, "over", "person"),
    "consultations": OVER_500,
    "prescriptions": amount(200, "over", "prescription"),
    "named_institutions": ["郑大一附院", "郑大三附院"],
    "named_departments": ["内心科"] * 8,
}


def warned(**change):
    figures = PLAUSIBLE | change
    return warnings(
        {
            name: value.to_json() if isinstance(value, Quantity) else value
            for name, value in figures.items()
        }
    )


@pytest.mark.parametrize(
    "change, expected",
    [
        ({}, []),
        ({"consultations": exact(150, "person_time")}, ["prescriptions_exceed_consultations"]),
        # More than 200 of one and exactly 200 of the other can't both be.
        ({"consultations": exact(200, "person_time")}, ["prescriptions_exceed_consultations"]),
        ({"consultations": exact(201, "person_time")}, []),
        (
            {
                "consultations": exact(200, "person_time"),
                "prescriptions": exact(200, "prescription"),
            },
            [],
        ),
        (
            {"consultations": amount(199, "at_most", "person_time")},
            ["prescriptions_exceed_consultations"],
        ),
        (
            {
                "consultations": exact(200, "person_time"),
                "prescriptions": amount(300, "at_most", "prescription"),
            },
            [],
        ),
        # An open figure has no ceiling, an unknown one neither.
        ({"consultations": amount(100, "over", "person_time")}, []),
        ({"consultations": amount(100, "about", "person_time")}, []),
        ({"consultations": not_stated("person_time")}, []),
        ({"staff": exact(5, "person")}, ["fewer_staff_than_institutions"]),
        ({"staff": exact(6, "person")}, []),
        ({"institutions": not_stated("institution"), "staff": exact(0, "person")}, []),
        ({"institutions": exact(1, "institution")}, ["more_named_than_stated"]),
        ({"departments": exact(7, "department")}, ["more_named_than_stated"]),
        ({"departments": exact(8, "department")}, []),
        ({"departments": amount(5, "about", "department")}, []),
    ],
)
def test_an_implausible_figure_causes_a_warning(change, expected):
    assert warned(**change) == expected
    assert set(expected) <= WARNINGS.keys()


def test_a_warning_blocks_nothing():
    clinic = clinic_that_is("held")
    clinic.tally(
        {
            "consultations": exact(10, "person_time"),
            "prescriptions": exact(20, "prescription"),
        },
        HELD,
    )
    assert last_event(clinic)[1]["warnings"] == ["prescriptions_exceed_consultations"]


def test_a_clinic_that_was_not_held_is_filed_again_without_figures():
    clinic = clinic_that_is("tallied")
    clinic.correct({}, True, "误点", HELD)
    kind, told = last_event(clinic)
    assert (kind, told["status"], told["held_on"]) == ("clinics.clinic.corrected", "filed", None)
    assert told["consultations"]["qualifier"] == "not_stated"
    assert told["named_institutions"] == []
    clinic.hold({}, LATER)
    assert last_event(clinic)[1]["held_on"] == "2017-02-16"
