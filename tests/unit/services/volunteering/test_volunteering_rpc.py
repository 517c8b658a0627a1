"""Volunteering's RPC on books in memory: who is registered once, hours, stocks, service days."""

import json
import re
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from marshmallow import ValidationError

from services.volunteering.documents.registration import keys
from services.volunteering.service import VolunteeringService
from shared.aggregates.personal import PersonalData
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated
from tests.support.memory import MemoryDesk

DISTRICT, UNIT, OTHER_UNIT = "410103", "410103005", "410103012"
NOW = parse_instant("2017-03-31T12:00:00+08:00")
TIME = "2017-02-09T09:00:00+08:00"
NAME = {"zh": "环境综合整治", "en": "clean-up"}
RECORDER, OTHER = "person:recorder", "person:other"
# Nobody's, with the right last character: there is no place 990000.
ID_NUMBER, ANOTHER = "990000199001010017", "990000199001010025"
IDENTITY = {"id_number": ID_NUMBER, "name": "张三", "phone": "13800000000"}


class AggregateCommands(MemoryDesk, VolunteeringService):
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

    def serve(self):
        activity = self.ask(
            "publish_activity", name=NAME, category="other", planned_for="2017-02-09"
        )
        self.served = {"volunteer": self.register()["id"], "activity": activity["id"]}

    def verbs(self, id):
        return [event["type"].rsplit(".", 1)[1] for event in self.events(id)]


def in_hours(value, **change):
    return {"value": value, "qualifier": "exact", "unit": "hour", "stated": None} | change


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "fields"
    path.write_bytes(Fernet.generate_key() + b"\n")
    return keys(SimpleNamespace(field_key_file=str(path)))


@pytest.fixture
def desk(secrets):
    return AggregateCommands(secrets)


@pytest.fixture
def serving(desk):
    desk.serve()
    return desk


class TestRegistering:
    def test_the_same_person_by_another_command_is_the_same_volunteer_without_an_event(self, desk):
        first = desk.ask("register_volunteer", identity=IDENTITY)
        again = desk.register(f" {ID_NUMBER} ", orgunit=OTHER_UNIT)
        assert again == first == {"id": first["id"], "version": 1, "status": "registered"}
        assert desk.verbs(first["id"]) == ["registered"]

    def test_another_person_is_another_volunteer(self, desk):
        assert desk.register()["id"] != desk.register(ANOTHER)["id"]

    def test_an_id_tells_nothing_of_the_number_without_the_key(self, desk, secrets):
        id = desk.register()["id"]
        other_key = AggregateCommands(secrets | {"pseudonyms": b"another key"})
        assert re.fullmatch(r"volunteer:[0-9a-f]{32}", id)
        assert other_key.register()["id"] != id

    def test_who_left_is_registered_again_with_an_event_perhaps_elsewhere(self, desk):
        id = desk.register()["id"]
        desk.ask("deregister_volunteer", id=id)
        back = desk.register(orgunit=OTHER_UNIT)
        assert back == {"id": id, "version": 3, "status": "registered"}
        assert desk.verbs(id) == ["registered", "left", "registered"]
        assert desk.events(id)[-1]["orgunit"] == OTHER_UNIT

    def test_a_command_given_again_has_its_first_result_and_does_nothing(self, desk):
        first = desk.register(command_id="c")
        desk.ask("deregister_volunteer", id=first["id"])
        assert desk.register(command_id="c") == first
        assert desk.verbs(first["id"]) == ["registered", "left"]

    def test_a_second_registration_given_again_brings_back_nobody_who_left(self, desk):
        id = desk.register()["id"]
        second = desk.register(command_id="c")
        desk.ask("deregister_volunteer", id=id)
        assert desk.register(command_id="c") == second
        assert desk.verbs(id) == ["registered", "left"]

    def test_a_command_given_again_with_other_arguments_is_refused(self, desk):
        desk.register(command_id="c")
        with pytest.raises(Conflict, match="other arguments"):
            desk.register(command_id="c", orgunit=OTHER_UNIT)

    def test_two_at_the_same_time_register_one_person_once(self, desk):
        insert = desk.collection.insert_one

        def another_was_faster(document):
            desk.collection.insert_one = insert
            desk.register(command_id="faster")
            insert(document)

        desk.collection.insert_one = another_was_faster
        registered = desk.register(command_id="slower")
        assert registered["version"] == 1
        assert desk.verbs(registered["id"]) == ["registered"]

    def test_what_is_stored_and_told_holds_no_personal_data(self, desk):
        id = desk.ask("register_volunteer", identity=IDENTITY)["id"]
        stored = repr(desk.collection.documents)
        assert not [value for value in IDENTITY.values() if value in stored]
        sealed = desk.collection.documents[id]["personal"]
        assert desk.personal.open(sealed) == IDENTITY

    def test_no_hash_that_could_be_tried_without_the_key_is_kept(self, desk):
        id = desk.register(command_id="c")["id"]
        given = {"identity": {"id_number": ID_NUMBER}, "time": TIME, "orgunit": UNIT}
        plain = desk.repository.command("register_volunteer", "c", RECORDER, given).arguments
        assert plain not in repr(desk.collection.documents[id])

    def test_who_leaves_is_forgotten(self, desk):
        id = desk.ask("register_volunteer", identity=IDENTITY)["id"]
        desk.ask("deregister_volunteer", id=id)
        assert not desk.collection.documents[id].get("personal")

    def test_a_mistyped_id_number_is_refused_by_name_and_not_quoted(self, desk):
        wrong = ID_NUMBER[:-1] + "X"
        with pytest.raises(ValidationError) as caught:
            desk.register(wrong)
        messages = caught.value.normalized_messages()
        assert list(messages) == ["identity"]
        assert list(messages["identity"]) == ["id_number"]
        assert wrong not in json.dumps(messages)

    def test_a_team_that_is_not_there_is_named(self, desk):
        with pytest.raises(NotFound) as caught:
            desk.register(team="nobody")
        assert caught.value.data == {"kind": "team", "id": "nobody"}
        assert desk.collection.documents == {}


class TestTeamsAndStations:
    def test_a_team_may_be_of_a_category_and_has_members(self, desk):
        category = desk.ask("define_category", name=NAME)["id"]
        team = desk.ask("form_team", name="蓝天", level="district", category=category)["id"]
        volunteer = desk.register(team=team)["id"]
        assert desk.events(volunteer)[0]["data"]["team"] == team
        assert desk.ask("disband_team", id=team)["status"] == "disbanded"

    def test_a_category_that_is_not_there_is_named(self, desk):
        with pytest.raises(NotFound, match="category"):
            desk.ask("form_team", name="蓝天", level="district", category="none")

    def test_a_station_opens_and_closes(self, desk):
        station = desk.ask("open_station", name="文明使者志愿服务站")["id"]
        assert desk.ask("close_station", id=station)["status"] == "closed"

    def test_a_unit_that_is_not_in_the_registry_is_refused(self, desk):
        with pytest.raises(ValidationFailed) as caught:
            desk.ask("open_station", name="站", orgunit="999999")
        assert set(caught.value.data) == {"orgunit"}


class TestActivities:
    PLAN = {"name": NAME, "category": "environment", "planned_for": "2017-02-09"}

    def test_an_announced_activity_is_completed_with_what_is_known(self, desk):
        team = desk.ask("form_team", name="蓝天", level="district")["id"]
        id = desk.ask("publish_activity", activity_key="order-1", team=team, **self.PLAN)["id"]
        over = {"value": "200", "qualifier": "over", "unit": "person", "stated": "200多人"}
        desk.ask("complete_activity", id=id, participants=over, taking_part=["offices"])
        told = desk.ask("activity", id=id)
        assert (told["status"], told["version"], told["held_on"]) == ("completed", 2, "2017-02-09")
        assert (told["participants"], told["taking_part"]) == (over, ["offices"])
        assert (told["activity_key"], told["team"], told["communities"]) == ("order-1", team, None)

    def test_a_report_and_its_correction(self, desk):
        nobody_counted = not_stated("person").to_json()
        report = {"name": NAME, "category": "other", "participants": nobody_counted}
        id = desk.ask("report_activity", **report)["id"]
        moved = "2017-02-16T00:00:00+08:00"
        fifty = exact(50, "person").to_json()
        desk.ask(
            "correct_activity",
            id=id,
            time=moved,
            timeprecision="day",
            reason="日期有误",
            participants=fifty,
        )
        told = desk.ask("activity", id=id)
        assert (told["held_on"], told["participants"]) == ("2017-02-16", fifty)
        assert (told["category"], told["name"]) == ("other", NAME)
        assert desk.verbs(id) == ["completed", "corrected"]
        event = desk.events(id)[-1]
        assert (event["time"][:10], event["timeprecision"]) == ("2017-02-16", "day")

    def test_a_report_is_withdrawn_with_a_reason(self, desk):
        report = {"name": NAME, "category": "other", "participants": exact(5, "person").to_json()}
        id = desk.ask("report_activity", **report)["id"]
        withdrawn = desk.ask("correct_activity", id=id, reason="重复登记", withdrawn=True)
        assert withdrawn["status"] == "withdrawn"

    def test_a_cancelled_activity_keeps_its_reason(self, desk):
        id = desk.ask("publish_activity", **self.PLAN)["id"]
        desk.ask("cancel_activity", id=id, reason="下雪")
        assert desk.ask("activity", id=id)["reason"] == "下雪"

    @pytest.mark.parametrize("host", ["team", "station"])
    def test_a_host_that_is_not_there_is_named(self, desk, host):
        with pytest.raises(NotFound) as caught:
            desk.ask("publish_activity", **self.PLAN, **{host: "nobody"})
        assert caught.value.data == {"kind": host, "id": "nobody"}

    def test_gatherings_are_counted_and_corrected(self, desk):
        three, four = (exact(n, "gathering").to_json() for n in (3, 4))
        id = desk.ask("hold_gathering", name=NAME, gatherings=three, invited=["residents"])["id"]
        desk.ask("correct_gathering", id=id, gatherings=four, reason="重新清点")
        data = [event["data"] for event in desk.events(id)]
        assert [told["gatherings"] for told in data] == [three, four]
        assert data[1]["invited"] == ["residents"]


class TestHours:
    def test_hours_known_to_the_week_only_have_the_cap_of_seven_days(self, serving):
        week = {"time": "2017-02-06T00:00:00+08:00", "timeprecision": "week"}
        for hours in ["24"] * 4 + ["16"]:
            serving.record(hours, **week)
        with pytest.raises(Conflict, match="cap"):
            serving.record("0.5", **week)

    def test_rows_are_rounded_and_the_sums_are_made_of_them(self, serving):
        first, second = serving.record("2.3"), serving.record("3")
        voided = serving.record("1")
        serving.ask("verify_hours", id=first)
        serving.ask("void_hours", id=voided, reason="没有到场")
        told = serving.ask("ledger", volunteer=serving.served["volunteer"])
        rows = {row["id"]: (row["status"], row["hours"]["value"]) for row in told["rows"]}
        assert rows == {
            first: ("verified", "2.5"),
            second: ("recorded", "3"),
            voided: ("voided", "1"),
        }
        for status, total in told["sums"].items():
            parts = (row["hours"] for row in told["rows"] if row["status"] == status)
            assert Quantity.from_json(total).value == sum(
                Quantity.from_json(part).value for part in parts
            )
        assert told["sums"].keys() == {"verified", "recorded", "voided"}

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
    def test_hours_that_nobody_counted_or_serves_are_refused(self, serving, hours):
        with pytest.raises(ValidationError) as caught:
            serving.ask("record_hours", **serving.served, hours=hours)
        assert set(caught.value.normalized_messages()) == {"hours"}

    def test_a_day_has_a_cap_over_all_its_rows(self, serving):
        serving.record("10")
        with pytest.raises(Conflict) as caught:
            serving.record("6.5")
        assert caught.value.data == {
            "kind": "hours",
            "day": "2017-02-09",
            "served": "10",
            "cap": "16",
        }
        serving.record("6")
        serving.record("6.5", time="2017-02-10T09:00:00+08:00")

    def test_the_day_is_the_one_in_the_district(self, serving):
        serving.record("10", time="2017-02-09T01:00:00+08:00")
        with pytest.raises(Conflict):
            serving.record("10", time="2017-02-08T18:00:00Z")

    def test_voided_hours_leave_room_again(self, serving):
        row = serving.record("10")
        serving.ask("void_hours", id=row, reason="没有到场")
        serving.record("10")

    def test_a_row_recorded_again_by_its_command_stays_what_it_was(self, serving):
        row = serving.record("10", command_id="c")
        serving.ask("void_hours", id=row, reason="没有到场")
        serving.record("10")
        assert serving.record("10", command_id="c") == row

    def test_hours_of_an_unknown_day_have_no_daily_cap(self, serving):
        week = {"time": "2017-02-06T00:00:00+08:00", "timeprecision": "week"}
        serving.record("16", **week)
        serving.record("16", **week)

    def test_a_long_day_in_short_rows_needs_another_to_verify_it(self, serving):
        row, _ = serving.record("5"), serving.record("4")
        with pytest.raises(Forbidden):
            serving.ask("verify_hours", id=row)
        assert serving.ask("verify_hours", id=row, actor=OTHER)["status"] == "verified"

    def test_a_long_row_of_an_unknown_day_needs_another_too(self, serving):
        row = serving.record("9", time="2017-02-06T00:00:00+08:00", timeprecision="week")
        with pytest.raises(Forbidden):
            serving.ask("verify_hours", id=row)

    @pytest.mark.parametrize("missing", ["volunteer", "activity"])
    def test_hours_belong_to_a_volunteer_and_an_activity(self, serving, missing):
        with pytest.raises(NotFound) as caught:
            serving.record("2", **{missing: "nobody"})
        assert caught.value.data == {"kind": missing, "id": "nobody"}

    def test_a_ledger_of_nobody_is_not_empty_but_not_there(self, desk):
        with pytest.raises(NotFound):
            desk.ask("ledger", volunteer="nobody")


class TestStocks:
    def declare(self, desk, value, **more):
        level = {"value": str(value), "qualifier": "exact", "unit": "station", "stated": None}
        level |= more.pop("level", {})
        given = {"orgunit": DISTRICT, "stock": "stations", "reported_by": "区文明办"} | more
        return desk.ask("declare_stock", **given, level=level)

    def stations(self, desk, **where):
        return next(s for s in desk.ask("stocks", **where) if s["stock"] == "stations")

    def test_the_latest_declared_stands_beside_what_is_recorded(self, desk):
        self.declare(desk, 123, time="2017-02-12T00:00:00+08:00")
        self.declare(desk, 110)
        desk.ask("open_station", name="一站")
        desk.ask("open_station", name="二站", orgunit=OTHER_UNIT)
        closed = desk.ask("open_station", name="三站")["id"]
        desk.ask("close_station", id=closed)
        told = self.stations(desk)
        assert (told["declared"]["value"], told["recorded"]["value"]) == ("123", "2")
        assert told["difference"] == {"value": "121", "qualifier": "exact", "unit": "station"}
        # The district's own declaration isn't one of each unit below it.
        here = self.stations(desk, orgunit=UNIT)
        assert (here["declared"], here["recorded"]["value"], here["difference"]) == (
            None,
            "1",
            None,
        )

    def test_more_recorded_than_declared_is_a_difference_below_zero(self, desk):
        self.declare(desk, 0)
        desk.ask("open_station", name="一站")
        assert self.stations(desk)["difference"]["value"] == "-1"

    def test_a_difference_is_as_sure_as_what_was_declared(self, desk):
        over = {"qualifier": "over", "unit": "person"}
        self.declare(desk, 70000, stock="volunteers", level=over)
        desk.register()
        told = {stock["stock"]: stock for stock in desk.ask("stocks")}
        assert told["volunteers"]["difference"] == over | {"value": "69999"}
        assert [stock["recorded"]["value"] for stock in told.values()] == ["0", "0", "0", "1"]

    def test_a_stock_is_counted_in_its_unit(self, desk):
        with pytest.raises(ValidationError) as caught:
            self.declare(desk, 5, level={"unit": "team"})
        assert caught.value.messages == {"level": {"unit": ["Must be: station."]}}

    def test_a_unit_that_is_not_in_the_registry_has_no_stocks(self, desk):
        with pytest.raises(NotFound):
            desk.ask("stocks", orgunit="999999")


class TestServiceDays:
    def test_each_occurrence_has_an_id_of_its_own(self, desk):
        rule = {"rule": "FREQ=MONTHLY;BYMONTHDAY=27", "first": "2017-02-27"}
        id = desk.ask("declare_service_day", name=NAME, orgunit=DISTRICT, **rule)["id"]
        found = desk.ask("service_days", first="2017-01-01", last="2017-03-27")
        assert found == [
            {"id": f"{id}:{day}", "service_day": id, "on": day, "name": NAME}
            for day in ("2017-02-27", "2017-03-27")
        ]

    def test_a_rule_within_a_day_is_refused_by_name(self, desk):
        with pytest.raises(ValidationError) as caught:
            desk.ask("declare_service_day", name=NAME, rule="FREQ=HOURLY", first="2017-02-27")
        assert set(caught.value.messages) == {"rule"}

    @pytest.mark.parametrize("last", ["2016-12-31", "2018-12-31"])
    def test_a_span_is_bounded_and_has_its_end_after_its_start(self, desk, last):
        with pytest.raises(ValidationError) as caught:
            desk.ask("service_days", first="2017-01-01", last=last)
        assert set(caught.value.messages) == {"last"}
