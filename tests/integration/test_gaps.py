"""Events lost on the way are fetched from their service; each service works without the others."""

import json

import pytest

from shared.domain.errors import Conflict
from shared.domain.service_names import NAMES
from shared.platform.topology import SERVICES
from tests.support import plain_amqp
from tests.support.running import COMMUNITY, TIME, WEEK

RAISED = "relief.orders_raised"
HELD = "clinics.clinics_held"
PERIOD = str(WEEK)


def lose_everything(running):
    """What a user with the permission to purge does."""
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge("supervision.inbox")


def raise_orders(running, count):
    for _ in range(count):
        running.raise_order()
    running.wait(lambda: running.health("relief")["pending"] == 0)


def hold_clinic(running):
    plan = {"orgunit": COMMUNITY, "venue": "二七广场", "planned_for": "2017-02-06"}
    identity = running.do("clinics", "plan_clinic", time=TIME, **plan)["id"]
    for verb in ("file", "hold"):
        running.do("clinics", f"{verb}_clinic", id=identity, time=TIME)


def counted(running, indicator=RAISED):
    return int(running.live(indicator) or 0)


def test_a_gap_is_filled_as_soon_as_a_later_event_shows_it(running):
    before = counted(running)
    running.stack.stop_services(["supervision"])
    raise_orders(running, 5)
    lose_everything(running)
    running.start("supervision")
    assert counted(running) == before
    running.raise_order()
    running.wait(lambda: counted(running) == before + 6)
    running.settled()


def test_what_nothing_later_shows_is_fetched_for_the_draft(running):
    before = counted(running)
    running.stack.stop_services(["supervision"])
    raise_orders(running, 5)
    hold_clinic(running)
    lose_everything(running)
    running.start("supervision")
    running.do("supervision", "draft_briefing", period=PERIOD)
    assert drafted(running, RAISED) == before + 5
    assert counted(running) == before + 5
    running.settled()


def drafted(running, indicator):
    [cell] = [
        cell
        for cell in draft(running)["cells"]
        if (cell["indicator"], cell["orgunit"]) == (indicator, "410103")
    ]
    return int(cell["value"])


def draft(running):
    return json.loads(running.ask("supervision", "briefing", period=PERIOD))


def test_more_than_a_page_of_lost_events_is_fetched(running):
    before = counted(running)
    running.stack.stop_services(["supervision"])
    raise_orders(running, 600)
    lose_everything(running)
    running.start("supervision")
    running.raise_order()
    running.wait(lambda: counted(running) == before + 601)
    running.settled()


def test_while_supervision_is_down_the_others_work_and_all_is_counted_afterwards(running):
    orders, clinics = counted(running), counted(running, HELD)
    running.stack.stop_services(["supervision"])
    raise_orders(running, 20)
    hold_clinic(running)
    running.start("supervision")
    running.wait(lambda: counted(running) == orders + 20)
    running.wait(lambda: counted(running, HELD) == clinics + 1)
    running.settled()


def test_a_service_started_without_supervision_works_with_the_registry_it_has(running):
    before = counted(running)
    running.stack.stop_services(["supervision", "relief"])
    running.start("relief")
    raise_orders(running, 3)
    running.start("supervision")
    running.wait(lambda: counted(running) == before + 3)


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "supervision"])
def test_while_a_service_is_down_the_draft_says_so_and_nothing_is_published(running, name):
    running.stack.stop_services([name])
    if name == "clinics":
        raise_orders(running, 1)
    else:
        hold_clinic(running)
    running.do("supervision", "draft_briefing", period=PERIOD)
    said = draft(running)["completeness"]
    complete = {row["service"]: row["complete"] for row in said["services"]}
    assert complete == dict.fromkeys(SERVICES, True) | {name: False}
    assert (said["reconciled"], said["of"]) == (len(SERVICES) - 1, len(SERVICES))
    text = running.ask("supervision", "briefing", period=PERIOD, format="text", lang="zh")
    assert "4项业务与台账核对一致（4/5）" in text
    assert f"{NAMES[name][0]}：登记事件" in text and "未对账：未应答" in text
    running.approve(PERIOD)
    with pytest.raises(Conflict) as caught:
        running.do("supervision", "publish_briefing", period=PERIOD)
    assert caught.value.data["missing"] == [name]
    assert caught.value.data["action"] == "publish"


def test_once_all_answer_again_the_issue_is_published(running):
    assert running.issue(PERIOD)["status"] == "published"
    said = draft(running)["completeness"]
    assert said["reconciled"] == said["of"] == len(SERVICES)
    assert drafted(running, RAISED) == counted(running)


def test_a_registry_that_was_lost_on_the_way_is_loaded_at_the_next_start(running):
    running.stack.stop_services(["relief"])
    unit = {"parent": "410103001", "level": "community", "name": "新社区"}
    running.do("supervision", "register_orgunit", code="410103001801", **unit)
    running.wait(lambda: running.health("supervision")["pending"] == 0)
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge("relief.inbox")
    running.start("relief")
    known = running.health("supervision")["orgunits"]
    running.wait(lambda: running.health("relief")["orgunits"] == known)
