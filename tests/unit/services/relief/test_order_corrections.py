"""Corrections of orders and merchants."""

import pytest

from shared.domain.errors import Conflict, ValidationFailed
from tests.support.in_memory import Relief

UNIT = "410103006"
WHY = {"reason": "登记有误"}


@pytest.fixture
def service():
    return Relief(["410103", UNIT])


def day(number):
    return {"time": f"2017-02-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def raised(service, *items):
    given = {"category": "daily_necessities", "channel": "phone", "items": [*items] or ["米", "面"]}
    return service.ask("raise_order", **given, **day(7))["id"]


def confirmed(service):
    id = raised(service)
    service.ask("claim_items", id=id, department="民政局", **day(8))
    service.ask("deliver_order", id=id, served_by="街道干部", **day(9))
    service.ask("confirm_order", id=id, **day(10))
    return id


def last(service, id, number):
    return [
        (it["type"].rsplit(".", 1)[1], it["time"][8:10], it["data"]["status"])
        for it in service.events(id)[-number:]
    ]


def test_what_became_of_the_order_is_recorded_again_after_the_correction(service):
    id = confirmed(service)
    service.ask("correct_order", id=id, category="temporary_relief", **day(6), **WHY)
    assert last(service, id, 4) == [
        ("corrected", "06", "raised"),
        ("claimed", "08", "claimed"),
        ("delivered", "09", "delivered"),
        ("confirmed", "10", "confirmed"),
    ]
    found = service.ask("order", id=id)
    assert (found["raised_on"], found["due"]) == ("2017-02-06", "2017-02-20")
    assert (found["served_by"], found["delivered_on"]) == ("街道干部", "2017-02-09")
    assert {item["claimed_by"] for item in found["items"]} == {"民政局"}


def test_each_step_may_have_been_at_another_time_but_not_before_its_cause(service):
    id = confirmed(service)
    service.ask("correct_order_time", id=id, step="delivered", **day(10), **WHY)
    assert last(service, id, 2) == [
        ("delivered", "10", "delivered"),
        ("confirmed", "10", "confirmed"),
    ]
    with pytest.raises(ValidationFailed) as caught:
        service.ask("correct_order_time", id=id, step="delivered", **day(11), **WHY)
    assert set(caught.value.data) == {"time"}
    with pytest.raises(Conflict):
        service.ask("correct_order_time", id=id, step="rejected", **day(9), **WHY)


def test_an_order_that_never_was_is_withdrawn_and_nothing_more_happens_to_it(service):
    id = confirmed(service)
    service.ask("correct_order", id=id, withdrawn=True, **day(7), **WHY)
    state = service.events(id)[-1]["data"]
    assert (state["withdrawn"], state["delivered_on"]) == (True, None)
    for method, more in (("claim_items", {"department": "民政局"}), ("rate_order", {"rating": 5})):
        with pytest.raises(Conflict, match="entered by mistake"):
            service.ask(method, id=id, **more, **day(12))
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("correct_order_time", id=id, step="claimed", **day(9), **WHY)


def test_an_order_rejected_by_mistake_stands_again(service):
    id = raised(service)
    service.ask("reject_order", id=id, reason="不属于本项目", **day(8))
    service.ask("correct_order", id=id, still_standing=True, **day(7), **WHY)
    assert service.ask("order", id=id)["status"] == "raised"
    service.ask("claim_items", id=id, department="民政局", **day(8))


def test_items_are_renamed_and_none_that_is_claimed_is_lost(service):
    id = raised(service, "米", "面", "油")
    service.ask("claim_items", id=id, department="民政局", items=["米"], **day(8))
    service.ask("correct_order", id=id, items=["大米", "面", "油"], **day(7), **WHY)
    found = service.ask("order", id=id)["items"]
    assert [item["claimed_by"] for item in found] == ["民政局", None, None]
    with pytest.raises(Conflict, match="release"):
        service.ask("correct_order", id=id, items=["面", "油"], **day(7), **WHY)
    service.ask("correct_order", id=id, items=["大米", "面"], **day(7), **WHY)
    service.ask("claim_items", id=id, department="民政局", **day(8))
    with pytest.raises(Conflict, match="raise another order"):
        service.ask("correct_order", id=id, items=["大米", "面", "盐"], **day(7), **WHY)


def test_an_order_of_an_earlier_release_needs_the_time_that_was_not_stored(service):
    id = confirmed(service)
    del service.collection.documents[id]["moments"]
    with pytest.raises(Conflict, match="not stored"):
        service.ask("correct_order", id=id, **day(6), **WHY)
    service.ask("correct_order_time", id=id, step="claimed", **day(8), **WHY)
    service.ask("correct_order", id=id, **day(6), **WHY)
    assert last(service, id, 2) == [
        ("delivered", "09", "delivered"),
        ("confirmed", "10", "confirmed"),
    ]


def test_a_merchant_is_corrected_withdrawn_and_reopened(service):
    id = service.ask("register_merchant", name="某店", **day(7))["id"]
    service.ask("close_merchant", id=id, **day(20))
    assert (
        service.ask("correct_merchant", id=id, name="某商店", **day(6), **WHY)["status"] == "closed"
    )
    again = {"still_standing": True, **day(6), **WHY}
    assert service.ask("correct_merchant", id=id, **again)["status"] == "registered"
    service.ask("correct_merchant", id=id, withdrawn=True, **day(6), **WHY)
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("close_merchant", id=id, **day(20))
