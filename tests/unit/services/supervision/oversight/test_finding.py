"""Findings: what is possible from where, four eyes on each closing, days that fit each other."""

from datetime import date, timedelta

import pytest

from services.supervision.oversight.findings import Finding
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import FINDING_STATUSES
from shared.domain.errors import Conflict, Forbidden, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.workdays import Calendar

REPORTED = Moment(parse_instant("2017-02-07T09:00:00+08:00"))
NEXT_DAY = Moment(REPORTED.time + timedelta(days=1), "day")
THIRD_DAY = Moment(REPORTED.time + timedelta(days=2), "day")
WEEK = Moment(parse_instant("2017-02-06T00:00:00+08:00"), "week")
LAST_WEEK = Moment(parse_instant("2017-01-30T00:00:00+08:00"), "week")
DUE = date(2017, 2, 17)
GRID, OFFICE = "person:grid-worker", "person:office"


def correct(action="correct", **parts):
    return lambda finding: finding.correct(parts, action, "登记有误", Calendar(), [], REPORTED)


ACTIONS = {
    "dispatch": lambda finding: finding.dispatch("街道城管科科长", DUE, NEXT_DAY),
    "rectify": lambda finding: finding.rectify(GRID, NEXT_DAY),
    "close": lambda finding: finding.close(OFFICE, NEXT_DAY),
    "reopen": lambda finding: finding.reopen("又堵了", NEXT_DAY),
    "shelve": lambda finding: finding.shelve("待管网改造", NEXT_DAY),
    "correct": correct(kind="sanitation"),
    "mark_duplicate": correct("mark_duplicate"),
    "withdraw": correct("withdraw"),
}

# action → (statuses it is possible from, verb of the event, status afterwards; None: it stays)
UNSOLVED = ["reported", "dispatched", "on_account"]
POSSIBLE = {
    "dispatch": (UNSOLVED, "dispatched", "dispatched"),
    "rectify": (UNSOLVED, "rectified", "rectified"),
    "close": (["rectified"], "closed", "closed"),
    "reopen": (["rectified", "closed"], "reopened", "reported"),
    "shelve": (["reported", "dispatched"], "shelved", "on_account"),
    "correct": ([*UNSOLVED, "rectified", "closed"], "corrected", None),
    "mark_duplicate": ([*UNSOLVED, "rectified"], "corrected", "duplicate"),
    "withdraw": ([*UNSOLVED, "rectified"], "corrected", "withdrawn"),
}
WAYS = {
    "reported": [],
    "dispatched": ["dispatch"],
    "rectified": ["rectify"],
    "closed": ["rectify", "close"],
    "on_account": ["shelve"],
    "duplicate": ["mark_duplicate"],
    "withdrawn": ["withdraw"],
}
PAIRS = [(status, action) for status in FINDING_STATUSES for action in POSSIBLE]
ALLOWED = [(status, action) for status, action in PAIRS if status in POSSIBLE[action][0]]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]


def reported(moment=REPORTED, due=None, others=(), **state):
    finding = Finding(
        id=state.pop("id", "finding-1"),
        orgunit="410103005",
        kind=state.pop("kind", "facility"),
        what={"zh": "下水道堵塞"},
        asset="马砦街",
        **state,
    )
    finding.report(due, Calendar(), list(others), moment)
    return finding


def finding_that_is(status):
    finding = reported()
    for action in WAYS[status]:
        ACTIONS[action](finding)
    assert finding.status == status
    return finding


def last_event(finding):
    event_type, _, data = finding.new_events[-1]
    event_type.data().load(data)
    return event_type.name, data


@pytest.mark.parametrize("status, action", REFUSED)
def test_what_is_not_possible_is_refused_and_says_why(status, action):
    finding = finding_that_is(status)
    before, happened = finding.state(), len(finding.new_events)
    with pytest.raises(Conflict) as caught:
        ACTIONS[action](finding)
    assert caught.value.data == {
        "kind": "finding",
        "id": "finding-1",
        "action": action,
        "status": status,
        "possible_from": POSSIBLE[action][0],
    }
    assert (finding.state(), len(finding.new_events)) == (before, happened)


@pytest.mark.parametrize("status, action", ALLOWED)
def test_what_is_possible_is_one_event_of_the_whole_state(status, action):
    finding = finding_that_is(status)
    happened = len(finding.new_events)
    ACTIONS[action](finding)
    assert len(finding.new_events) == happened + 1
    _, verb, afterwards = POSSIBLE[action]
    assert last_event(finding) == (f"supervision.finding.{verb}", finding.state())
    assert finding.status == (afterwards or status)
    finding.validate()


def test_without_a_day_the_rule_for_its_kind_sets_it():
    assert last_event(reported()) == ("supervision.finding.reported", reported().state())
    assert reported().due == "2017-02-14"
    assert reported(kind="safety").due == "2017-02-10"
    assert reported(due=DUE).due == "2017-02-17"


def test_where_only_the_week_is_known_the_limit_runs_from_its_end():
    finding = reported(WEEK)
    assert (finding.reported_on, finding.due) == (None, "2017-02-17")


@pytest.mark.parametrize("moment", [NEXT_DAY, Moment(NEXT_DAY.time + timedelta(days=5), "week")])
def test_nothing_is_due_before_it_is_known(moment):
    with pytest.raises(ValidationFailed) as caught:
        reported(moment, due=date(2017, 2, 7))
    assert set(caught.value.data) == {"due"}


def test_who_rectified_it_can_not_close_it():
    finding = finding_that_is("rectified")
    with pytest.raises(Forbidden) as caught:
        finding.close(GRID, NEXT_DAY)
    assert caught.value.data["action"] == "close"
    assert (finding.status, finding.closed_on) == ("rectified", None)


def test_who_rectified_it_is_in_no_event():
    finding = finding_that_is("closed")
    for _, _, data in finding.new_events:
        assert "rectified_by" not in data and GRID not in data.values()


def test_after_reopening_nobody_who_ever_rectified_it_closes_it():
    finding = finding_that_is("closed")
    ACTIONS["reopen"](finding)
    told = last_event(finding)[1]
    assert (told["rectified_on"], told["closed_on"], told["reopened"]) == (None, None, 1)
    finding.rectify(OFFICE, NEXT_DAY)
    for actor in (OFFICE, GRID, GRID.title().replace("Person", "person")):
        with pytest.raises(Forbidden):
            finding.close(actor, NEXT_DAY)
    finding.close("person:inspector", NEXT_DAY)
    assert finding.status == "closed"


def test_a_reopened_finding_goes_back_to_who_is_responsible():
    finding = finding_that_is("dispatched")
    ACTIONS["rectify"](finding)
    ACTIONS["reopen"](finding)
    assert (finding.status, finding.responsible) == ("dispatched", "街道城管科科长")


@pytest.mark.parametrize("status, action", [(s, a) for s, a in ALLOWED if a in list(ACTIONS)[:5]])
def test_nothing_happens_to_it_before_it_is_reported(status, action):
    finding = finding_that_is(status)
    recorded = list(finding.new_events)
    early = {
        "dispatch": lambda: finding.dispatch("科长", DUE, LAST_WEEK),
        "rectify": lambda: finding.rectify(GRID, LAST_WEEK),
        "close": lambda: finding.close(OFFICE, LAST_WEEK),
        "reopen": lambda: finding.reopen("又堵了", LAST_WEEK),
        "shelve": lambda: finding.shelve("待管网改造", LAST_WEEK),
    }
    with pytest.raises(ValidationFailed) as caught:
        early[action]()
    assert set(caught.value.data) == {"time"}
    assert finding.new_events == recorded


def test_a_week_orders_what_happened_too():
    with pytest.raises(ValidationFailed):
        reported(WEEK).rectify(GRID, LAST_WEEK)


def test_what_is_known_to_the_week_may_have_happened_on_any_of_its_days():
    finding = reported()
    finding.rectify(GRID, WEEK)
    assert finding.rectified_on is None
    assert reported(WEEK, due=date(2017, 2, 6)).due == "2017-02-06"


def test_it_is_not_closed_before_it_is_rectified():
    with pytest.raises(ValidationFailed, match="rectified"):
        finding_that_is("rectified").close(OFFICE, REPORTED)


def test_a_correction_may_move_the_day_and_keeps_the_rest():
    finding = finding_that_is("dispatched")
    finding.correct({"what": {"zh": "窨井盖破损"}}, "correct", "登记有误", Calendar(), [], NEXT_DAY)
    told = last_event(finding)[1]
    assert (told["reported_on"], told["what"]) == ("2017-02-08", {"zh": "窨井盖破损"})
    assert (told["kind"], told["due"], told["reason"]) == ("facility", "2017-02-17", "登记有误")


def test_a_correction_can_not_report_it_after_it_was_rectified():
    with pytest.raises(ValidationFailed) as caught:
        finding_that_is("rectified").correct({}, "correct", "登记有误", Calendar(), [], THIRD_DAY)
    assert set(caught.value.data) == {"time"}


def test_a_repeat_names_the_one_before_and_never_itself():
    first = reported()
    second = reported(NEXT_DAY, others=[first], id="finding-2")
    assert last_event(second)[1]["repeat_of"] == "finding-1"
    second.correct({}, "correct", "登记有误", Calendar(), [first, second], NEXT_DAY)
    assert second.repeat_of == "finding-1"
    first.correct({}, "correct", "登记有误", Calendar(), [first, second], REPORTED)
    assert first.repeat_of is None


def test_a_correction_to_another_asset_is_no_repeat_any_more():
    second = reported(NEXT_DAY, others=[reported()], id="finding-2")
    second.correct({"asset": None}, "correct", "地点有误", Calendar(), [], NEXT_DAY)
    assert (second.repeat_of, second.asset_key) == (None, None)


def test_events_keep_the_state_of_their_own_moment():
    told = [data["status"] for _, _, data in finding_that_is("closed").new_events]
    assert told == ["reported", "rectified", "closed"]
