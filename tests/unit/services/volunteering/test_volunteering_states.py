"""Volunteering's aggregates: state machines, and one event of the whole state for each change."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from services.volunteering.documents.activities import Activity, Gathering, ServiceDay
from services.volunteering.documents.stations import Category, Station, Stock, Team
from services.volunteering.documents.volunteers import Hours, Volunteer
from services.volunteering.rules import LONG_DAY
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict, Forbidden
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated

HELD = Moment(parse_instant("2017-02-09T00:00:00+08:00"), "day")
LATER = Moment(HELD.time + timedelta(days=7), "day")
WEEK = Moment(parse_instant("2017-02-06T00:00:00+08:00"), "week")
NAME = {"zh": "环境综合整治", "en": "clean-up"}
OVER_200 = Quantity(Decimal(200), "over", "person", "200多人").to_json()
UNIT = "410103005"
RECORDER, OTHER = "person:recorder", "person:other"

# kind → (fields, how it begins, the first event, the first status)
BORN = {
    Station: ({"name": "文明使者志愿服务站"}, Station.open, "station.opened", "open"),
    Team: ({"name": "蓝天", "level": "district"}, Team.form, "team.formed", "formed"),
    Volunteer: (
        {},
        lambda it, at: it.register(UNIT, None, "hash", {"phone": b"sealed"}, at),
        "volunteer.registered",
        "registered",
    ),
    Activity: (
        {"name": NAME, "category": "environment", "planned_for": "2017-02-09", "wanted": 20},
        Activity.publish,
        "activity.published",
        "published",
    ),
    Gathering: (
        {"name": NAME, "gatherings": exact(3, "gathering").to_json(), "invited": ["residents"]},
        Gathering.hold,
        "gathering.held",
        "held",
    ),
    Hours: (
        {
            "volunteer": "volunteer:1",
            "activity": "activity-1",
            "hours": exact(Decimal("2.5"), "hour").to_json(),
            "recorded_by": RECORDER,
        },
        Hours.record_hours,
        "hours.recorded",
        "recorded",
    ),
}

# (kind, action) → (how, statuses from which it is possible, event, status afterwards)
MOVES = {
    (Station, "close"): (Station.close, ["open"], "station.closed", "closed"),
    (Team, "disband"): (Team.disband, ["formed"], "team.disbanded", "disbanded"),
    (Volunteer, "leave"): (Volunteer.leave, ["registered"], "volunteer.left", "left"),
    (Volunteer, "register"): (
        lambda it, at: it.register(UNIT, "team-2", "hash", {}, at),
        ["new", "left"],
        "volunteer.registered",
        "registered",
    ),
    (Activity, "complete"): (
        lambda it, at: it.complete({"participants": OVER_200, "communities": 5}, at),
        ["published"],
        "activity.completed",
        "completed",
    ),
    (Activity, "cancel"): (
        lambda it, at: it.cancel("下雪", at),
        ["published"],
        "activity.cancelled",
        "cancelled",
    ),
    (Activity, "correct"): (
        lambda it, at: it.correct({"category": "other"}, False, "类别有误", at),
        ["completed", "withdrawn"],
        "activity.corrected",
        "completed",
    ),
    (Activity, "withdraw"): (
        lambda it, at: it.correct({}, True, "重复登记", at),
        ["completed", "withdrawn"],
        "activity.corrected",
        "withdrawn",
    ),
    (Gathering, "correct"): (
        lambda it, at: it.correct({"invited": []}, False, "重新清点", at),
        ["held", "withdrawn"],
        "gathering.corrected",
        "held",
    ),
    (Gathering, "withdraw"): (
        lambda it, at: it.correct({}, True, "重复登记", at),
        ["held", "withdrawn"],
        "gathering.corrected",
        "withdrawn",
    ),
    (Hours, "verify"): (
        lambda it, at: it.verify(OTHER, Decimal(2), at),
        ["recorded"],
        "hours.verified",
        "verified",
    ),
    (Hours, "void"): (
        lambda it, at: it.void("没有到场", at),
        ["recorded", "verified"],
        "hours.voided",
        "voided",
    ),
}

WAYS = {
    Station: {"open": [], "closed": ["close"]},
    Team: {"formed": [], "disbanded": ["disband"]},
    Volunteer: {"registered": [], "left": ["leave"]},
    Activity: {
        "published": [],
        "completed": ["complete"],
        "withdrawn": ["complete", "withdraw"],
        "cancelled": ["cancel"],
    },
    Gathering: {"held": [], "withdrawn": ["withdraw"]},
    Hours: {"recorded": [], "verified": ["verify"], "voided": ["void"]},
}
CASES = [(kind, status, action) for kind, action in MOVES for status in WAYS[kind]]
ALLOWED = [case for case in CASES if case[1] in MOVES[case[0], case[2]][1]]
REFUSED = [case for case in CASES if case not in ALLOWED]


def made(kind, /, **change):
    state, begin, *_ = BORN[kind]
    it = kind(id="it-1", orgunit=UNIT, **(state | change))
    begin(it, HELD)
    return it


def that_is(kind, status):
    it = made(kind)
    for action in WAYS[kind][status]:
        MOVES[kind, action][0](it, HELD)
    assert it.status == status
    return it


def last_event(it):
    """(name without the service, data) of the last event, checked against its schema."""
    event_type, _, data = it.new_events[-1]
    event_type.data().load(data)
    return event_type.routing_key, data


@pytest.mark.parametrize("kind", BORN)
def test_the_beginning_is_an_event_of_the_whole_state(kind):
    it = made(kind)
    assert last_event(it) == (BORN[kind][2], it.state())
    assert it.status == BORN[kind][3]
    it.validate()


@pytest.mark.parametrize("kind, status, action", ALLOWED)
def test_a_possible_action_is_one_event_of_the_whole_state(kind, status, action):
    it = that_is(kind, status)
    happened = len(it.new_events)
    act, _, event, afterwards = MOVES[kind, action]
    act(it, LATER)
    assert len(it.new_events) == happened + 1
    assert last_event(it) == (event, it.state())
    assert it.status == afterwards
    it.validate()


@pytest.mark.parametrize("kind, status, action", REFUSED)
def test_an_impossible_action_is_refused_with_the_reason(kind, status, action):
    it = that_is(kind, status)
    before, happened = it.state(), len(it.new_events)
    act, possible_from, *_ = MOVES[kind, action]
    with pytest.raises(Conflict) as caught:
        act(it, LATER)
    assert (caught.value.data["kind"], caught.value.data["id"]) == (kind.__name__.lower(), "it-1")
    assert caught.value.data["status"] == status
    assert caught.value.data["possible_from"] == possible_from
    assert (it.state(), len(it.new_events)) == (before, happened)


def test_an_aggregate_without_a_status_reports_its_whole_state_too():
    category = Category(id="c", orgunit="410103", name=NAME)
    day = ServiceDay(id="d", orgunit="410103", name=NAME, rule="FREQ=DAILY", first="2017-02-27")
    level = exact(123, "station").to_json()
    stock = Stock(id="s", orgunit="410103", stock="stations", level=level)
    for it, record, event in (
        (category, category.define, "category.defined"),
        (day, day.declare, "service_day.declared"),
        (stock, partial(stock.declare, level, None), "stock.declared"),
    ):
        record(WEEK)
        assert last_event(it) == (event, it.state())
        it.validate()


def test_the_kind_of_a_station_is_null_where_none_is_given():
    assert made(Station, kind=None).state()["kind"] is None
    assert made(Station, kind=NAME).state()["kind"] == NAME


def test_an_activity_reported_afterwards_is_completed_at_once():
    activity = Activity(id="a", orgunit=UNIT, name=NAME, category="other", participants=OVER_200)
    activity.report(HELD)
    name, state = last_event(activity)
    assert (name, state["status"]) == ("activity.completed", "completed")
    assert (state["held_on"], state["planned_for"]) == ("2017-02-09", None)
    assert state["participants"] == OVER_200


@pytest.mark.parametrize("kind", [Activity, Gathering])
def test_an_aggregate_known_to_the_week_has_no_day(kind):
    it = made(kind)
    act = kind.correct if kind is Gathering else Activity.complete
    arguments = ({}, False, "只知道哪一周") if kind is Gathering else ({},)
    act(it, *arguments, WEEK)
    assert last_event(it)[1]["held_on"] is None


@pytest.mark.parametrize("kind, status", [(Activity, "completed"), (Gathering, "held")])
def test_a_correction_moves_the_day_and_keeps_a_detail_left_out(kind, status):
    it = that_is(kind, status)
    before = it.state()
    it.correct({}, False, "日期有误", LATER)
    assert it.state() == before | {"held_on": "2017-02-16", "reason": "日期有误"}


@pytest.mark.parametrize("kind", [Activity, Gathering])
def test_participants_begin_as_not_stated(kind):
    one, other = made(kind), made(kind)
    one.participants["value"] = "5"
    assert other.state()["participants"] == not_stated("person").to_json()


def test_the_personal_data_is_deleted_when_a_volunteer_leaves():
    volunteer = made(Volunteer)
    assert volunteer.personal == {"phone": b"sealed"}
    volunteer.leave(LATER)
    assert volunteer.personal == {}
    published = {"status", "team", "withdrawn", "erased"}
    assert [set(data) for _, _, data in volunteer.new_events] == [published] * 2


def test_a_returning_volunteer_may_join_another_unit():
    volunteer = that_is(Volunteer, "left")
    volunteer.register("410103012", "team-2", "hash", {"name": b"sealed"}, LATER)
    assert (volunteer.orgunit, volunteer.state()["team"]) == ("410103012", "team-2")


def test_another_person_than_the_recorder_verifies_a_long_day():
    hours = made(Hours)
    with pytest.raises(Forbidden):
        hours.verify(RECORDER, LONG_DAY + Decimal("0.5"), LATER)
    assert hours.status == "recorded"
    hours.verify(OTHER, LONG_DAY + Decimal("0.5"), LATER)
    assert hours.status == "verified"


def test_the_recorder_may_verify_an_ordinary_day():
    hours = made(Hours)
    hours.verify(RECORDER, LONG_DAY, LATER)
    assert hours.status == "verified"
