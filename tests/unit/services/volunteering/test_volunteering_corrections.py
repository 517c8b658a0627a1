"""What was entered by mistake of stations, teams and volunteers is corrected or withdrawn."""

import pytest

from shared.domain.errors import Conflict, NotFound, ValidationFailed
from tests.support.in_memory import ID_NUMBERS, Volunteering

WORDS = {"zh": "环境整治", "en": "clean-up"}
UNIT, OTHER = "410103006", "410103016"
WHY = {"reason": "登记有误"}


@pytest.fixture
def service():
    return Volunteering(["410103", UNIT, OTHER])


def day(number):
    return {"time": f"2017-01-{number:02}T00:00:00+08:00", "timeprecision": "day"}


def withdraw(service, kind, id):
    return service.ask(f"correct_{kind}", id=id, withdrawn=True, **WHY)


def team(service, **more):
    return service.ask("form_team", name="某队", level="subdistrict", **more)["id"]


def activity(service, **host):
    given = {"name": WORDS, "category": "other", "planned_for": "2017-01-20"}
    return service.ask("publish_activity", **given, **host)["id"]


def volunteer(service, number=0, **more):
    return service.ask("register_volunteer", identity={"id_number": ID_NUMBERS[number]}, **more)[
        "id"
    ]


def verbs(service, id):
    return [event["type"].rsplit(".", 1)[1] for event in service.events(id)]


def test_what_rests_on_it_goes_first(service):
    station = service.ask("open_station", name="某站")["id"]
    category = service.ask("define_category", name=WORDS)["id"]
    made = team(service, category=category)
    on_station, on_team = activity(service, station=station), activity(service, team=made)
    person = volunteer(service, team=made)
    for kind, id, many, resting in (
        ("station", station, "activities", [on_station]),
        ("team", made, "activities", [on_team]),
        ("category", category, "teams", [made]),
    ):
        with pytest.raises(Conflict) as caught:
            withdraw(service, kind, id)
        assert caught.value.data[many] == resting
    service.ask("cancel_activity", id=on_team, **WHY)
    with pytest.raises(Conflict) as caught:
        withdraw(service, "team", made)
    assert caught.value.data["volunteers"] == [person]
    service.ask("correct_volunteer", id=person, team=None, **WHY)
    service.ask("cancel_activity", id=on_station, **WHY)
    for kind, id in (("team", made), ("category", category), ("station", station)):
        withdraw(service, kind, id)


def test_nothing_new_rests_on_what_is_withdrawn(service):
    made, station = team(service), service.ask("open_station", name="某站")["id"]
    known = activity(service)
    withdraw(service, "team", made)
    withdraw(service, "station", station)
    for ask in (
        lambda: activity(service, team=made),
        lambda: activity(service, station=station),
        lambda: volunteer(service, team=made),
        lambda: service.ask("close_station", id=station),
        lambda: service.ask("disband_team", id=made),
    ):
        with pytest.raises(Conflict, match="entered by mistake"):
            ask()
    service.ask("complete_activity", id=known)
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("correct_activity", id=known, team=made, **WHY)
    with pytest.raises(NotFound):
        service.ask("correct_activity", id=known, station="nowhere", **WHY)


def test_an_activity_moves_to_another_team_and_station(service):
    made, known = team(service), activity(service)
    service.ask("complete_activity", id=known)
    service.ask("correct_activity", id=known, team=made, **WHY)
    assert service.ask("activity", id=known)["team"] == made


def test_a_withdrawn_one_is_in_no_stock_and_can_be_restored(service):
    def recorded():
        stocks = {it["stock"]: it["recorded"]["value"] for it in service.ask("stocks")}
        return [stocks[name] for name in ("stations", "team_categories", "teams", "volunteers")]

    made = {
        "station": service.ask("open_station", name="某站")["id"],
        "category": service.ask("define_category", name=WORDS)["id"],
        "team": team(service),
        "volunteer": volunteer(service),
    }
    assert recorded() == ["1"] * 4
    for kind, id in made.items():
        withdraw(service, kind, id)
    assert recorded() == ["0"] * 4
    for kind in ("station", "category", "team"):
        service.ask(f"correct_{kind}", id=made[kind], **WHY)
    assert recorded() == ["1", "1", "1", "0"]


def test_an_end_is_recorded_again_after_a_correction_of_the_beginning(service):
    id = service.ask("open_station", name="某站", **day(9))["id"]
    service.ask("close_station", id=id, **day(20))
    service.ask("correct_station", id=id, name="另一站", orgunit=OTHER, **day(10), **WHY)
    events = service.events(id)[-2:]
    assert [(it["type"], it["time"][:10], it["orgunit"]) for it in events] == [
        ("volunteering.station.corrected", "2017-01-10", OTHER),
        ("volunteering.station.closed", "2017-01-20", OTHER),
    ]
    assert [it["data"]["status"] for it in events] == ["open", "closed"]
    with pytest.raises(ValidationFailed):
        service.ask("correct_station", id=id, **day(21), **WHY)
    service.ask("correct_station", id=id, still_standing=True, **day(21), **WHY)
    assert verbs(service, id)[-1] == "corrected"


def test_an_end_that_an_earlier_release_did_not_date_has_to_be_entered_again(service):
    id = service.ask("open_station", name="某站")["id"]
    service.ask("close_station", id=id, **day(20))
    del service.collection.documents[id]["moments"]
    with pytest.raises(Conflict, match="is not stored"):
        service.ask("correct_station", id=id, **WHY)
    service.ask("correct_station", id=id, still_standing=True, **WHY)
    service.ask("close_station", id=id, **day(20))


def test_a_correction_of_a_volunteer_concerns_the_last_registration(service):
    id = volunteer(service, **day(3))
    service.ask("deregister_volunteer", id=id, **day(10))
    volunteer(service, **day(20))
    service.ask("correct_volunteer", id=id, orgunit=OTHER, **day(23), **WHY)
    assert verbs(service, id) == ["registered", "left", "registered", "corrected"]
    assert "reason" not in service.events(id)[-1]["data"]


def test_a_registration_by_mistake_is_taken_back_with_its_personal_data(service):
    id = volunteer(service)
    withdraw(service, "volunteer", id)
    assert not service.collection.documents[id].get("personal")
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("correct_volunteer", id=id, **WHY)
    assert volunteer(service) == id
    assert verbs(service, id) == ["registered", "corrected", "registered"]
    assert service.events(id)[-1]["data"]["withdrawn"] is False


def test_hours_go_before_the_volunteer(service):
    id, served = volunteer(service), activity(service)
    hours = {"value": "2", "qualifier": "exact", "unit": "hour", "stated": None}
    given = {"volunteer": id, "activity": served, "hours": hours}
    row = service.ask("record_hours", **given, **day(20))["id"]
    with pytest.raises(Conflict) as caught:
        withdraw(service, "volunteer", id)
    assert caught.value.data["hours"] == [row]
    service.ask("void_hours", id=row, **day(21), **WHY)
    withdraw(service, "volunteer", id)
    with pytest.raises(Conflict, match="entered by mistake"):
        service.ask("record_hours", **given, **day(20))


def test_a_stock_is_withdrawn_once_and_then_not_shown(service):
    level = {"value": "123", "qualifier": "exact", "unit": "station", "stated": None}
    given = {"orgunit": "410103", "stock": "stations", "level": level}
    id = service.ask("declare_stock", **given)["id"]
    service.ask("withdraw_stock", id=id, **WHY)
    first, last = service.events(id)
    assert (last["time"], last["timeprecision"]) == (first["time"], first["timeprecision"])
    assert service.ask("stocks")[0]["declared"] is None
    with pytest.raises(Conflict, match="withdrawn"):
        service.ask("withdraw_stock", id=id, **WHY)
    service.ask("declare_stock", **given)
    assert service.ask("stocks")[0]["declared"]["value"] == "123"
