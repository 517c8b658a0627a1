"""Relief asks volunteering for helpers: by RPC, and pending for as long as nobody answers."""

import pytest

from tests.support.running import COMMUNITY, TIME

PLANNED = "2017-02-09"
NEEDED = {"wanted": 3, "planned_for": PLANNED}


def ask_for_helpers(running):
    """The id of an order that helpers are asked for."""
    order = running.raise_order()["id"]
    running.do("relief", "ask_helpers", id=order, time=TIME, **NEEDED)
    return order


def helpers(running, order):
    return running.ask("relief", "order", id=order)["helpers"]


def arranged(running, order):
    return helpers(running, order)["status"] == "arranged"


def published_for(running, order):
    """The activities that volunteering announced for the order, once all events are in its log."""
    running.settled()
    log = running.ask("volunteering", "events", after=0, limit=1000)["events"]
    return [event for event in log if event["data"].get("activity_key") == order]


def test_volunteering_announces_an_activity_that_names_the_order(running):
    order = ask_for_helpers(running)
    running.wait(lambda: arranged(running, order))
    [event] = published_for(running, order)
    assert helpers(running, order)["activity"] == event["subject"]
    assert (event["type"], event["orgunit"]) == ("volunteering.activity.published", COMMUNITY)
    told = {name: event["data"][name] for name in ("wanted", "planned_for", "category", "status")}
    assert told == NEEDED | {"category": "relief_delivery", "status": "published"}


def test_while_volunteering_is_down_the_request_is_pending_and_arranged_afterwards(running):
    running.stack.stop_services(["volunteering"])
    order = ask_for_helpers(running)
    # A later request is passed on after it: once a try was logged, this one was tried.
    log = running.stack.home / "logs" / "relief.log"
    running.wait(lambda: "helpers still pending" in log.read_text(encoding="utf-8"))
    assert helpers(running, order) == {**NEEDED_AND_PENDING, "activity": None}
    running.do("relief", "claim_items", id=order, time=TIME, department="街道民政办")
    running.start("volunteering")
    running.wait(lambda: arranged(running, order))
    assert len(published_for(running, order)) == 1


NEEDED_AND_PENDING = {"status": "pending", "wanted": 3}


@pytest.mark.parametrize("victim", ["relief", "volunteering"])
def test_whoever_dies_meanwhile_there_is_one_activity(running, victim):
    orders = [ask_for_helpers(running) for _ in range(5)]
    running.stack.kill_service(victim)
    running.start(victim)
    running.wait(lambda: all(arranged(running, order) for order in orders))
    assert [len(published_for(running, order)) for order in orders] == [1] * 5


def test_an_occasion_of_two_services_is_one_in_the_briefing(running):
    order = ask_for_helpers(running)
    running.wait(lambda: arranged(running, order))
    when = {"time": TIME, "timeprecision": "second"}
    running.do("relief", "claim_items", id=order, time=TIME, department="街道民政办")
    running.do("relief", "deliver_order", id=order, **when)
    activity = helpers(running, order)["activity"]
    running.do("volunteering", "complete_activity", id=activity, **when)
    running.settled()
    running.do("supervision", "draft_briefing", period="2017-W06")
    text = running.ask("supervision", "briefing", period="2017-W06", format="text", lang="zh")
    assert "多项业务登记的同一活动" in text
    assert "其中重合 1 次" in text
