"""What was announced, as it stood at the week's end, whatever became of it since."""

from services.supervision.briefing.assemble import document, draft
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from shared.platform.topology import SERVICES

WEEK = Week.parse("2017-W06")
REGISTERED = {
    "id": "unit",
    "type": "supervision.orgunit.registered",
    "source": "/warm/supervision",
    "subject": "410103",
    "subjectsequence": 1,
    "sourcesequence": 1,
    "time": "2017-02-06T00:00:00+08:00",
    "timeprecision": "day",
    "recordedtime": "2017-02-06T00:00:00+08:00",
    "orgunit": "410103",
    "data": {
        "code": "410103",
        "parent": None,
        "name": "二七区",
        "valid_from": None,
        "valid_to": None,
        "successor": None,
        "retired": False,
    },
}


def clinic(version, verb, day, planned_for, status=None, first="2017-02-13"):
    return {
        "id": f"clinic-{version}",
        "type": f"clinics.clinic.{verb}",
        "source": "/warm/clinics",
        "subject": "clinic",
        "subjectsequence": version,
        "sourcesequence": version,
        "time": f"{day}T09:00:00+08:00",
        "recordedtime": f"{day}T09:00:00+08:00",
        "orgunit": "410103",
        "data": {
            "status": status or verb,
            "venue": "广场",
            "planned_for": planned_for,
            "first_planned_for": first,
            "reason": "下雨",
        },
    }


def folded(*events):
    """The clinics' section and the plan of the week after."""
    week = FoldedWeek(WEEK, PRESENT)
    week.add([REGISTERED])
    week.add(list(events))
    freeze = {"sources": dict.fromkeys(SERVICES, 1), "incomplete": {}, "parked": {}}
    masthead = {"issue": None, "revision": 0, "replaces": None, "status": "draft"}
    made = document(draft(week, freeze), masthead)
    [section] = [part for part in made["sections"] if part["service"] == "clinics"]
    return section, made["plan"]


def test_a_clinic_held_the_day_after_the_week_was_still_a_plan_at_its_end():
    announced = clinic(1, "planned", "2017-02-08", "2017-02-13")
    gone = clinic(2, "cancelled", "2017-02-13", "2017-02-13")
    section, plan = folded(announced, gone)
    assert [entry["planned_for"] for entry in plan] == ["2017-02-13"]
    assert section["cancelled"] == []


def test_a_clinic_that_was_due_and_not_held_is_listed():
    section, plan = folded(clinic(1, "planned", "2017-02-06", "2017-02-10", first="2017-02-10"))
    assert [entry["planned_for"] for entry in section["not_held"]] == ["2017-02-10"]
    assert plan == []


def test_a_clinic_postponed_in_the_week_is_listed_with_its_first_date_and_its_new_one():
    announced = clinic(1, "planned", "2017-02-06", "2017-02-11", first="2017-02-11")
    moved = clinic(2, "postponed", "2017-02-11", "2017-03-01", first="2017-02-11")
    section, _ = folded(announced, moved)
    [entry] = section["postponed"]
    assert (entry["first_planned_for"], entry["planned_for"]) == ("2017-02-11", "2017-03-01")
    assert section["not_held"] == []


def test_what_was_announced_after_the_week_is_not_in_it():
    section, plan = folded(clinic(1, "planned", "2017-02-13", "2017-02-15"))
    assert (section["not_held"], plan) == ([], [])


def test_an_event_of_a_type_that_is_newer_than_this_program_changes_nothing():
    announced = clinic(1, "planned", "2017-02-08", "2017-02-13")
    newer = clinic(2, "rehearsed", "2017-02-09", "2017-02-13")
    newer["data"] = {}
    _, plan = folded(announced, newer)
    assert [entry["planned_for"] for entry in plan] == ["2017-02-13"]
