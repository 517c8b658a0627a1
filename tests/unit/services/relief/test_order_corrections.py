"""Corrections of orders and merchants."""

import pytest

from shared.domain.errors import Conflict, ValidationFailed
from tests.support.in_memory import Relief

UNIT = "410103006"
WHY = {"reason": "登记有误"}


@pytest.fixture
def desk():
    return Relief(["410103", UNIT])


def day(number):
    return {"time": f"2017-02-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def raised(desk, *items):
    given = {"category": "daily_necessities", "channel": "phone", "items": [*items] or ["米", "面"]}
    return desk.ask("raise_order", **given, **day(7))["id"]


def confirmed(desk):
    id = raised(desk)
    desk.ask("claim_items", id=id, department="民政局", **day(8))
    desk.ask("deliver_order", id=id, served_by="街道干部", **day(9))
    desk.ask("confirm_order", id=id, **day(10))
    return id


def last(desk, id, number):
    return [
        (it["type"].rsplit(".", 1)[1], it["time"][8:10], it["data"]["status"])
        for it in desk.events(id)[-number:]
    ]


def test_what_became_of_the_order_is_recorded_again_after_the_correction(desk):
    id = confirmed(desk)
    desk.ask("correct_order", id=id, category="temporary_relief", **day(6), **WHY)
    assert last(desk, id, 4) == [
        ("corrected", "06", "raised"),
        ("claimed", "08", "claimed"),
        ("delivered", "09", "delivered"),
        ("confirmed", "10", "confirmed"),
    ]
    found = desk.ask("order", id=id)
    assert (found["raised_on"], found["due"]) == ("2017-02-06", "2017-02-20")
    assert (found["served_by"], found["delivered_on"]) == ("街道干部", "2017-02-09")
    assert {item["claimed_by"] for item in found["items"]} == {"民政局"}


def test_each_step_may_have_been_at_another_time_but_not_before_its_cause(desk):
    id = confirmed(desk)
    desk.ask("correct_order_time", id=id, step="delivered", **day(10), **WHY)
    assert last(desk, id, 2) == [("delivered", "10", "delivered"), ("confirmed", "10", "confirmed")]
    with pytest.raises(ValidationFailed) as caught:
        desk.ask("correct_order_time", id=id, step="delivered", **day(11), **WHY)
    assert set(caught.value.data) == {"time"}
    with pytest.raises(Conflict):
        desk.ask("correct_order_time", id=id, step="rejected", **day(9), **WHY)


def test_an_order_that_never_was_is_withdrawn_and_nothing_more_happens_to_it(desk):
    id = confirmed(desk)
    desk.ask("correct_order", id=id, withdrawn=True, **day(7), **WHY)
    state = desk.events(id)[-1]["data"]
    assert (state["withdrawn"], state["delivered_on"]) == (True, None)
    for method, more in (("claim_items", {"department": "民政局"}), ("rate_order", {"rating": 5})):
        with pytest.raises(Conflict, match="entered by mistake"):
            desk.ask(method, id=id, **more, **day(12))
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("correct_order_time", id=id, step="claimed", **day(9), **WHY)


def test_an_order_rejected_by_mistake_stands_again(desk):
    id = raised(desk)
    desk.ask("reject_order", id=id, reason="不属于本项目", **day(8))
    desk.ask("correct_order", id=id, still_standing=True, **day(7), **WHY)
    assert desk.ask("order", id=id)["status"] == "raised"
    desk.ask("claim_items", id=id, department="民政局", **day(8))


def test_items_are_renamed_and_none_that_is_claimed_is_lost(desk):
    id = raised(desk, "米", "面", "油")
    desk.ask("claim_items", id=id, department="民政局", items=["米"], **day(8))
    desk.ask("correct_order", id=id, items=["大米", "面", "油"], **day(7), **WHY)
    found = desk.ask("order", id=id)["items"]
    assert [item["claimed_by"] for item in found] == ["民政局", None, None]
    with pytest.raises(Conflict, match="release"):
        desk.ask("correct_order", id=id, items=["面", "油"], **day(7), **WHY)
    desk.ask("correct_order", id=id, items=["大米", "面"], **day(7), **WHY)
    desk.ask("claim_items", id=id, department="民政局", **day(8))
    with pytest.raises(Conflict, match="raise another order"):
        desk.ask("correct_order", id=id, items=["大米", "面", "盐"], **day(7), **WHY)


def test_an_order_of_an_earlier_release_needs_the_time_that_was_not_stored(desk):
    id = confirmed(desk)
    del desk.collection.documents[id]["moments"]
    with pytest.raises(Conflict, match="not stored"):
        desk.ask("correct_order", id=id, **day(6), **WHY)
    desk.ask("correct_order_time", id=id, step="claimed", **day(8), **WHY)
    desk.ask("correct_order", id=id, **day(6), **WHY)
    assert last(desk, id, 2) == [("delivered", "09", "delivered"), ("confirmed", "10", "confirmed")]


def test_a_merchant_is_corrected_withdrawn_and_reopened(desk):
    id = desk.ask("register_merchant", name="某店", **day(7))["id"]
    desk.ask("close_merchant", id=id, **day(20))
    assert desk.ask("correct_merchant", id=id, name="某商店", **day(6), **WHY)["status"] == "closed"
    again = {"still_standing": True, **day(6), **WHY}
    assert desk.ask("correct_merchant", id=id, **again)["status"] == "registered"
    desk.ask("correct_merchant", id=id, withdrawn=True, **day(6), **WHY)
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("close_merchant", id=id, **day(20))
