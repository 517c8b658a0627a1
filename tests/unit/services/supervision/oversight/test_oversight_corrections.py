"""Corrections of actions, meetings, platforms and milestones."""

import pytest

from shared.domain.errors import Conflict, NotFound
from tests.support.in_memory import Oversight

UNIT, OTHER = "410103006", "410103016"
WORDS = {"zh": "某事", "en": "something"}
WHY = {"reason": "登记有误"}


@pytest.fixture
def desk():
    return Oversight(["410103", UNIT, OTHER])


def day(number):
    return {"time": f"2017-02-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def assigned(desk, **more):
    given = {"what": WORDS, "responsible": "某主任", "due": "2017-02-10"}
    return desk.ask("assign_action", **given, **more, **day(6))["id"]


def last(desk, id, number):
    events = desk.events(id)[-number:]
    return [(it["type"].rsplit(".", 1)[1], it["time"][8:10], it["data"]["due"]) for it in events]


def test_an_action_that_was_carried_and_closed_stays_so_after_a_correction(desk):
    id = assigned(desk)
    desk.ask("carry_action", id=id, due="2017-02-17", **day(13))
    desk.ask("close_action", id=id, outcome=WORDS, **day(16))
    desk.ask("correct_action", id=id, orgunit=OTHER, due="2017-02-11", **day(7), **WHY)
    assert last(desk, id, 3) == [
        ("corrected", "07", "2017-02-11"),
        ("carried", "13", "2017-02-17"),
        ("closed", "16", "2017-02-17"),
    ]
    before, *_, closed = (event["data"] for event in desk.events(id)[-3:])
    assert (before["closed_on"], before["outcome"], before["assigned_on"]) == (
        None,
        None,
        "2017-02-07",
    )
    assert (closed["closed_on"], closed["outcome"]) == ("2017-02-16", WORDS)


def test_an_action_closed_by_mistake_is_open_again(desk):
    id = assigned(desk)
    desk.ask("close_action", id=id, dropped=True, **day(8))
    again = desk.ask("correct_action", id=id, still_standing=True, **day(6), **WHY)
    assert again["status"] == "assigned"
    assert desk.events(id)[-1]["data"]["closed_on"] is None


def test_what_rests_on_a_meeting_or_platform_goes_first(desk):
    meeting = desk.ask("hold_meeting", kind="office", heard=[], **day(6))["id"]
    action = assigned(desk, meeting=meeting)
    platform = desk.ask("register_platform", name=WORDS, **day(6))["id"]
    given = {"platform": platform, "what": WORDS, "status": "planned"}
    milestone = desk.ask("set_milestone", **given, **day(6))["id"]
    for kind, id, many, resting in (
        ("meeting", meeting, "actions", action),
        ("platform", platform, "milestones", milestone),
    ):
        rest = many.removesuffix("s")
        with pytest.raises(Conflict) as caught:
            desk.ask(f"correct_{kind}", id=id, withdrawn=True, **day(6), **WHY)
        assert caught.value.data[many] == [resting]
        desk.ask(f"correct_{rest}", id=resting, withdrawn=True, **day(6), **WHY)
        desk.ask(f"correct_{kind}", id=id, withdrawn=True, **day(6), **WHY)
    with pytest.raises(Conflict, match="entered by mistake"):
        assigned(desk, meeting=meeting)
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("set_milestone", **given, **day(6))
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("reach_milestone", id=milestone, **day(7))


def test_a_meeting_was_held_on_another_day_by_other_groups(desk):
    meeting = desk.ask("hold_meeting", kind="office", heard=[], **day(6))["id"]
    with pytest.raises(NotFound):
        desk.ask("correct_meeting", id=meeting, heard=["group:unknown"], **day(6), **WHY)
    desk.ask("correct_meeting", id=meeting, kind="leading_group", **day(7), **WHY)
    found = desk.events(meeting)[-1]["data"]
    assert (found["held_on"], found["kind"]) == ("2017-02-07", "leading_group")


def test_a_milestone_was_reached_in_another_unit(desk):
    platform = desk.ask("register_platform", name=WORDS, **day(6))["id"]
    given = {"platform": platform, "what": WORDS, "status": "planned"}
    id = desk.ask("set_milestone", **given, **day(6))["id"]
    desk.ask("reach_milestone", id=id, **day(8))
    desk.ask("correct_milestone", id=id, orgunit=OTHER, **day(8), **WHY)
    assert desk.events(id)[-1]["orgunit"] == OTHER
