"""The RPC of volunteering with a repository in memory: registration, hours, stocks, days."""

import json
import re
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from marshmallow import ValidationError

from services.volunteering.service import VolunteeringService
from shared.aggregates.personal import PersonalData
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated
from tests.support.memory import MemoryService

DISTRICT, UNIT, OTHER_UNIT = "410103", "410103005", "410103012"
NOW = parse_instant("2017-03-31T12:00:00+08:00")
TIME = "2017-02-09T09:00:00+08:00"
NAME = {"zh": "环境综合整治", "en": "clean-up"}
RECORDER, OTHER = "person:recorder", "person:other"
# Of no real person: the last character is right, but there is no place 990000.
ID_NUMBER, ANOTHER = "990000199001010017", "990000199001010025"
IDENTITY = {"id_number": ID_NUMBER, "name": "张三", "phone": "13800000000"}


class Volunteering(MemoryService, VolunteeringService):
    ACTOR, TIME, UNIT = RECORDER, TIME, UNIT

    def __init__(self, secrets):
        super().__init__(NOW, [DISTRICT, UNIT, OTHER_UNIT])
        self.personal = PersonalData()
        self.personal.container = SimpleNamespace(config={"keys": secrets})
        self.personal.setup()

    def register(self, id_number=ID_NUMBER, **more):
        return self.ask("register_volunteer", identity={"id_number": id_number}, **more)

    def record(self, hours, **more):
        """A row of the ledger of one volunteer at one activity."""
        return self.ask("record_hours", **{**self.served, "hours": in_hours(hours), **more})["id"]

    def elsewhere(self, day="2017-02-09"):
        """Another activity, on a day; its hours are known to the day."""
        given = {"name": NAME, "category": "other", "planned_for": day}
        activity = self.ask("publish_activity", **given)["id"]
        when = {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}
        return {"activity": activity, **when}

    def serve(self):
        activity = self.elsewhere()["activity"]
        self.served = {"volunteer": self.register()["id"], "activity": activity}

    def verbs(self, id):
        return [event["type"].rsplit(".", 1)[1] for event in self.events(id)]


def in_hours(value, **change):
    return {"value": value, "qualifier": "exact", "unit": "hour", "stated": None} | change


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "fields"
    path.write_bytes(Fernet.generate_key() + b"\n")
    return VolunteeringService.keys(SimpleNamespace(field_key_file=str(path)))


@pytest.fixture
def service(secrets):
    return Volunteering(secrets)


@pytest.fixture
def serving(service):
    service.serve()
    return service


class TestRegistering:
    def test_a_second_registration_of_a_person_gives_the_same_volunteer_and_no_event(self, service):
        first = service.ask("register_volunteer", identity=IDENTITY)
        again = service.register(f" {ID_NUMBER} ", orgunit=OTHER_UNIT)
        assert again == first == {"id": first["id"], "version": 1, "status": "registered"}
        assert service.verbs(first["id"]) == ["registered"]

    def test_another_person_is_another_volunteer(self, service):
        assert service.register()["id"] != service.register(ANOTHER)["id"]

    def test_an_id_reveals_nothing_of_the_number(self, service, secrets):
        id = service.register()["id"]
        other_key = Volunteering(secrets | {"pseudonyms": b"another key"})
        other = other_key.register()["id"]
        assert re.fullmatch(r"volunteer:[0-9a-f]{32}", id)
        hashes = [
            desk.collection.documents[it]["identity"]
            for desk, it in ((service, id), (other_key, other))
        ]
        assert len({*hashes}) == 2
        assert not [it for it in hashes if it in id]

    def test_a_volunteer_of_an_earlier_release_is_known_by_the_id(self, service):
        id = service.register()["id"]
        document = service.collection.documents.pop(id)
        older = f"volunteer:{document.pop('identity')}"
        service.collection.documents[older] = document | {"_id": older}
        assert service.register()["id"] == older
        service.ask("deregister_volunteer", id=older)
        service.ask("erase_volunteer", id=older, ground="requested")
        assert service.register()["id"] not in (older, id)

    def test_a_former_volunteer_is_registered_again_with_an_event_perhaps_elsewhere(self, service):
        id = service.register()["id"]
        service.ask("deregister_volunteer", id=id)
        back = service.register(orgunit=OTHER_UNIT)
        assert back == {"id": id, "version": 3, "status": "registered"}
        assert service.verbs(id) == ["registered", "left", "registered"]
        assert service.events(id)[-1]["orgunit"] == OTHER_UNIT

    def test_a_repeated_command_has_its_first_result_and_no_effect(self, service):
        first = service.register(command_id="c")
        service.ask("deregister_volunteer", id=first["id"])
        assert service.register(command_id="c") == first
        assert service.verbs(first["id"]) == ["registered", "left"]

    def test_a_repeated_second_registration_does_not_register_a_former_volunteer(self, service):
        id = service.register()["id"]
        second = service.register(command_id="c")
        service.ask("deregister_volunteer", id=id)
        assert service.register(command_id="c") == second
        assert service.verbs(id) == ["registered", "left"]

    def test_a_repeated_command_with_other_arguments_is_refused(self, service):
        service.register(command_id="c")
        with pytest.raises(Conflict, match="other arguments"):
            service.register(command_id="c", orgunit=OTHER_UNIT)

    def test_two_at_the_same_time_register_one_person_once(self, service):
        insert = service.collection.insert_one

        def another_was_faster(document):
            service.collection.insert_one = insert
            service.register(command_id="faster")
            insert(document)

        service.collection.insert_one = another_was_faster
        registered = service.register(command_id="slower")
        assert registered["version"] == 1
        assert service.verbs(registered["id"]) == ["registered"]

    def test_stored_documents_and_events_hold_no_personal_data(self, service):
        id = service.ask("register_volunteer", identity=IDENTITY)["id"]
        stored = repr(service.collection.documents)
        assert not [value for value in IDENTITY.values() if value in stored]
        sealed = service.collection.documents[id]["personal"]
        assert service.personal.open(sealed) == IDENTITY

    def test_no_stored_hash_can_be_tried_without_the_key(self, service):
        id = service.register(command_id="c")["id"]
        given = {"identity": {"id_number": ID_NUMBER}, "time": TIME, "orgunit": UNIT}
        plain = service.repository.command("register_volunteer", "c", RECORDER, given).arguments
        assert plain not in repr(service.collection.documents[id])

    def test_the_personal_data_of_a_volunteer_who_leaves_is_deleted(self, service):
        id = service.ask("register_volunteer", identity=IDENTITY)["id"]
        service.ask("deregister_volunteer", id=id)
        assert not service.collection.documents[id].get("personal")

    def test_a_mistyped_id_number_is_refused_by_name_and_not_quoted(self, service):
        wrong = ID_NUMBER[:-1] + "X"
        with pytest.raises(ValidationError) as caught:
            service.register(wrong)
        messages = caught.value.normalized_messages()
        assert list(messages) == ["identity"]
        assert list(messages["identity"]) == ["id_number"]
        assert wrong not in json.dumps(messages)

    def test_a_team_that_is_not_there_is_named(self, service):
        with pytest.raises(NotFound) as caught:
            service.register(team="nobody")
        assert caught.value.data == {"kind": "team", "id": "nobody"}
        assert service.collection.documents == {}


class TestTeamsAndStations:
    def test_a_team_may_be_of_a_category_and_has_members(self, service):
        category = service.ask("define_category", name=NAME)["id"]
        team = service.ask("form_team", name="蓝天", level="district", category=category)["id"]
        volunteer = service.register(team=team)["id"]
        assert service.events(volunteer)[0]["data"]["team"] == team
        assert service.ask("disband_team", id=team)["status"] == "disbanded"

    def test_a_category_that_is_not_there_is_named(self, service):
        with pytest.raises(NotFound, match="category"):
            service.ask("form_team", name="蓝天", level="district", category="none")

    def test_a_station_opens_and_closes(self, service):
        station = service.ask("open_station", name="文明使者志愿服务站")["id"]
        assert service.ask("close_station", id=station)["status"] == "closed"

    def test_a_unit_that_is_not_in_the_registry_is_refused(self, service):
        with pytest.raises(ValidationFailed) as caught:
            service.ask("open_station", name="站", orgunit="999999")
        assert set(caught.value.data) == {"orgunit"}


class TestActivities:
    PLAN = {"name": NAME, "category": "environment", "planned_for": "2017-02-09"}

    def test_an_announced_activity_is_completed_with_the_known_details(self, service):
        team = service.ask("form_team", name="蓝天", level="district")["id"]
        id = service.ask("publish_activity", activity_key="order-1", team=team, **self.PLAN)["id"]
        over = {"value": "200", "qualifier": "over", "unit": "person", "stated": "200多人"}
        service.ask("complete_activity", id=id, participants=over, taking_part=["offices"])
        state = service.ask("activity", id=id)
        assert (state["status"], state["version"]) == ("completed", 2)
        assert (state["held_on"], state["communities"]) == ("2017-02-09", None)
        assert (state["participants"], state["taking_part"]) == (over, ["offices"])
        assert (state["activity_key"], state["team"]) == ("order-1", team)

    def test_a_report_and_its_correction(self, service):
        nobody_counted = not_stated("person").to_json()
        report = {"name": NAME, "category": "other", "participants": nobody_counted}
        id = service.ask("report_activity", **report)["id"]
        moved = "2017-02-16T00:00:00+08:00"
        fifty = exact(50, "person").to_json()
        service.ask(
            "correct_activity",
            id=id,
            time=moved,
            timeprecision="day",
            reason="日期有误",
            participants=fifty,
        )
        state = service.ask("activity", id=id)
        assert (state["held_on"], state["participants"]) == ("2017-02-16", fifty)
        assert (state["category"], state["name"]) == ("other", NAME)
        assert service.verbs(id) == ["completed", "corrected"]
        event = service.events(id)[-1]
        assert (event["time"][:10], event["timeprecision"]) == ("2017-02-16", "day")

    def test_a_report_is_withdrawn_with_a_reason(self, service):
        report = {"name": NAME, "category": "other", "participants": exact(5, "person").to_json()}
        id = service.ask("report_activity", **report)["id"]
        withdrawn = service.ask("correct_activity", id=id, reason="重复登记", withdrawn=True)
        assert withdrawn["status"] == "withdrawn"

    def test_a_cancelled_activity_keeps_its_reason(self, service):
        id = service.ask("publish_activity", **self.PLAN)["id"]
        service.ask("cancel_activity", id=id, reason="下雪")
        assert service.ask("activity", id=id)["reason"] == "下雪"

    @pytest.mark.parametrize("host", ["team", "station"])
    def test_a_host_that_is_not_there_is_named(self, service, host):
        with pytest.raises(NotFound) as caught:
            service.ask("publish_activity", **self.PLAN, **{host: "nobody"})
        assert caught.value.data == {"kind": host, "id": "nobody"}

    def test_gatherings_are_counted_and_corrected(self, service):
        three, four = (exact(n, "gathering").to_json() for n in (3, 4))
        id = service.ask("hold_gathering", name=NAME, gatherings=three, invited=["residents"])["id"]
        service.ask("correct_gathering", id=id, gatherings=four, reason="重新清点")
        data = [event["data"] for event in service.events(id)]
        assert [state["gatherings"] for state in data] == [three, four]
        assert data[1]["invited"] == ["residents"]


class TestHours:
    def test_hours_known_to_the_week_only_have_the_cap_of_seven_days(self, serving):
        week = {"time": "2017-02-06T00:00:00+08:00", "timeprecision": "week"}
        for hours in ["24"] * 4 + ["16"]:
            serving.record(hours, **serving.elsewhere() | week)
        with pytest.raises(Conflict, match="cap"):
            serving.record("0.5", **week)

    def test_rows_are_rounded_and_the_sums_are_made_of_them(self, serving):
        first, second = serving.record("2.3"), serving.record("3", **serving.elsewhere())
        voided = serving.record("1", **serving.elsewhere())
        serving.ask("verify_hours", id=first)
        serving.ask("void_hours", id=voided, reason="没有到场")
        ledger = serving.ask("ledger", volunteer=serving.served["volunteer"])
        rows = {row["id"]: (row["status"], row["hours"]["value"]) for row in ledger["rows"]}
        assert rows == {
            first: ("verified", "2.5"),
            second: ("recorded", "3"),
            voided: ("voided", "1"),
        }
        for status, total in ledger["sums"].items():
            parts = (row["hours"] for row in ledger["rows"] if row["status"] == status)
            assert Quantity.from_json(total).value == sum(
                Quantity.from_json(part).value for part in parts
            )
        assert ledger["sums"].keys() == {"verified", "recorded", "voided"}

    @pytest.mark.parametrize(
        "hours",
        [
            in_hours("2", qualifier="about"),
            in_hours(None, qualifier="not_stated"),
            in_hours("0"),
            in_hours("0.2"),
            in_hours("24.5"),
        ],
    )
    def test_hours_that_are_not_exact_or_not_plausible_are_refused(self, serving, hours):
        with pytest.raises(ValidationError) as caught:
            serving.ask("record_hours", **serving.served, hours=hours)
        assert set(caught.value.normalized_messages()) == {"hours"}

    def test_a_day_has_a_cap_over_all_its_rows(self, serving):
        serving.record("10")
        with pytest.raises(Conflict) as caught:
            serving.record("6.5", **serving.elsewhere())
        assert caught.value.data == {
            "kind": "hours",
            "day": "2017-02-09",
            "served": "10",
            "cap": "16",
        }
        serving.record("6", **serving.elsewhere())
        serving.record("6.5", **serving.elsewhere("2017-02-10"))

    def test_the_day_is_the_one_in_the_district(self, serving):
        serving.record("10", time="2017-02-09T01:00:00+08:00")
        with pytest.raises(Conflict, match="cap"):
            serving.record("10", **serving.elsewhere() | {"time": "2017-02-08T16:00:00Z"})

    def test_voided_hours_leave_room_again(self, serving):
        row = serving.record("10")
        serving.ask("void_hours", id=row, reason="没有到场")
        serving.record("10")

    def test_a_repeated_command_gives_the_same_row(self, serving):
        row = serving.record("10", command_id="c")
        serving.ask("void_hours", id=row, reason="没有到场")
        serving.record("10")
        assert serving.record("10", command_id="c") == row

    def test_hours_of_an_unknown_day_have_no_daily_cap(self, serving):
        week = {"time": "2017-02-06T00:00:00+08:00", "timeprecision": "week"}
        serving.record("16", **week)
        serving.record("16", **serving.elsewhere() | week)

    def test_a_long_day_in_short_rows_needs_another_to_verify_it(self, serving):
        row, _ = serving.record("5"), serving.record("4", **serving.elsewhere())
        with pytest.raises(Forbidden):
            serving.ask("verify_hours", id=row)
        assert serving.ask("verify_hours", id=row, actor=OTHER)["status"] == "verified"

    def test_a_long_row_of_an_unknown_day_needs_another_too(self, serving):
        row = serving.record("9", time="2017-02-06T00:00:00+08:00", timeprecision="week")
        with pytest.raises(Forbidden):
            serving.ask("verify_hours", id=row)

    def test_one_row_for_volunteer_activity_and_day(self, serving):
        row = serving.record("8")
        for other in ({}, {"timeprecision": "day", "time": "2017-02-09T00:00:00+08:00"}):
            with pytest.raises(Conflict, match="one row") as caught:
                serving.record("8", **other)
            assert caught.value.data["id"] == row
        serving.ask("void_hours", id=row, reason="误录")
        assert serving.record("8") != row

    def test_nobody_serves_in_two_places_at_once(self, serving):
        serving.record("2")
        overlapping = serving.elsewhere() | {"timeprecision": "second"}
        for hour in ("08:30", "10:59"):
            with pytest.raises(Conflict, match="elsewhere at that time"):
                serving.record("1", **overlapping | {"time": f"2017-02-09T{hour}:00+08:00"})
        # Half-open: from eleven on.
        serving.record("1", **overlapping | {"time": "2017-02-09T11:00:00+08:00"})

    @pytest.mark.parametrize("day", ["2017-02-08", "2017-02-16"])
    def test_hours_are_served_on_the_day_of_the_activity(self, serving, day):
        with pytest.raises(Conflict) as caught:
            serving.record("2", time=f"{day}T09:00:00+08:00")
        assert caught.value.data["held_on"] == "2017-02-09"

    def test_hours_are_not_served_after_the_volunteer_left(self, serving):
        left = {"id": serving.served["volunteer"], "time": "2017-02-09T10:00:00+08:00"}
        serving.ask("deregister_volunteer", **left)
        with pytest.raises(Conflict, match="had left before"):
            serving.record("2", time="2017-02-09T10:30:00+08:00")
        serving.record("2", time="2017-02-09T00:00:00+08:00", timeprecision="day")

    @pytest.mark.parametrize("ended", ["withdrawn", "cancelled"])
    def test_an_activity_is_not_taken_back_while_hours_rest_on_it(self, serving, ended):
        row, activity = serving.record("2"), serving.served["activity"]

        def end():
            if ended == "cancelled":
                return serving.ask("cancel_activity", id=activity, reason="下雨")
            return serving.ask("correct_activity", id=activity, withdrawn=True, reason="误报")

        if ended == "withdrawn":
            serving.ask("complete_activity", id=activity)
        with pytest.raises(Conflict) as caught:
            end()
        assert caught.value.data["hours"] == [row]
        serving.ask("void_hours", id=row, reason="误录")
        assert end()["status"] == ended
        with pytest.raises(Conflict):
            serving.record("2")

    def test_an_activity_is_not_moved_away_from_its_hours(self, serving):
        row, activity = serving.record("2"), serving.served["activity"]
        serving.ask("complete_activity", id=activity)
        moved = {"id": activity, "reason": "日期有误", "time": "2017-02-08T09:00:00+08:00"}
        with pytest.raises(Conflict) as caught:
            serving.ask("correct_activity", **moved)
        assert caught.value.data["hours"] == [row]

    @pytest.mark.parametrize("missing", ["volunteer", "activity"])
    def test_hours_belong_to_a_volunteer_and_an_activity(self, serving, missing):
        with pytest.raises(NotFound) as caught:
            serving.record("2", **{missing: "nobody"})
        assert caught.value.data == {"kind": missing, "id": "nobody"}

    def test_the_ledger_of_an_unknown_volunteer_is_not_found(self, service):
        with pytest.raises(NotFound):
            service.ask("ledger", volunteer="nobody")


class TestStocks:
    def declare(self, service, value, **more):
        level = {"value": str(value), "qualifier": "exact", "unit": "station", "stated": None}
        level |= more.pop("level", {})
        given = {"orgunit": DISTRICT, "stock": "stations", "reported_by": "区文明办"} | more
        return service.ask("declare_stock", **given, level=level)

    def stations(self, service, **where):
        return next(s for s in service.ask("stocks", **where) if s["stock"] == "stations")

    def test_the_latest_declaration_is_shown_beside_the_recorded_number(self, service):
        self.declare(service, 123, time="2017-02-12T00:00:00+08:00")
        self.declare(service, 110)
        service.ask("open_station", name="一站")
        service.ask("open_station", name="二站", orgunit=OTHER_UNIT)
        closed = service.ask("open_station", name="三站")["id"]
        service.ask("close_station", id=closed)
        found = self.stations(service)
        assert (found["declared"]["value"], found["recorded"]["value"]) == ("123", "2")
        assert found["difference"] == {"value": "121", "qualifier": "exact", "unit": "station"}
        # The district's own declaration isn't one of each unit below it.
        here = self.stations(service, orgunit=UNIT)
        assert (here["declared"], here["recorded"]["value"], here["difference"]) == (
            None,
            "1",
            None,
        )

    def test_more_recorded_than_declared_is_a_difference_below_zero(self, service):
        self.declare(service, 0)
        service.ask("open_station", name="一站")
        assert self.stations(service)["difference"]["value"] == "-1"

    def test_a_difference_has_the_qualifier_of_the_declaration(self, service):
        over = {"qualifier": "over", "unit": "person"}
        self.declare(service, 70000, stock="volunteers", level=over)
        service.register()
        found = {stock["stock"]: stock for stock in service.ask("stocks")}
        assert found["volunteers"]["difference"] == over | {"value": "69999"}
        assert [stock["recorded"]["value"] for stock in found.values()] == ["0", "0", "0", "1"]

    def test_a_stock_is_counted_in_its_unit(self, service):
        with pytest.raises(ValidationError) as caught:
            self.declare(service, 5, level={"unit": "team"})
        assert caught.value.messages == {
            "level": {"unit": ["Must be one of: station, such as station."]}
        }

    def test_a_unit_that_is_not_in_the_registry_has_no_stocks(self, service):
        with pytest.raises(NotFound):
            service.ask("stocks", orgunit="999999")


class TestServiceDays:
    def test_each_occurrence_has_its_own_id(self, service):
        rule = {"rule": "FREQ=MONTHLY;BYMONTHDAY=27", "first": "2017-02-27"}
        id = service.ask("declare_service_day", name=NAME, orgunit=DISTRICT, **rule)["id"]
        found = service.ask("service_days", first="2017-01-01", last="2017-03-27")
        assert found == [
            {"id": f"{id}:{day}", "service_day": id, "on": day, "name": NAME}
            for day in ("2017-02-27", "2017-03-27")
        ]

    def test_a_rule_within_a_day_is_refused_by_name(self, service):
        with pytest.raises(ValidationError) as caught:
            service.ask("declare_service_day", name=NAME, rule="FREQ=HOURLY", first="2017-02-27")
        assert set(caught.value.messages) == {"rule"}

    @pytest.mark.parametrize("last", ["2016-12-31", "2018-12-31"])
    def test_a_span_is_bounded_and_has_its_end_after_its_start(self, service, last):
        with pytest.raises(ValidationError) as caught:
            service.ask("service_days", first="2017-01-01", last=last)
        assert set(caught.value.messages) == {"last"}
