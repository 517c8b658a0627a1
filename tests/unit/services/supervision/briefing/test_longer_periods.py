"""What a report on a longer period says that a weekly briefing doesn't."""

import pytest

from services.supervision.briefing.sections.planned import OUTCOMES
from services.supervision.editions.public import public
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from tests.unit.services.supervision.briefing.test_week_parts import (
    action,
    activity,
    event,
    finding,
    group,
    plan,
    service_day,
    street,
    whole,
)

FEBRUARY, MARCH = Month(2017, 2), Month(2017, 3)
DISTRICT = "410103"
# Its Thursday is 2 March, so it belongs to March as a whole.
WEEK_IN_TWO = "2017-02-27"


def in_week(day, **more):
    """Visits of which only the week is known that begins on this day."""
    amount = {"value": "3", "qualifier": "exact", "unit": "visit", "stated": None}
    return event(
        "relief.visit.recorded",
        f"visit-{day}",
        day=day,
        **{"kind": "household", "visits": amount} | more,
    ) | {"timeprecision": "week"}


def nil(day):
    data = {"period": str(Week.parse("2017-W09")), "status": "reported"}
    return event("relief.nil.reported", f"nil-{day}", day=day, **data) | {"timeprecision": "week"}


def clinic(subject, verb, day, planned_for, first=None, **data):
    told = {"status": verb, "planned_for": planned_for, "first_planned_for": first or planned_for}
    told |= {"venue": "广场", "held_on": day if verb == "held" else None} | data
    return event(f"clinics.clinic.{verb}", subject, day=day, **told)


def report(code, week, version=1, verb="recorded", **data):
    """A group's report of the week."""
    told = {"status": "recorded", "group": f"group:{code}", "nil": False, "period": week} | data
    kind, day = f"supervision.group_report.{verb}", str(Week.parse(week).first_day)
    made = event(kind, f"report-{code}-{week}", version, day, DISTRICT, **told)
    return made | {"timeprecision": "week"}


def formed(code, zh, day="2017-01-09"):
    made = group(f"group:{code}", code=code, name={"zh": zh})
    return made | {"time": f"{day}T09:00:00+08:00", "recordedtime": f"{day}T09:00:00+08:00"}


def done(zh):
    return {"done": {"zh": zh, "en": f"en {zh}"}}


CLINICS, JOBS, LAW = formed("clinics", "义诊组"), formed("jobs", "就业组"), formed("law", "普法组")
REPORTS = [
    report("clinics", "2017-W05", **done("两场义诊")),
    report("clinics", "2017-W06", nil=True),
    report("clinics", "2017-W07", **done("三场义诊")),
    report("jobs", "2017-W08", nil=True),
]
EXAMPLE = [
    *(CLINICS, JOBS, LAW, *REPORTS, plan(special_groups=13)),
    *(activity("a", "2017-02-08", planned_for="2017-02-08"), activity("b", "2017-02-15")),
    clinic("c", "held", "2017-02-10", "2017-02-10"),
    clinic("d", "postponed", "2017-02-20", "2017-03-03", first="2017-02-21"),
    clinic("e", "cancelled", "2017-02-22", "2017-02-23", reason="大风"),
    clinic("f", "planned", "2017-02-01", "2017-02-24"),
    event(
        "supervision.practice.recognised",
        "practice",
        day="2017-02-16",
        status="recorded",
        what={"zh": "流动服务车"},
    ),
    finding("open", "2017-02-10", responsible="区城管局") | {"time": "2017-02-03T09:00:00+08:00"},
    finding("closed", "2017-02-20", verb="closed", status="closed", closed_on="2017-02-08"),
    action("late", "2017-02-20"),
    action("carried", "2017-03-20", first_due="2017-02-20"),
    in_week("2017-02-06"),
    in_week(WEEK_IN_TWO),
    service_day(),
]


def example(period=FEBRUARY):
    return whole(*EXAMPLE, period=period)


def known_to_week(made):
    found = made["notes"]["known_to_week"]
    return found["events"], {row["week"]: (row["period"], row["events"]) for row in found["weeks"]}


def test_it_says_how_many_reports_are_known_only_to_their_week_and_where_they_went():
    events = [in_week("2017-02-06"), in_week(WEEK_IN_TWO), activity("a", "2017-02-28")]
    assert known_to_week(whole(*events, period=FEBRUARY)) == (
        1,
        {"2017-W05": ("2017-02", 0), "2017-W09": ("2017-03", 1)},
    )
    assert known_to_week(whole(*events, period=MARCH)) == (
        1,
        {"2017-W09": ("2017-03", 1), "2017-W13": ("2017-03", 0)},
    )


def test_a_nil_report_is_of_a_week_anyway():
    events, weeks = known_to_week(whole(nil(WEEK_IN_TWO), period=MARCH))
    assert (events, weeks["2017-W09"]) == (0, ("2017-03", 0))


def test_a_report_known_only_to_its_week_is_listed_with_that_week():
    visits = [
        row
        for section in whole(in_week(WEEK_IN_TWO), period=MARCH)["sections"]
        for row in section["items"]
        if row["kind"] == "visit"
    ]
    [row] = visits
    assert row["said"]["zh"].startswith("2017年第9周（具体日期未报）")
    assert row["said"]["en"].startswith("during 2017-W09 (day not stated)")


def test_a_week_says_nothing_of_this():
    made = example(Week(2017, 6))
    assert "known_to_week" not in made["notes"]
    assert not {"planned", "rectified"} & made.keys()
    assert all("weeks" not in row for row in made["groups"]["reports"])


def reports(made):
    return {row["name"]["zh"]: row for row in made["groups"]["reports"]}


def test_each_group_has_the_weeks_of_progress_nil_and_silence_and_the_last_progress():
    rows = reports(example())
    assert {name: row["state"]["code"] for name, row in rows.items()} == {
        "义诊组": "progress",
        "就业组": "nil",
        "普法组": "silent",
    }
    assert rows["义诊组"]["weeks"] == {
        "progress": ["2017-W05", "2017-W07"],
        "nil": ["2017-W06"],
        "silent": ["2017-W08"],
    }
    assert (rows["义诊组"]["week"], rows["义诊组"]["done"]["zh"]) == ("2017-W07", "三场义诊")
    assert rows["就业组"]["weeks"]["silent"] == ["2017-W05", "2017-W06", "2017-W07"]
    assert (rows["就业组"]["week"], rows["就业组"]["done"]) == (None, None)


def test_a_group_has_to_report_from_the_week_on_in_which_it_was_formed():
    [row] = reports(whole(formed("law", "普法组", "2017-02-15"), period=FEBRUARY)).values()
    assert row["weeks"]["silent"] == ["2017-W07", "2017-W08"]


def test_a_group_that_was_dissolved_keeps_the_weeks_before():
    dissolved = event(
        "supervision.group.dissolved",
        "group:law",
        2,
        "2017-02-15",
        DISTRICT,
        **LAW["data"] | {"status": "dissolved"},
    )
    [row] = reports(whole(LAW, dissolved, period=FEBRUARY)).values()
    assert row["weeks"]["silent"] == ["2017-W05", "2017-W06"]


def test_a_withdrawn_report_leaves_its_week_silent():
    first = report("law", "2017-W06", **done("讲座"))
    withdrawn = report("law", "2017-W06", 2, "corrected", status="withdrawn")
    [row] = reports(whole(LAW, first, withdrawn, period=FEBRUARY)).values()
    assert "2017-W06" in row["weeks"]["silent"] and row["weeks"]["progress"] == []


def planned(made):
    """Kind → numbers of planned, done, postponed, cancelled, not done, and done without a plan."""
    names = ("planned", *OUTCOMES, "unplanned")
    return {row["kind"]["en"]: tuple(row[name] for name in names) for row in made["planned"]}


def test_what_was_planned_is_compared_with_what_was_done():
    assert planned(example()) == {
        "volunteer activity": (1, 1, 0, 0, 0, 1),
        "free clinic": (4, 1, 1, 1, 1, 0),
        "job fair": (0, 0, 0, 0, 0, 0),
        "milestone of a platform": (0, 0, 0, 0, 0, 0),
        "action": (2, 0, 1, 0, 1, 0),
    }


def test_what_was_moved_into_the_month_is_planned_for_it():
    moved = clinic("d", "postponed", "2017-02-20", "2017-03-03", first="2017-02-21")
    held = clinic("d", "held", "2017-03-03", "2017-03-03", first="2017-02-21", version=2)
    held |= {"subjectsequence": 2, "id": "d-2"}
    assert planned(whole(moved, held, period=FEBRUARY))["free clinic"] == (1, 0, 1, 0, 0, 0)
    assert planned(whole(moved, held, period=MARCH))["free clinic"] == (1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "status, target, reached, numbers",
    [
        ("done", "2017-02-20", "2017-02-08", (1, 1, 0, 0, 0, 0)),
        ("done", None, "2017-02-08", (0, 0, 0, 0, 0, 1)),
        ("in_progress", "2017-02-20", None, (1, 0, 0, 0, 1, 0)),
        ("dropped", "2017-02-20", None, (1, 0, 0, 1, 0, 0)),
        ("done", "2017-03-20", "2017-01-20", (0, 0, 0, 0, 0, 0)),
    ],
)
def test_a_milestone_is_planned_for_the_month_of_its_target(status, target, reached, numbers):
    verb, day = ("reached", reached) if reached else ("set", "2017-02-08")
    told = {"platform": "p", "what": {"zh": "选址"}, "status": status}
    told |= {"target": target, "reached_on": reached}
    milestone = event(f"supervision.milestone.{verb}", "m", day=day, **told)
    assert planned(whole(milestone, period=FEBRUARY))["milestone of a platform"] == numbers


def test_what_was_rectified_is_listed_in_the_month_of_its_closing():
    made, after = example(), example(MARCH)
    assert [row["closed_on"] for row in made["rectified"]] == ["2017-02-08"]
    assert after["rectified"] == []
    assert [row["overdue"] for row in made["rectification"]] == [True]
    assert [row["overdue"] for row in after["rectification"]] == [True]


@pytest.mark.parametrize(
    "recorded, listed", [("2017-03-07", 1), ("2017-03-31", 1), ("2017-04-03", 0)]
)
def test_what_came_late_is_listed_whenever_it_was_entered_between_the_cut_offs(recorded, listed):
    late = activity("a", "2017-02-08") | {"recordedtime": f"{recorded}T13:00:00+08:00"}
    rows = whole(late, period=MARCH)["late_events"]["rows"]
    assert [(row["week"], row["happened_on"]) for row in rows] == [
        ("2017-02", "2017-02-08")
    ] * listed


def test_every_day_of_the_month_is_looked_at_for_service_days():
    made = whole(service_day(), period=FEBRUARY)
    held = [row["held_on"] for row in made["sections"][0]["items"] if row["kind"] == "service_day"]
    assert held == ["2017-02-27"]
    assert [row["planned_for"] for row in made["plan"]] == ["2017-03-27"]


@pytest.mark.parametrize("period", [FEBRUARY, HalfYear(2017, 1), Year(2017)])
def test_the_public_edition_has_no_numbers_of_residents_and_nothing_that_offices_owe(period):
    made = public(whole(street(), *EXAMPLE, period=period) | {"edition": "internal"}, [], 5)
    assert made["notes"]["known_to_week"]["events"] is None
    assert {row["events"] for row in made["notes"]["known_to_week"]["weeks"]} <= {None}
    assert "action" not in planned(made)
    assert planned(made)["free clinic"] == planned(example(period))["free clinic"]
    assert all(row["done"] is None for row in made["groups"]["reports"])
    assert [row["weeks"] for row in made["groups"]["reports"]] == [
        row["weeks"] for row in example(period)["groups"]["reports"]
    ]
    assert all(row["asset"] is None for row in made["rectified"])
