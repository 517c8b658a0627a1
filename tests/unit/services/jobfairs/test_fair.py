"""Job fairs: the state machine, employers that join once, figures that stay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.jobfairs.documents import Fair
from shared.contracts.envelope import Moment
from shared.contracts.events.jobfairs import FAIR_FIGURES, FAIR_STATUSES
from shared.contracts.fields import LIST
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated

HELD = Moment(parse_instant("2017-02-10T00:00:00+08:00"), "day")
LATER = Moment(HELD.time + timedelta(days=7), "day")
WEEK = Moment(parse_instant("2017-02-06T00:00:00+08:00"), "week")
CODE = "91410103MA3X7K2T4B"

OVER_30 = Quantity(Decimal(30), "over", "employer")
TEN = exact(10, "vacancy")
WELDERS = {"job": "焊工", "openings": TEN.to_json()}
COOKS = {"employer": "郑州某酒店", "job": "厨师", "openings": exact(3, "vacancy").to_json()}

ACTIONS = {
    "open": lambda fair: fair.open(HELD),
    "join": lambda fair: fair.join("郑州某机械厂", CODE, [WELDERS], HELD),
    "ready": lambda fair: fair.ready(HELD),
    "hold": lambda fair: fair.hold({"employers": OVER_30, "services": ["career_guidance"]}, HELD),
    "reconcile": lambda fair: fair.reconcile({"seekers": exact(800, "person")}, HELD),
    "correct": lambda fair: fair.correct({"intents": exact(52, "person")}, False, "重新清点", HELD),
    "close": lambda fair: fair.close(HELD),
    "postpone": lambda fair: fair.postpone("2017-02-17", "下雪", HELD),
    "cancel": lambda fair: fair.cancel("下雪", HELD),
}

# action → (possible from, verb of the event, status afterwards or None where it stays)
NOT_YET_HELD = ["planned", "registration_open", "ready", "postponed"]
POSSIBLE = {
    "open": (["planned", "postponed"], "opened", "registration_open"),
    "join": (NOT_YET_HELD, "employer_joined", None),
    "ready": (["planned", "registration_open", "postponed"], "readied", "ready"),
    "hold": (NOT_YET_HELD, "held", "held"),
    "reconcile": (["held"], "reconciled", "reconciled"),
    "correct": (["held", "reconciled", "closed"], "corrected", None),
    "close": (["reconciled"], "closed", "closed"),
    "postpone": (NOT_YET_HELD, "postponed", "postponed"),
    "cancel": (NOT_YET_HELD, "cancelled", "cancelled"),
}
WAYS = {
    "planned": [],
    "registration_open": ["open"],
    "ready": ["open", "ready"],
    "held": ["open", "ready", "hold"],
    "reconciled": ["hold", "reconcile"],
    "closed": ["hold", "reconcile", "close"],
    "postponed": ["open", "postpone"],
    "cancelled": ["cancel"],
}
PAIRS = [(status, action) for status in FAIR_STATUSES for action in POSSIBLE]
ALLOWED = [(status, action) for status, action in PAIRS if status in POSSIBLE[action][0]]
REFUSED = [pair for pair in PAIRS if pair not in ALLOWED]


def fair_that_is(status, **more):
    fair = Fair(
        id="fair-1",
        orgunit="410103006",
        venue="二七万达广场",
        planned_for="2017-02-10",
        first_planned_for="2017-02-10",
        **more,
    )
    fair.plan(HELD)
    for action in WAYS[status]:
        ACTIONS[action](fair)
    assert fair.status == status
    return fair


def last_event(fair):
    """(name, data) of the last event, checked against its schema."""
    event_type, _, data = fair.new_events[-1]
    event_type.data().load(data)
    return event_type.name, data


@pytest.mark.parametrize("status, action", REFUSED)
def test_an_impossible_action_is_refused_with_the_reason(status, action):
    fair = fair_that_is(status)
    before, happened = fair.state(), len(fair.new_events)
    with pytest.raises(Conflict) as caught:
        ACTIONS[action](fair)
    assert caught.value.data == {
        "kind": "fair",
        "id": "fair-1",
        "action": action,
        "status": status,
        "possible_from": POSSIBLE[action][0],
    }
    assert (fair.state(), len(fair.new_events)) == (before, happened)


@pytest.mark.parametrize("status, action", ALLOWED)
def test_a_possible_action_is_one_event_of_the_whole_state(status, action):
    fair = fair_that_is(status)
    happened = len(fair.new_events)
    ACTIONS[action](fair)
    _, verb, afterwards = POSSIBLE[action]
    assert len(fair.new_events) == happened + 1
    assert last_event(fair) == (f"jobfairs.fair.{verb}", fair.state())
    assert fair.status == (afterwards or status)
    fair.validate()


def test_figures_begin_as_not_stated():
    name, state = last_event(fair_that_is("planned"))
    assert name == "jobfairs.fair.planned"
    for figure, unit in FAIR_FIGURES.items():
        assert state[figure] == not_stated(unit).to_json()
    assert (state["theme"], state["audience"], state["capacity"]) == (None, None, None)


def test_two_fairs_share_no_figures():
    one, other = fair_that_is("planned"), fair_that_is("planned")
    ACTIONS["hold"](one)
    assert other.state()["employers"]["qualifier"] == "not_stated"


def test_a_detail_left_out_stays_as_it_was():
    fair = fair_that_is("closed")
    ACTIONS["correct"](fair)
    state = last_event(fair)[1]
    assert (state["employers"], state["services"]) == (OVER_30.to_json(), ["career_guidance"])
    assert state["seekers"] == exact(800, "person").to_json()
    assert state["intents"] == exact(52, "person").to_json()
    assert (state["status"], state["reason"]) == ("closed", "重新清点")


def test_an_event_keeps_the_figures_of_its_own_moment():
    fair = fair_that_is("reconciled")
    fair.correct({"seekers": exact(620, "person")}, False, "重新清点", HELD)
    values = [data["seekers"]["value"] for _, _, data in fair.new_events]
    assert values == [None, None, "800", "620"]


def test_a_postponed_fair_keeps_its_first_date():
    fair = fair_that_is("postponed")
    fair.postpone("2017-02-24", "还在下雪", LATER)
    state = last_event(fair)[1]
    assert (state["first_planned_for"], state["planned_for"]) == ("2017-02-10", "2017-02-24")


@pytest.mark.parametrize(
    "status, act",
    [
        ("held", lambda fair: fair.reconcile({}, LATER)),
        ("reconciled", lambda fair: fair.close(LATER)),
    ],
)
def test_figures_of_another_day_are_refused(status, act):
    fair = fair_that_is(status)
    with pytest.raises(ValidationFailed) as caught:
        act(fair)
    assert (set(caught.value.data), fair.status) == ({"time"}, status)


def test_a_correction_may_move_the_day_and_the_figures_follow():
    fair = fair_that_is("held")
    fair.correct({}, False, "日期有误", LATER)
    assert last_event(fair)[1]["held_on"] == "2017-02-17"
    fair.reconcile({}, LATER)
    assert fair.new_events[-1][1] == LATER


def test_a_fair_of_which_only_the_week_is_known_has_no_day():
    fair = fair_that_is("planned")
    fair.hold({}, WEEK)
    fair.reconcile({}, WEEK)
    assert last_event(fair)[1]["held_on"] is None


def test_an_employer_that_joins_is_named_once_with_its_postings():
    fair = fair_that_is("registration_open")
    ACTIONS["join"](fair)
    fair.join("郑州某酒店", "410103-0007", [], HELD)
    state = last_event(fair)[1]
    assert state["named_employers"] == ["郑州某机械厂", "郑州某酒店"]
    assert state["postings"] == [{"employer": "郑州某机械厂", **WELDERS}]
    assert state["vacancies"] == TEN.to_json()


@pytest.mark.parametrize("number", [CODE, CODE.lower()])
def test_a_registration_number_joins_once_whatever_the_name(number):
    fair = fair_that_is("registration_open")
    ACTIONS["join"](fair)
    before = fair.state()
    with pytest.raises(Conflict) as caught:
        fair.join("某机械厂（分厂）", number, [WELDERS], HELD)
    assert caught.value.data["reason"] == "exists already"
    assert caught.value.data["employer"] == "郑州某机械厂"
    assert fair.state() == before


def test_a_registration_number_is_in_no_event_and_in_no_refusal():
    fair = fair_that_is("registration_open")
    ACTIONS["join"](fair)
    with pytest.raises(Conflict) as caught:
        ACTIONS["join"](fair)
    assert CODE not in str([fair.new_events, caught.value.data])


def test_a_full_fair_refuses_another_employer():
    fair = fair_that_is("registration_open", capacity=2)
    ACTIONS["join"](fair)
    fair.join("郑州某酒店", "410103-0007", [], HELD)
    with pytest.raises(Conflict) as caught:
        fair.join("郑州某超市", "410103-0008", [], HELD)
    assert (caught.value.data["reason"], caught.value.data["capacity"]) == ("full", 2)
    assert len(fair.employers) == 2


def test_an_employer_that_did_not_come_can_be_left_out():
    fair = fair_that_is("registration_open")
    ACTIONS["join"](fair)
    fair.hold({"named_employers": ["郑州某酒店"] * 2, "postings": [COOKS]}, HELD)
    state = last_event(fair)[1]
    assert (state["named_employers"], state["postings"]) == (["郑州某酒店"], [COOKS])


def test_an_employer_that_signed_up_is_kept_unless_a_list_replaces_it():
    fair = fair_that_is("registration_open")
    ACTIONS["join"](fair)
    ACTIONS["hold"](fair)
    state = last_event(fair)[1]
    assert (state["named_employers"], state["vacancies"]) == (["郑州某机械厂"], TEN.to_json())


def test_a_list_too_long_for_an_event_is_refused():
    fair = fair_that_is("registration_open")
    fair.postings = [COOKS] * LIST
    with pytest.raises(ValidationFailed) as caught:
        ACTIONS["join"](fair)
    assert set(caught.value.data) == {"postings"}
    fair.named_employers = [f"单位{n}" for n in range(LIST)]
    with pytest.raises(ValidationFailed) as caught:
        fair.join("郑州某酒店", "410103-0007", [], HELD)
    assert set(caught.value.data) == {"named_employers"}


def test_a_warning_blocks_nothing():
    fair = fair_that_is("planned")
    fair.hold({"employers": exact(1, "employer"), "named_employers": ["甲", "乙"]}, HELD)
    assert last_event(fair)[1]["warnings"] == ["more_named_than_stated"]
    assert fair.status == "held"


def test_a_fair_that_was_not_held_is_planned_again_without_figures():
    fair = fair_that_is("closed")
    fair.correct({}, True, "误点", HELD)
    kind, told = last_event(fair)
    assert (kind, told["status"], told["held_on"]) == ("jobfairs.fair.corrected", "planned", None)
    assert told["seekers"]["qualifier"] == told["intents"]["qualifier"] == "not_stated"
    fair.cancel("误录", HELD)
    assert fair.status == "cancelled"
