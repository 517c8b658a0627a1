"""How a subject stood at a week's end: corrections decide before weeks do."""

import pytest

from services.supervision.briefing.completeness import WeekReports
from services.supervision.figures.as_of import apply_corrections, as_of, since_corrected
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from tests.unit.services.supervision.briefing.test_week_parts import (
    WEEK,
    activity,
    event,
    finding,
    section,
    whole,
)

NEXT = WEEK.next()
UNIT = "410103006"
OTHER_DAY = "2017-02-14"


def patrol(day, verb="recorded", version=1, **data):
    return event(
        f"supervision.patrol.{verb}",
        "p",
        version,
        day,
        status="recorded",
        kind="food_check",
        held_on=day,
        **data,
    )


def items(*events, service, period=WEEK):
    return [item["said"]["zh"] for item in section(whole(*events, period=period), service)["items"]]


def test_what_is_corrected_to_another_week_is_reported_there_and_no_longer_here():
    events = [patrol("2017-02-08"), patrol(OTHER_DAY, "corrected", 2)]
    assert items(*events, service="supervision") == []
    assert len(items(*events, service="supervision", period=NEXT)) == 1


def test_an_activity_corrected_to_another_day_was_planned_and_not_held():
    events = [
        event(
            "volunteering.activity.published",
            "a",
            1,
            "2017-02-01",
            status="published",
            name={"zh": "打扫卫生"},
            planned_for="2017-02-08",
        ),
        activity("a", planned_for="2017-02-08") | {"subjectsequence": 2},
        activity("a", OTHER_DAY, planned_for="2017-02-08")
        | {"type": "volunteering.activity.corrected", "subjectsequence": 3},
    ]
    told = section(whole(*events), "volunteering")
    assert (told["items"], len(told["not_held"])) == ([], 1)


def milestone(verb, version, day, status):
    what = {"zh": "选址"}
    data = {"platform": "p1", "status": status, "what": what}
    return event(f"supervision.milestone.{verb}", "m", version, day, **data)


def test_a_milestone_that_was_not_reached_after_all_is_not_done_in_the_week_it_was_said_to_be():
    platform = event("supervision.platform.registered", "p1", day="2017-02-06", name={"zh": "平台"})
    events = [
        platform,
        milestone("set", 1, "2017-02-06", "planned"),
        milestone("reached", 2, "2017-02-08", "done"),
        milestone("corrected", 3, "2017-02-20", "in_progress"),
    ]
    [row] = whole(*events)["platforms"]
    assert (row["done"], row["of"]) == (0, 1)


REPORTED = finding("f", "2017-02-20", verb="reported", status="reported", what={"zh": "旧"})
MOVES = [
    finding("f", "2017-02-20", verb=verb, status=status, what={"zh": "旧"})
    | {"subjectsequence": version, "time": f"{day}T09:00:00+08:00"}
    for version, (verb, status, day) in enumerate(
        [
            ("dispatched", "dispatched", "2017-02-14"),
            ("rectified", "rectified", "2017-02-15"),
            ("closed", "closed", "2017-02-16"),
        ],
        2,
    )
]


def corrected(day="2017-02-08", status="closed"):
    told = finding("f", "2017-02-20", verb="corrected", status=status, what={"zh": "新"})
    return told | {"subjectsequence": 5, "time": f"{day}T09:00:00+08:00"}


def test_a_correction_that_is_given_twice_replaces_nothing_more():
    opened, corrected = (
        event(f"volunteering.category.{verb}", "c", version, day)
        for version, (verb, day) in enumerate(
            [("defined", "2017-02-08"), ("corrected", OTHER_DAY)], 1
        )
    )
    assert since_corrected([opened, corrected] * 2) == since_corrected([opened, corrected])
    assert since_corrected([opened, opened, corrected]) == [corrected]


def test_a_findings_correction_leaves_what_became_of_it_where_it_was():
    events = [REPORTED, *MOVES, corrected()]
    first, second = (as_of(events, week) for week in (WEEK, NEXT))
    assert (first["data"]["status"], first["data"]["what"]) == ("reported", {"zh": "新"})
    assert (second["data"]["status"], second["data"]["what"]) == ("closed", {"zh": "新"})
    assert len(whole(*events)["rectification"]) == 1


def test_a_finding_reported_later_as_corrected_was_not_there_before():
    events = [REPORTED, *MOVES, corrected("2017-02-14")]
    assert as_of(events, WEEK) is None
    assert as_of(events, NEXT)["data"]["status"] == "closed"


def test_a_finding_taken_back_is_reported_as_that_and_as_nothing_else():
    events = [REPORTED, *MOVES[:2], corrected(status="withdrawn") | {"subjectsequence": 4}]
    assert as_of(events, WEEK)["data"]["status"] == "withdrawn"
    assert whole(*events)["rectification"] == []


def test_without_corrections_the_last_event_before_the_weeks_end_says_how_it_stood():
    events = [REPORTED, *MOVES]
    assert apply_corrections(reversed(events)) == events
    assert as_of(events, WEEK) == REPORTED
    assert as_of(events, WEEK.previous()) is None


def test_what_two_services_arrange_moves_no_order():
    raised = event("relief.order.raised", "o", status="raised")
    found = event("relief.order.helpers_found", "o", 2, OTHER_DAY, status="raised")
    assert as_of([raised, found], NEXT) == raised


def state(*events, service, period=WEEK):
    reports = WeekReports(period, PRESENT)
    reports.add(events)
    return reports.state(UNIT, service)


@pytest.mark.parametrize(
    "events, service, period",
    [
        ([patrol("2017-02-08"), patrol(OTHER_DAY, "corrected", 2)], "supervision", WEEK),
        (
            [
                event("relief.visit.recorded", "v", withdrawn=False),
                event("relief.visit.corrected", "v", 2, withdrawn=True),
            ],
            "relief",
            WEEK,
        ),
        ([event("supervision.action.assigned", "a", status="assigned")], "supervision", WEEK),
        (
            [
                event("relief.order.raised", "o", status="raised"),
                event("relief.order.helpers_found", "o", 2, OTHER_DAY, status="raised"),
            ],
            "relief",
            NEXT,
        ),
        (
            [event("volunteering.activity.published", "a", category="relief_delivery")],
            "volunteering",
            WEEK,
        ),
    ],
    ids=["moved away", "taken back", "the office's own", "arranged", "asked for"],
)
def test_what_no_longer_stands_or_nobody_reported_is_no_report(events, service, period):
    assert state(*events, service=service, period=period) == "silent"


def test_who_reported_in_time_is_not_late_because_of_a_correction():
    late = {"recordedtime": "2017-03-01T09:00:00+08:00"}
    events = [patrol("2017-02-08"), patrol("2017-02-09", "corrected", 2) | late]
    assert state(*events, service="supervision") == "on_time"
    assert state(patrol("2017-02-08") | late, service="supervision") == "late"


def test_an_old_report_keeps_the_old_name_of_a_unit():
    def named(version, name, day):
        data = {"code": UNIT, "parent": "410103", "name": name, "retired": False}
        data |= dict.fromkeys(("valid_from", "valid_to", "successor")) | {"level": "subdistrict"}
        told = event("supervision.orgunit.changed", UNIT, version, day, **data)
        return told | {"subject": UNIT}

    names = [named(2, "旧名街道", "2017-02-07"), named(3, "新名街道", "2017-02-20")]
    assert whole(activity("a"), *names)["orgunits"][UNIT] == "旧名街道"
    later = whole(activity("a", "2017-02-21"), *names, period=Week(2017, 8))
    assert later["orgunits"][UNIT] == "新名街道"
