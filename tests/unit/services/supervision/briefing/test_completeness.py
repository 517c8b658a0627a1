"""Who reported, and whether what arrived is what each service sealed."""

from types import SimpleNamespace

import pytest

from services.supervision.briefing.completeness import PROBLEMS, STATES, WeekReports, completeness
from services.supervision.indicators import PRESENT, RULES
from shared.contracts.events.oversight import REPORTED_SERVICES
from shared.contracts.week_summary import WeekSummary
from shared.domain.periods import Week
from shared.domain.service_names import NAMES

WEEK = Week(2017, 6)
IN_WEEK = "2017-02-09T10:00:00+08:00"
CUTOFF = "2017-02-13T12:00:00+08:00"
OTHER_UNIT = "410103012"
UNIT = "410103006"
ALL = {"incomplete": {}}


def event(kind, data=None, orgunit=UNIT, number=1, time=IN_WEEK, entered=IN_WEEK, subject="s"):
    return {
        "id": f"{kind}-{number}",
        "source": f"/warm/{kind.split('.')[0]}",
        "type": kind,
        "subject": subject,
        "subjectsequence": number,
        "sourcesequence": number,
        "orgunit": orgunit,
        "time": time,
        "recordedtime": entered,
        "data": data or {},
    }


def state(*subjects, unit=UNIT, service="relief"):
    reports = WeekReports(WEEK, PRESENT)
    for events in subjects:
        reports.add(events)
    return reports.state(unit, service)


VISIT = "relief.visit.recorded"
NIL = "relief.nil.reported"
EXEMPTED = "supervision.reporter.exempted"


def exemption(first="2017-W01", last=None, services=("relief",)):
    return {"services": list(services), "first": first, "last": last, "reason": "筹备中"}


def nil(status="reported", period="2017-W06"):
    return {"period": period, "status": status}


def test_silence_is_what_is_left():
    assert state() == "silent"


@pytest.mark.parametrize("orgunit", [UNIT, f"{UNIT}001"])
def test_a_report_of_the_unit_or_of_one_below_it_counts(orgunit):
    assert state([event(VISIT, orgunit=orgunit)]) == "on_time"
    assert state([event(VISIT, orgunit=orgunit)], service="clinics") == "silent"


def test_a_report_of_the_district_is_no_sub_districts():
    assert state([event(VISIT, orgunit="410103")]) == "silent"


@pytest.mark.parametrize("entered, said", [(CUTOFF, "on_time"), (f"{CUTOFF[:17]}01+08:00", "late")])
def test_what_is_entered_after_the_cutoff_is_late(entered, said):
    assert state([event(VISIT, entered=entered)]) == said


def test_one_report_in_time_is_enough():
    late = event(VISIT, entered="2017-02-20T00:00:00+08:00", subject="t")
    assert state([late], [event(VISIT)]) == "on_time"


@pytest.mark.parametrize("time", ["2017-02-05T23:59:59+08:00", "2017-02-13T00:00:00+08:00"])
def test_what_happened_in_another_week_is_no_report_of_this_one(time):
    assert state([event(VISIT, time=time)]) == "silent"


@pytest.mark.parametrize(
    "data, said",
    [(nil(), "nil"), (nil("withdrawn"), "silent"), (nil(period="2017-W07"), "silent")],
)
def test_a_nil_report_is_no_silence(data, said):
    assert state([event(NIL, data)]) == said


def test_a_nil_report_taken_back_is_silence_again():
    assert state([event(NIL, nil()), event(NIL, nil("withdrawn"), number=2)]) == "silent"


@pytest.mark.parametrize(
    "data, said",
    [
        (exemption(), "exempt"),
        (exemption("2017-W06", "2017-W06"), "exempt"),
        (exemption("2017-W07"), "silent"),
        (exemption(last="2017-W05"), "silent"),
        (exemption(services=("clinics",)), "silent"),
    ],
)
def test_an_exemption_holds_in_its_weeks_for_its_services(data, said):
    assert state([event(EXEMPTED, data)]) == said


def test_who_is_exempt_and_reports_has_reported():
    assert state([event(EXEMPTED, exemption())], [event(VISIT)]) == "on_time"


def sealed(events, last, number=9, at=CUTOFF):
    data = {"period": "2017-W06", "last": last, **WeekSummary(events).content()}
    return event("relief.period.sealed", data, "410103", number, at, at, subject="seal")


def problem(*subjects, incomplete=None, rules=PRESENT):
    reports = WeekReports(WEEK, rules)
    for events in subjects:
        reports.add(events)
    return reports.problem("relief", incomplete or {})


ONE, TWO = event(VISIT, number=1), event(VISIT, number=2)


def test_a_week_is_reconciled_when_what_arrived_is_what_was_sealed():
    assert problem([ONE, TWO], [sealed([TWO, ONE], 2)]) is None
    assert problem([sealed([], 0)]) is None


def test_what_is_missing_is_said():
    assert problem([ONE]) == "not_sealed"
    assert problem([ONE], [sealed([ONE, TWO], 2)]) == "differs"
    assert problem([ONE, TWO], [sealed([ONE], 1)]) == "more_since"
    assert problem([ONE], [sealed([ONE], 1)], incomplete={"relief": "no_answer"}) == "no_answer"


def test_a_fact_that_was_changed_does_not_fit_the_seal():
    changed = ONE | {"orgunit": "410103016"}
    assert problem([changed], [sealed([ONE], 1)]) == "differs"


def test_a_seal_made_before_the_cut_off_is_none():
    early = sealed([ONE], 1, at="2017-02-13T11:59:59+08:00")
    assert problem([ONE], [early]) == "sealed_early"
    assert problem([ONE], [early, sealed([ONE], 1, number=10)]) is None
    assert problem([ONE], [early], rules=RULES["2017-3"]) is None


def test_the_last_seal_decides():
    first, last = sealed([ONE], 1, number=3), sealed([ONE, TWO], 2, number=4)
    for order in ([first, last], [last, first]):
        assert problem([ONE, TWO], order) is None


def registered(code, **changes):
    dates = dict.fromkeys(("valid_from", "valid_to", "successor")) | {"retired": False}
    return {"code": code, "name": code, "parent": code[:-3] or None} | dates | changes


def printed(units, *subjects, freeze=ALL):
    reports = WeekReports(WEEK, PRESENT)
    for events in subjects:
        reports.add(events)
    week = SimpleNamespace(reports=reports, period=WEEK, units={u["code"]: u for u in units})
    return completeness(week, freeze)


def test_sub_districts_that_were_valid_in_the_week_had_to_report():
    units = [
        registered("410103"),
        registered("410103001"),
        registered("410103001001"),
        registered("410103003", valid_from="2017-02-12"),
        registered("410103004", valid_from="2017-02-13"),
        registered("410103005", retired=True, valid_to="2017-02-07"),
        registered("410103006", retired=True, valid_to="2017-02-06"),
        registered("410103007", retired=True),
    ]
    found = [row["orgunit"] for row in printed(units)["units"]]
    assert found == ["410103001", "410103003", "410103005"]


def test_of_a_unit_dissolved_nobody_knows_when_a_report_shows_that_it_was_there():
    units = [registered(UNIT, retired=True)]
    assert printed(units)["units"] == []
    assert [row["orgunit"] for row in printed(units, [event(VISIT)])["units"]] == [UNIT]


def test_the_summary_counts_every_unit_once_for_each_service():
    units = [registered(UNIT), registered("410103016")]
    found = printed(units, [event(VISIT)], [event(NIL, nil(), "410103016")])["summary"]
    assert found["relief"] == dict.fromkeys(STATES, 0) | {"on_time": 1, "nil": 1}
    assert all(sum(found[service].values()) == 2 for service in REPORTED_SERVICES)


def test_reconciled_counts_the_services_without_a_problem():
    found = printed([], [ONE], [sealed([ONE], 1)], freeze={"incomplete": {"clinics": "no_answer"}})
    assert (found["reconciled"], found["of"]) == (1, len(NAMES))
    problems = {row["service"]: row["problem"] for row in found["services"]}
    assert problems["relief"] is None and problems["clinics"] == "no_answer"
    assert set(problems.values()) - {None} <= set(PROBLEMS)


def test_a_report_whose_unit_was_corrected_is_one_of_the_other_unit():
    report = event(VISIT, number=1)
    data = {"status": "recorded", "withdrawn": False}
    corrected = event("relief.visit.corrected", data, OTHER_UNIT, number=2)
    told = [report, corrected]
    assert (state(told), state(told, unit=OTHER_UNIT)) == ("silent", "on_time")
    older = WeekReports(WEEK, RULES["2017-3"])
    older.add(told)
    assert older.state(UNIT, "relief") == "on_time"


@pytest.mark.parametrize(
    ("rules", "units"), [(PRESENT, ["410103008"]), (RULES["2017-3"], [])], ids=["now", "before"]
)
def test_a_unit_that_was_valid_in_the_middle_of_the_week_had_to_report(rules, units):
    reports = WeekReports(WEEK, rules)
    short = registered("410103008", valid_from="2017-02-07", valid_to="2017-02-09", retired=True)
    week = SimpleNamespace(reports=reports, period=WEEK, units={"410103008": short})
    assert [row["orgunit"] for row in completeness(week, ALL)["units"]] == units


def test_who_was_silent_is_named_once_where_it_was_silent_to_all():
    units = [registered("410103001"), registered("410103003")]
    said = printed(units, [event(VISIT, orgunit="410103003")])["silent"]
    assert said["everywhere"] == ["410103001"]
    assert said["to_some"] == {
        service: [] if service == "relief" else ["410103003"] for service in said["to_some"]
    }
