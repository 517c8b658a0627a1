"""Corrections of actions, meetings, platforms and milestones."""

import pytest

from shared.domain.errors import Conflict, NotFound
from tests.support.in_memory import Oversight

UNIT, OTHER = "410103006", "410103016"
WORDS = {"zh": "某事", "en": "something"}
WHY = {"reason": "登记有误"}


@pytest.fixture
def service():
    return Oversight(["410103", UNIT, OTHER])


def day(number):
    return {"time": f"2017-02-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def assigned(service, **more):
    given = {"what": WORDS, "responsible": "某主任", "due": "2017-02-10"}
    return service.ask("assign_action", **given, **more, **day(6))["id"]


def last(service, id, number):
    events = service.events(id)[-number:]
    return [(it["type"].rsplit(".", 1)[1], it["time"][8:10], it["data"]["due"]) for it in events]


def test_an_action_that_was_carried_and_closed_stays_so_after_a_correction(service):
    id = assigned(service)
    service.ask("carry_action", id=id, due="2017-02-17", **day(13))
    service.ask("close_action", id=id, outcome=WORDS, **day(16))
    service.ask("correct_action", id=id, orgunit=OTHER, due="2017-02-11", **day(7), **WHY)
    assert last(service, id, 3) == [
        ("corrected", "07", "2017-02-11"),
        ("carried", "13", "2017-02-17"),
        ("closed", "16", "2017-02-17"),
    ]
    before, *_, closed = (event["data"] for event in service.events(id)[-3:])
    assert (before["closed_on"], before["outcome"], before["assigned_on"]) == (
        None,
        None,
        "2017-02-07",
    )
    assert (closed["closed_on"], closed["outcome"]) == ("2017-02-16", WORDS)


def test_an_action_closed_by_mistake_is_open_again(service):
    id = assigned(service)
    service.ask("close_action", id=id, dropped=True, **day(8))
    again = service.ask("correct_action", id=id, still_standing=True, **day(6), **WHY)
    assert again["status"] == "assigned"
    assert service.events(id)[-1]["data"]["closed_on"] is None


def test_what_rests_on_a_meeting_or_platform_goes_first(service):
    meeting = service.ask("hold_meeting", kind="office", heard=[], **day(6))["id"]
    action = assigned(service, meeting=meeting)
    platform = service.ask("register_platform", name=WORDS, **day(6))["id"]
    given = {"platform": platform, "what": WORDS, "status": "planned"}
    milestone = service.ask("set_milestone", **given, **day(6))["id"]
    for kind, id, many, resting in (
        ("meeting", meeting, "actions", action),
        ("platform", platform, "milestones", milestone),
    ):
        rest = many.removesuffix("s")
        with pytest.raises(Conflict) as caught:
            service.ask(f"correct_{kind}", id=id, withdrawn=True, **day(6), **WHY)
        assert caught.value.data[many] == [resting]
        service.ask(f"correct_{rest}", id=resting, withdrawn=True, **day(6), **WHY)
        service.ask(f"correct_{kind}", id=id, withdrawn=True, **day(6), **WHY)
    with pytest.raises(Conflict, match="entered by mistake"):
        assigned(service, meeting=meeting)
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("set_milestone", **given, **day(6))
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("reach_milestone", id=milestone, **day(7))


def test_a_meeting_was_held_on_another_day_by_other_groups(service):
    meeting = service.ask("hold_meeting", kind="office", heard=[], **day(6))["id"]
    with pytest.raises(NotFound):
        service.ask("correct_meeting", id=meeting, heard=["group:unknown"], **day(6), **WHY)
    service.ask("correct_meeting", id=meeting, kind="leading_group", **day(7), **WHY)
    found = service.events(meeting)[-1]["data"]
    assert (found["held_on"], found["kind"]) == ("2017-02-07", "leading_group")


def test_a_milestone_was_reached_in_another_unit(service):
    platform = service.ask("register_platform", name=WORDS, **day(6))["id"]
    given = {"platform": platform, "what": WORDS, "status": "planned"}
    id = service.ask("set_milestone", **given, **day(6))["id"]
    service.ask("reach_milestone", id=id, **day(8))
    service.ask("correct_milestone", id=id, orgunit=OTHER, **day(8), **WHY)
    assert service.events(id)[-1]["orgunit"] == OTHER
