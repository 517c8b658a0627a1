"""Orders: the state machine, claims that never overlap, one event for each change."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.relief.documents import Item, Order, Stock, Visit
from shared.contracts.envelope import Moment
from shared.contracts.events.relief import ORDER_STATUSES
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import exact
from shared.domain.workdays import Calendar

RAISED = parse_instant("2017-02-07T09:00:00+08:00")
NEXT_DAY = Moment(RAISED + timedelta(days=1), "day")

ACTIONS = {
    "claim": lambda order: order.claim([], "民政局", NEXT_DAY),
    "release": lambda order: order.release("民政局", "没有车辆", NEXT_DAY),
    "deliver": lambda order: order.deliver(NEXT_DAY),
    "confirm": lambda order: order.confirm(NEXT_DAY),
    "rate": lambda order: order.rate(5, NEXT_DAY),
    "reject": lambda order: order.reject("不属于本项目", NEXT_DAY),
    "withdraw": lambda order: order.withdraw("不再需要", NEXT_DAY),
    "reopen": lambda order: order.reopen("缺少面粉", NEXT_DAY),
}

# action → (statuses from which it is possible, verb of the event, status afterwards)
POSSIBLE = {
    "claim": (["raised"], "claimed", "claimed"),
    "release": (["raised", "claimed"], "released", "raised"),
    "deliver": (["claimed"], "delivered", "delivered"),
    "confirm": (["delivered"], "confirmed", "confirmed"),
    "rate": (["confirmed"], "rated", "rated"),
    "reject": (["raised"], "rejected", "rejected"),
    "withdraw": (["raised", "claimed"], "withdrawn", "withdrawn"),
    "reopen": (["delivered", "confirmed", "rated"], "reopened", "claimed"),
}

# How an order gets into each status.
WAYS = {
    "raised": [],
    "claimed": ["claim"],
    "delivered": ["claim", "deliver"],
    "confirmed": ["claim", "deliver", "confirm"],
    "rated": ["claim", "deliver", "confirm", "rate"],
    "rejected": ["reject"],
    "withdrawn": ["withdraw"],
}
ALLOWED = [
    (status, action)
    for action, (statuses, *_) in POSSIBLE.items()
    for status in statuses
    # Nothing is claimed yet, so nothing can be released.
    if (status, action) != ("raised", "release")
]
REFUSED = [
    (status, action)
    for status in ORDER_STATUSES
    for action, (statuses, *_) in POSSIBLE.items()
    if status not in statuses
]


def raised(*items):
    order = Order(
        id="order-1",
        orgunit="410103016009",
        category="daily_necessities",
        channel="civil_affairs_office",
        items=[Item(item=item) for item in items or ("鸡蛋", "米", "面", "油")],
        raised_on="2017-02-07",
        due="2017-02-14",
        age_band="60-69",
    )
    order.raise_(Calendar(), Moment(RAISED))
    return order


def order_that_is(status):
    order = raised()
    for action in WAYS[status]:
        ACTIONS[action](order)
    assert order.status == status
    return order


def last_event(order):
    """(name, data) of the last event, checked against its schema."""
    event_type, _, data = order.new_events[-1]
    event_type.data().load(data)
    return event_type.name, data


@pytest.mark.parametrize("status, action", REFUSED)
def test_an_impossible_action_is_refused_with_the_reason(status, action):
    order = order_that_is(status)
    before, happened = order.state(), len(order.new_events)
    with pytest.raises(Conflict) as caught:
        ACTIONS[action](order)
    assert caught.value.data == {
        "kind": "order",
        "id": "order-1",
        "action": action,
        "status": status,
        "possible_from": POSSIBLE[action][0],
    }
    assert (order.state(), len(order.new_events)) == (before, happened)


@pytest.mark.parametrize("status, action", ALLOWED)
def test_a_possible_action_is_one_event_of_the_whole_state(status, action):
    order = order_that_is(status)
    happened = len(order.new_events)
    ACTIONS[action](order)
    assert len(order.new_events) == happened + 1
    _, verb, afterwards = POSSIBLE[action]
    assert last_event(order) == (f"relief.order.{verb}", order.state())
    assert order.status == afterwards
    order.validate()


def test_raising_is_an_event_too():
    assert last_event(raised())[0] == "relief.order.raised"


def test_an_item_that_is_not_claimed_cannot_be_released():
    with pytest.raises(Conflict) as caught:
        ACTIONS["release"](order_that_is("raised"))
    assert caught.value.data["nothing_claimed_by"] == "民政局"


def test_an_item_that_is_claimed_is_named():
    order = raised("米", "油")
    order.claim(["米"], "民政局", NEXT_DAY)
    with pytest.raises(Conflict) as caught:
        order.claim(["米", "油"], "残联", NEXT_DAY)
    assert caught.value.data["claimed_already"] == ["米"]
    assert [item.claimed_by for item in order.items] == ["民政局", None]


def test_an_item_that_is_not_in_the_order_is_named():
    with pytest.raises(ValidationFailed, match="被子"):
        raised("米").claim(["米", "被子"], "民政局", NEXT_DAY)


def test_a_reopened_order_loses_its_delivery_and_keeps_its_due_date():
    order = order_that_is("rated")
    ACTIONS["reopen"](order)
    state = last_event(order)[1]
    assert (state["delivered_on"], state["confirmed_on"], state["rating"]) == (None, None, None)
    assert (state["reopened"], state["due"], state["raised_on"]) == (1, "2017-02-14", "2017-02-07")


@pytest.mark.parametrize("status, action", [("claimed", "deliver"), ("delivered", "confirm")])
def test_an_order_is_not_served_before_it_is_raised(status, action):
    order = order_that_is(status)
    recorded = list(order.new_events)
    with pytest.raises(ValidationFailed) as caught:
        getattr(order, action)(Moment(RAISED - timedelta(days=1)))
    assert set(caught.value.data) == {"time"}
    assert order.new_events == recorded


def test_an_order_is_not_confirmed_before_it_is_delivered():
    order = order_that_is("delivered")
    with pytest.raises(ValidationFailed, match="delivered"):
        order.confirm(Moment(RAISED))


def test_a_delivery_known_to_the_week_is_taken_and_has_no_day():
    order = order_that_is("claimed")
    monday = parse_instant("2017-02-06T00:00:00+08:00")
    order.deliver(Moment(monday, "week"))
    order.confirm(Moment(monday, "week"))
    state = last_event(order)[1]
    assert (state["delivered_on"], state["confirmed_on"]) == (None, None)


def test_a_week_that_ended_before_the_order_was_raised_is_refused():
    last_week = parse_instant("2017-01-30T00:00:00+08:00")
    with pytest.raises(ValidationFailed):
        order_that_is("claimed").deliver(Moment(last_week, "week"))


def test_no_event_carries_texts_about_a_resident():
    order = raised()
    order.personal = {"name": b"sealed"}
    ACTIONS["reject"](order)
    for _, _, data in order.new_events:
        assert not {"personal", "reason", "name"} & set(data)


def test_events_keep_the_state_of_their_own_moment():
    order = order_that_is("rated")
    statuses = [(kind.name.rsplit(".", 1)[1], data["status"]) for kind, _, data in order.new_events]
    assert statuses == [
        ("raised", "raised"),
        ("claimed", "claimed"),
        ("delivered", "delivered"),
        ("confirmed", "confirmed"),
        ("rated", "rated"),
    ]


def test_visits_and_stocks_are_events_of_their_whole_state():
    visit = Visit(id="v", orgunit="410103", kind="household", visits=exact(3, "visit").to_json())
    stock = Stock(id="s", orgunit="410103", stock="merchants", level=exact(9, "merchant").to_json())
    visit.record_visits(NEXT_DAY)
    assert last_event(visit) == ("relief.visit.recorded", visit.state())
    visit.correct(exact(4, "visit").to_json(), True, "重复登记", NEXT_DAY)
    assert last_event(visit) == ("relief.visit.corrected", visit.state())
    stock.declare(stock.level, None, NEXT_DAY)
    assert last_event(stock) == ("relief.stock.declared", stock.state())


ITEMS = ("米", "面", "油")
DEPARTMENTS = ("民政局", "残联", "妇联")


class OrderInUse(RuleBasedStateMachine):
    """Departments claim, release and deliver in any order; a model predicts the result."""

    @initialize(items=st.sets(st.sampled_from(ITEMS), min_size=1))
    def raise_order(self, items):
        self.order = raised(*sorted(items))
        self.claims = dict.fromkeys(sorted(items))
        self.status = "raised"
        self.events = 1

    def attempt(self, possible, act):
        """`act` succeeds exactly if it is possible, and is then one event."""
        try:
            act()
        except (Conflict, ValidationFailed):
            assert not possible
            return False
        assert possible
        self.events += 1
        return True

    @rule(items=st.sets(st.sampled_from(ITEMS)), department=st.sampled_from(DEPARTMENTS))
    def claim(self, items, department):
        chosen = items or {item for item, by in self.claims.items() if by is None}
        free = all(item in self.claims and self.claims[item] is None for item in chosen)
        possible = self.status == "raised" and free
        if self.attempt(possible, lambda: self.order.claim(sorted(items), department, NEXT_DAY)):
            self.claims |= dict.fromkeys(chosen, department)
            self.status = "claimed" if all(self.claims.values()) else "raised"

    @rule(department=st.sampled_from(DEPARTMENTS))
    def release(self, department):
        claimed = [item for item, by in self.claims.items() if by == department]
        possible = self.status in ("raised", "claimed") and bool(claimed)
        if self.attempt(possible, lambda: self.order.release(department, "无", NEXT_DAY)):
            self.claims |= dict.fromkeys(claimed)
            self.status = "raised"

    @rule(action=st.sampled_from(["deliver", "confirm", "rate", "reject", "withdraw", "reopen"]))
    def act(self, action):
        statuses, _, afterwards = POSSIBLE[action]
        if self.attempt(self.status in statuses, lambda: ACTIONS[action](self.order)):
            self.status = afterwards

    @precondition(lambda self: self.status in ("rejected", "withdrawn"))
    @rule()
    def nothing_more_happens(self):
        for act in ACTIONS.values():
            self.attempt(False, lambda act=act: act(self.order))

    @invariant()
    def the_order_equals_the_model(self):
        if hasattr(self, "order"):
            assert {item.item: item.claimed_by for item in self.order.items} == self.claims
            assert self.order.status == self.status
            assert len(self.order.new_events) == self.events

    @invariant()
    def only_what_is_wholly_claimed_is_delivered(self):
        if hasattr(self, "order") and self.status in ("delivered", "confirmed", "rated"):
            assert all(self.claims.values())

    def teardown(self):
        for event_type, _, data in self.order.new_events:
            event_type.data().load(data)


TestOrderInUse = OrderInUse.TestCase
TestOrderInUse.settings = settings(max_examples=60, stateful_step_count=20)


def asked(status="claimed", wanted=3):
    order = order_that_is(status)
    order.ask_helpers(wanted, "2017-02-10", NEXT_DAY)
    return order


def test_helpers_are_pending_until_volunteering_has_answered():
    order = asked()
    assert order.state()["helpers"] == {"status": "pending", "wanted": 3, "activity": None}
    order.answer_helpers("activity-1", NEXT_DAY)
    assert order.state()["helpers"] == {
        "status": "arranged",
        "wanted": 3,
        "activity": "activity-1",
    }


def test_helpers_that_are_pending_or_arranged_are_not_asked_for_again():
    order = asked()
    with pytest.raises(Conflict):
        order.ask_helpers(3, "2017-02-10", NEXT_DAY)
    order.answer_helpers("activity-1", NEXT_DAY)
    with pytest.raises(Conflict):
        order.ask_helpers(3, "2017-02-10", NEXT_DAY)


def test_after_a_refusal_helpers_are_asked_for_anew_by_another_command():
    order = asked()
    order.answer_helpers(None, NEXT_DAY)
    assert order.state()["helpers"]["status"] == "refused"
    before = order.asked
    order.ask_helpers(2, "2017-02-11", NEXT_DAY)
    assert (order.asked, order.state()["helpers"]["status"]) == (before + 1, "pending")


@pytest.mark.parametrize("settle", ["withdraw", "deliver"])
def test_a_pending_request_for_helpers_lapses_when_the_delivery_is_over(settle):
    order = asked()
    order.deliver(NEXT_DAY) if settle == "deliver" else order.withdraw("不再需要", NEXT_DAY)
    assert order.state()["helpers"]["status"] == "lapsed"
    with pytest.raises(Conflict):
        order.answer_helpers("activity-1", NEXT_DAY)


def test_an_answer_without_a_pending_request_is_refused():
    with pytest.raises(Conflict):
        order_that_is("claimed").answer_helpers("activity-1", NEXT_DAY)


def test_the_state_names_the_person_who_served_the_order():
    order = order_that_is("claimed")
    order.deliver(NEXT_DAY, "街道干部")
    assert order.state()["served_by"] == "街道干部"
