"""What was entered by mistake of stations, teams and volunteers is corrected or withdrawn."""

import pytest

from shared.domain.errors import Conflict, NotFound, ValidationFailed
from tests.support.in_memory import ID_NUMBERS, Volunteering

WORDS = {"zh": "环境整治", "en": "clean-up"}
UNIT, OTHER = "410103006", "410103016"
WHY = {"reason": "登记有误"}


@pytest.fixture
def desk():
    return Volunteering(["410103", UNIT, OTHER])


def day(number):
    return {"time": f"2017-01-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def withdraw(desk, kind, id):
    return desk.ask(f"correct_{kind}", id=id, withdrawn=True, **WHY)


def team(desk, **more):
    return desk.ask("form_team", name="某队", level="subdistrict", **more)["id"]


def activity(desk, **host):
    given = {"name": WORDS, "category": "other", "planned_for": "2017-01-20"}
    return desk.ask("publish_activity", **given, **host)["id"]


def volunteer(desk, number=0, **more):
    return desk.ask("register_volunteer", identity={"id_number": ID_NUMBERS[number]}, **more)["id"]


def verbs(desk, id):
    return [event["type"].rsplit(".", 1)[1] for event in desk.events(id)]


def test_what_rests_on_it_goes_first(desk):
    station = desk.ask("open_station", name="某站")["id"]
    category = desk.ask("define_category", name=WORDS)["id"]
    made = team(desk, category=category)
    on_station, on_team = activity(desk, station=station), activity(desk, team=made)
    person = volunteer(desk, team=made)
    for kind, id, many, resting in (
        ("station", station, "activities", [on_station]),
        ("team", made, "activities", [on_team]),
        ("category", category, "teams", [made]),
    ):
        with pytest.raises(Conflict) as caught:
            withdraw(desk, kind, id)
        assert caught.value.data[many] == resting
    desk.ask("cancel_activity", id=on_team, **WHY)
    with pytest.raises(Conflict) as caught:
        withdraw(desk, "team", made)
    assert caught.value.data["volunteers"] == [person]
    desk.ask("correct_volunteer", id=person, team=None, **WHY)
    desk.ask("cancel_activity", id=on_station, **WHY)
    for kind, id in (("team", made), ("category", category), ("station", station)):
        withdraw(desk, kind, id)


def test_nothing_new_rests_on_what_is_withdrawn(desk):
    made, station = team(desk), desk.ask("open_station", name="某站")["id"]
    known = activity(desk)
    withdraw(desk, "team", made)
    withdraw(desk, "station", station)
    for ask in (
        lambda: activity(desk, team=made),
        lambda: activity(desk, station=station),
        lambda: volunteer(desk, team=made),
        lambda: desk.ask("close_station", id=station),
        lambda: desk.ask("disband_team", id=made),
    ):
        with pytest.raises(Conflict, match="entered by mistake"):
            ask()
    desk.ask("complete_activity", id=known)
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("correct_activity", id=known, team=made, **WHY)
    with pytest.raises(NotFound):
        desk.ask("correct_activity", id=known, station="nowhere", **WHY)


def test_an_activity_moves_to_another_team_and_station(desk):
    made, known = team(desk), activity(desk)
    desk.ask("complete_activity", id=known)
    desk.ask("correct_activity", id=known, team=made, **WHY)
    assert desk.ask("activity", id=known)["team"] == made


def test_a_withdrawn_one_is_in_no_stock_and_can_be_restored(desk):
    def recorded():
        stocks = {it["stock"]: it["recorded"]["value"] for it in desk.ask("stocks")}
        return [stocks[name] for name in ("stations", "team_categories", "teams", "volunteers")]

    made = {
        "station": desk.ask("open_station", name="某站")["id"],
        "category": desk.ask("define_category", name=WORDS)["id"],
        "team": team(desk),
        "volunteer": volunteer(desk),
    }
    assert recorded() == ["1"] * 4
    for kind, id in made.items():
        withdraw(desk, kind, id)
    assert recorded() == ["0"] * 4
    for kind in ("station", "category", "team"):
        desk.ask(f"correct_{kind}", id=made[kind], **WHY)
    assert recorded() == ["1", "1", "1", "0"]


def test_an_end_is_recorded_again_after_a_correction_of_the_beginning(desk):
    id = desk.ask("open_station", name="某站", **day(9))["id"]
    desk.ask("close_station", id=id, **day(20))
    desk.ask("correct_station", id=id, name="另一站", orgunit=OTHER, **day(10), **WHY)
    events = desk.events(id)[-2:]
    assert [(it["type"], it["time"][:10], it["orgunit"]) for it in events] == [
        ("volunteering.station.corrected", "2017-01-10", OTHER),
        ("volunteering.station.closed", "2017-01-20", OTHER),
    ]
    assert [it["data"]["status"] for it in events] == ["open", "closed"]
    with pytest.raises(ValidationFailed):
        desk.ask("correct_station", id=id, **day(21), **WHY)
    desk.ask("correct_station", id=id, still_standing=True, **day(21), **WHY)
    assert verbs(desk, id)[-1] == "corrected"


def test_an_end_that_an_earlier_release_did_not_date_has_to_be_entered_again(desk):
    id = desk.ask("open_station", name="某站")["id"]
    desk.ask("close_station", id=id, **day(20))
    del desk.collection.documents[id]["moments"]
    with pytest.raises(Conflict, match="is not stored"):
        desk.ask("correct_station", id=id, **WHY)
    desk.ask("correct_station", id=id, still_standing=True, **WHY)
    desk.ask("close_station", id=id, **day(20))


def test_a_correction_of_a_volunteer_concerns_the_last_registration(desk):
    id = volunteer(desk, **day(3))
    desk.ask("deregister_volunteer", id=id, **day(10))
    volunteer(desk, **day(20))
    desk.ask("correct_volunteer", id=id, orgunit=OTHER, **day(23), **WHY)
    assert verbs(desk, id) == ["registered", "left", "registered", "corrected"]
    assert "reason" not in desk.events(id)[-1]["data"]


def test_a_registration_by_mistake_is_taken_back_with_its_personal_data(desk):
    id = volunteer(desk)
    withdraw(desk, "volunteer", id)
    assert not desk.collection.documents[id].get("personal")
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("correct_volunteer", id=id, **WHY)
    assert volunteer(desk) == id
    assert verbs(desk, id) == ["registered", "corrected", "registered"]
    assert desk.events(id)[-1]["data"]["withdrawn"] is False


def test_hours_go_before_the_volunteer(desk):
    id, served = volunteer(desk), activity(desk)
    hours = {"value": "2", "qualifier": "exact", "unit": "hour", "stated": None}
    given = {"volunteer": id, "activity": served, "hours": hours}
    row = desk.ask("record_hours", **given, **day(20))["id"]
    with pytest.raises(Conflict) as caught:
        withdraw(desk, "volunteer", id)
    assert caught.value.data["hours"] == [row]
    desk.ask("void_hours", id=row, **day(21), **WHY)
    withdraw(desk, "volunteer", id)
    with pytest.raises(Conflict, match="entered by mistake"):
        desk.ask("record_hours", **given, **day(20))


def test_a_stock_is_withdrawn_once_and_then_not_shown(desk):
    level = {"value": "123", "qualifier": "exact", "unit": "station", "stated": None}
    given = {"orgunit": "410103", "stock": "stations", "level": level}
    id = desk.ask("declare_stock", **given)["id"]
    desk.ask("withdraw_stock", id=id, **WHY)
    first, last = desk.events(id)
    assert (last["time"], last["timeprecision"]) == (first["time"], first["timeprecision"])
    assert desk.ask("stocks")[0]["declared"] is None
    with pytest.raises(Conflict, match="withdrawn"):
        desk.ask("withdraw_stock", id=id, **WHY)
    desk.ask("declare_stock", **given)
    assert desk.ask("stocks")[0]["declared"]["value"] == "123"
