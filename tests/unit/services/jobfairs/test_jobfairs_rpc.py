"""Job fairs' RPC: what it takes, what it hands to the books, and hires of their own."""

from decimal import Decimal

import pytest
from marshmallow import ValidationError

from services.jobfairs.service import JobFairsService
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated
from tests.support.memory import MemoryDesk

UNIT = "410103006"
NOW = parse_instant("2017-02-20T12:00:00+08:00")
TIME = "2017-02-10T09:00:00+08:00"
LATER = "2017-02-17T09:00:00+08:00"
PLAN = {"venue": "二七万达广场", "planned_for": "2017-02-10"}
TEN = exact(10, "vacancy").to_json()
THREE = exact(3, "person").to_json()


class AggregateCommands(MemoryDesk, JobFairsService):
    ACTOR, TIME, UNIT = "person:office", TIME, UNIT

    def __init__(self):
        super().__init__(NOW, [UNIT])

    def planned(self, **more):
        return self.ask("plan_fair", **PLAN, **more)["id"]

    def held(self, **details):
        id = self.planned()
        self.ask("hold_fair", id=id, **details)
        return id

    def join(self, id, number, **more):
        return self.ask("add_employer", id=id, name="某厂", registration_number=number, **more)

    def told(self, id):
        """(type, time, data) of everything that was told of an aggregate."""
        return [(event["type"], event["time"], event["data"]) for event in self.events(id)]


@pytest.fixture
def desk():
    return AggregateCommands()


def told(desk, id):
    return [event_type.rsplit(".", 1)[1] for event_type, _, _ in desk.told(id)]


def test_a_fair_goes_from_the_plan_to_the_books(desk):
    id = desk.planned(theme={"zh": "春风行动"}, audience={"en": "migrant workers"}, capacity=40)
    desk.ask("open_registration", id=id)
    desk.join(id, "410103-0007", postings=[{"job": "焊工", "openings": TEN}])
    desk.ask("ready_fair", id=id)
    desk.ask("hold_fair", id=id, seekers=exact(800, "person").to_json())
    desk.ask("reconcile_fair", id=id, intents=exact(52, "person").to_json())
    assert desk.ask("close_fair", id=id) == {"id": id, "version": 7, "status": "closed"}
    fair = desk.fair(id)
    assert (fair["orgunit"], fair["version"], fair["held_on"]) == (UNIT, 7, "2017-02-10")
    assert (fair["theme"], fair["audience"]) == ({"zh": "春风行动"}, {"en": "migrant workers"})
    assert fair["postings"] == [{"employer": "某厂", "job": "焊工", "openings": TEN}]
    assert (fair["vacancies"], fair["intents"]["value"]) == (TEN, "52")
    assert told(desk, id) == [
        *("planned", "opened", "employer_joined", "readied", "held", "reconciled", "closed")
    ]


def test_a_fair_is_put_off_and_called_off(desk):
    id = desk.planned()
    desk.ask("postpone_fair", id=id, planned_for="2017-02-17", reason="下雪")
    desk.ask("cancel_fair", id=id, reason="场地未落实")
    fair = desk.fair(id)
    assert (fair["first_planned_for"], fair["planned_for"]) == ("2017-02-10", "2017-02-17")
    assert (fair["status"], fair["reason"]) == ("cancelled", "场地未落实")


def test_postings_of_a_report_keep_their_qualifier_beside_its_figures(desk):
    over = Quantity(Decimal(20), "over", "vacancy", "20多个").to_json()
    posting = {"employer": "某酒店", "job": "厨师", "openings": over}
    fair = desk.fair(desk.held(postings=[posting], seekers=exact(800, "person").to_json()))
    assert (fair["postings"], fair["seekers"]["value"]) == ([posting], "800")
    assert (fair["vacancies"]["value"], fair["vacancies"]["qualifier"]) == ("20", "over")


def test_a_correction_moves_the_fair_to_the_time_given(desk):
    id = desk.held()
    desk.ask("correct_fair", id=id, reason="日期有误", time=LATER)
    assert desk.fair(id)["held_on"] == "2017-02-17"
    assert desk.told(id)[-1][1].startswith("2017-02-17T09:00:00")


def test_the_last_place_is_given_once_however_the_writers_race(desk):
    id = desk.planned(capacity=1)
    find, racing = desk.collection.find_one, ["410103-0008"]

    def overtaken(query, projection=None):
        document = find(query, projection)
        if racing:
            desk.join(id, racing.pop())
        return document

    desk.collection.find_one = overtaken
    with pytest.raises(Conflict) as caught:
        desk.join(id, "410103-0007")
    assert caught.value.data["reason"] == "full"
    assert told(desk, id) == ["planned", "employer_joined"]


def test_an_employer_that_joins_again_by_the_same_command_has_joined_once(desk):
    id = desk.planned()
    first = desk.join(id, "410103-0007", command_id="join")
    assert desk.join(id, "410103-0007", command_id="join") == first
    with pytest.raises(Conflict, match="exists already"):
        desk.join(id, "410103-0007")
    assert told(desk, id) == ["planned", "employer_joined"]


def test_a_later_hire_tells_nothing_new_of_the_fair(desk):
    id = desk.held()
    before = desk.told(id)
    hire = desk.ask("record_hires", hires=THREE, fair=id, employer="某厂", time=LATER)["id"]
    assert desk.told(id) == before
    [(event_type, time, data)] = desk.told(hire)
    assert (event_type, time[:10]) == ("jobfairs.hire.recorded", "2017-02-17")
    assert data == {
        "status": "recorded",
        "hires": THREE,
        "fair": id,
        "employer": "某厂",
        "reason": None,
    }


def test_hires_of_an_unknown_fair_are_not_recorded(desk):
    hire = desk.ask("record_hires", hires=THREE)["id"]
    for unknown in ("fair-of-nobody", hire):
        with pytest.raises(NotFound) as caught:
            desk.ask("record_hires", hires=THREE, fair=unknown)
        assert caught.value.data == {"kind": "fair", "id": unknown}
    assert list(desk.collection.documents) == [hire]


def test_hires_are_corrected_taken_back_and_let_stand_again(desk):
    hire = desk.ask("record_hires", hires=THREE)["id"]
    four = exact(4, "person").to_json()
    desk.ask("correct_hires", id=hire, hires=four, reason="少报一人")
    desk.ask("correct_hires", id=hire, withdrawn=True, reason="重复登记")
    desk.ask("correct_hires", id=hire, reason="并未重复")
    states = [(data["status"], data["hires"]["value"]) for _, _, data in desk.told(hire)]
    assert states == [("recorded", "3"), ("recorded", "4"), ("withdrawn", "4"), ("recorded", "4")]
    assert told(desk, hire) == ["recorded", "corrected", "corrected", "corrected"]


@pytest.mark.parametrize(
    "hires", [Quantity(Decimal(50), "over", "person"), not_stated("person")], ids=str
)
def test_hires_are_counted_and_not_estimated(desk, hires):
    given = {"hires": hires.to_json(), "time": TIME}
    recorded = desk.ask("record_hires", hires=THREE)["id"]
    with pytest.raises(ValidationError) as caught:
        desk.ask("record_hires", **given)
    assert set(caught.value.messages) == {"hires"}
    with pytest.raises(ValidationError) as caught:
        desk.ask("correct_hires", id=recorded, reason="更正", **given)
    assert set(caught.value.messages) == {"hires"}


@pytest.mark.parametrize(
    "figure", [{"intents": TEN}, {"vacancies": exact(1, "person").to_json()}, {"hires": THREE}]
)
def test_a_figure_in_another_unit_or_of_another_name_is_refused(desk, figure):
    id = desk.planned()
    with pytest.raises(ValidationError) as caught:
        desk.ask("hold_fair", id=id, **figure)
    assert set(caught.value.messages) == set(figure)


def test_what_has_not_happened_yet_or_nowhere_is_refused(desk):
    with pytest.raises(ValidationFailed) as caught:
        desk.ask("hold_fair", id=desk.planned(), time="2017-03-01T09:00:00+08:00")
    assert set(caught.value.data) == {"time"}
    for name, arguments in (("plan_fair", PLAN), ("record_hires", {"hires": THREE})):
        with pytest.raises(ValidationFailed) as caught:
            desk.ask(name, orgunit="410199", **arguments)
        assert set(caught.value.data) == {"orgunit"}
