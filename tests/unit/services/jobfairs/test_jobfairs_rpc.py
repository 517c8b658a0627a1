"""The RPC of job fairs with a repository in memory: arguments, results, events, hires."""

from decimal import Decimal

import pytest
from marshmallow import ValidationError

from services.jobfairs.service import JobFairsService
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.domain.quantities import Quantity, exact, not_stated
from tests.support.memory import MemoryService

UNIT = "410103006"
NOW = parse_instant("2017-02-20T12:00:00+08:00")
TIME = "2017-02-10T09:00:00+08:00"
LATER = "2017-02-17T09:00:00+08:00"
PLAN = {"venue": "二七万达广场", "planned_for": "2017-02-10"}
TEN = exact(10, "vacancy").to_json()
THREE = exact(3, "person").to_json()


class JobFairs(MemoryService, JobFairsService):
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

    def history(self, id):
        """(type, time, data) of each event of an aggregate."""
        return [(event["type"], event["time"], event["data"]) for event in self.events(id)]


@pytest.fixture
def service():
    return JobFairs()


def verbs(service, id):
    return [event_type.rsplit(".", 1)[1] for event_type, _, _ in service.history(id)]


def test_a_fair_goes_from_the_plan_to_its_close(service):
    id = service.planned(theme={"zh": "春风行动"}, audience={"en": "migrant workers"}, capacity=40)
    service.ask("open_registration", id=id)
    service.join(id, "410103-0007", postings=[{"job": "焊工", "openings": TEN}])
    service.ask("ready_fair", id=id)
    service.ask("hold_fair", id=id, seekers=exact(800, "person").to_json())
    service.ask("reconcile_fair", id=id, intents=exact(52, "person").to_json())
    assert service.ask("close_fair", id=id) == {"id": id, "version": 7, "status": "closed"}
    fair = service.fair(id)
    assert (fair["orgunit"], fair["version"], fair["held_on"]) == (UNIT, 7, "2017-02-10")
    assert (fair["theme"], fair["audience"]) == ({"zh": "春风行动"}, {"en": "migrant workers"})
    assert fair["postings"] == [{"employer": "某厂", "job": "焊工", "openings": TEN}]
    assert (fair["vacancies"], fair["intents"]["value"]) == (TEN, "52")
    assert verbs(service, id) == [
        *("planned", "opened", "employer_joined", "readied", "held", "reconciled", "closed")
    ]


def test_a_fair_is_postponed_and_cancelled(service):
    id = service.planned()
    service.ask("postpone_fair", id=id, planned_for="2017-02-17", reason="下雪")
    service.ask("cancel_fair", id=id, reason="场地未落实")
    fair = service.fair(id)
    assert (fair["first_planned_for"], fair["planned_for"]) == ("2017-02-10", "2017-02-17")
    assert (fair["status"], fair["reason"]) == ("cancelled", "场地未落实")


def test_postings_of_a_report_keep_their_qualifier_beside_its_figures(service):
    over = Quantity(Decimal(20), "over", "vacancy", "20多个").to_json()
    posting = {"employer": "某酒店", "job": "厨师", "openings": over}
    fair = service.fair(service.held(postings=[posting], seekers=exact(800, "person").to_json()))
    assert (fair["postings"], fair["seekers"]["value"]) == ([posting], "800")
    assert (fair["vacancies"]["value"], fair["vacancies"]["qualifier"]) == ("20", "over")


def test_a_correction_moves_the_fair_to_the_time_given(service):
    id = service.held()
    service.ask("correct_fair", id=id, reason="日期有误", time=LATER)
    assert service.fair(id)["held_on"] == "2017-02-17"
    assert service.history(id)[-1][1].startswith("2017-02-17T09:00:00")


def test_the_last_place_is_given_once_however_the_writers_race(service):
    id = service.planned(capacity=1)
    find, racing = service.collection.find_one, ["410103-0008"]

    def overtaken(query, projection=None):
        document = find(query, projection)
        if racing:
            service.join(id, racing.pop())
        return document

    service.collection.find_one = overtaken
    with pytest.raises(Conflict) as caught:
        service.join(id, "410103-0007")
    assert caught.value.data["reason"] == "full"
    assert verbs(service, id) == ["planned", "employer_joined"]


def test_an_employer_that_joins_again_by_the_same_command_has_joined_once(service):
    id = service.planned()
    first = service.join(id, "410103-0007", command_id="join")
    assert service.join(id, "410103-0007", command_id="join") == first
    with pytest.raises(Conflict, match="exists already"):
        service.join(id, "410103-0007")
    assert verbs(service, id) == ["planned", "employer_joined"]


def test_a_later_hire_records_no_event_of_the_fair(service):
    id = service.held()
    before = service.history(id)
    hire = service.ask("record_hires", hires=THREE, fair=id, employer="某厂", time=LATER)["id"]
    assert service.history(id) == before
    [(event_type, time, data)] = service.history(hire)
    assert (event_type, time[:10]) == ("jobfairs.hire.recorded", "2017-02-17")
    assert data == {
        "status": "recorded",
        "hires": THREE,
        "fair": id,
        "employer": "某厂",
        "reason": None,
    }


def test_hires_of_an_unknown_fair_are_not_recorded(service):
    hire = service.ask("record_hires", hires=THREE)["id"]
    for unknown in ("fair-of-nobody", hire):
        with pytest.raises(NotFound) as caught:
            service.ask("record_hires", hires=THREE, fair=unknown)
        assert caught.value.data == {"kind": "fair", "id": unknown}
    assert list(service.collection.documents) == [hire]


def test_hires_are_corrected_withdrawn_and_restored(service):
    hire = service.ask("record_hires", hires=THREE)["id"]
    four = exact(4, "person").to_json()
    service.ask("correct_hires", id=hire, hires=four, reason="少报一人")
    service.ask("correct_hires", id=hire, withdrawn=True, reason="重复登记")
    service.ask("correct_hires", id=hire, reason="并未重复")
    states = [(data["status"], data["hires"]["value"]) for _, _, data in service.history(hire)]
    assert states == [("recorded", "3"), ("recorded", "4"), ("withdrawn", "4"), ("recorded", "4")]
    assert verbs(service, hire) == ["recorded", "corrected", "corrected", "corrected"]


@pytest.mark.parametrize(
    "hires", [Quantity(Decimal(50), "over", "person"), not_stated("person")], ids=str
)
def test_hires_are_counted_and_not_estimated(service, hires):
    given = {"hires": hires.to_json(), "time": TIME}
    recorded = service.ask("record_hires", hires=THREE)["id"]
    with pytest.raises(ValidationError) as caught:
        service.ask("record_hires", **given)
    assert set(caught.value.messages) == {"hires"}
    with pytest.raises(ValidationError) as caught:
        service.ask("correct_hires", id=recorded, reason="更正", **given)
    assert set(caught.value.messages) == {"hires"}


@pytest.mark.parametrize(
    "figure", [{"intents": TEN}, {"vacancies": exact(1, "person").to_json()}, {"hires": THREE}]
)
def test_a_figure_in_another_unit_or_of_another_name_is_refused(service, figure):
    id = service.planned()
    with pytest.raises(ValidationError) as caught:
        service.ask("hold_fair", id=id, **figure)
    assert set(caught.value.messages) == set(figure)


def test_a_future_time_or_an_unknown_unit_is_refused(service):
    with pytest.raises(ValidationFailed) as caught:
        service.ask("hold_fair", id=service.planned(), time="2017-03-01T09:00:00+08:00")
    assert set(caught.value.data) == {"time"}
    for name, arguments in (("plan_fair", PLAN), ("record_hires", {"hires": THREE})):
        with pytest.raises(ValidationFailed) as caught:
            service.ask(name, orgunit="410199", **arguments)
        assert set(caught.value.data) == {"orgunit"}


def test_a_fair_is_not_taken_back_while_hires_rest_on_it(service):
    id = service.held()
    hired = service.ask("record_hires", hires=THREE, fair=id)["id"]
    with pytest.raises(Conflict) as caught:
        service.ask("correct_fair", id=id, withdrawn=True, reason="误点")
    assert caught.value.data["hires"] == [hired]
    service.ask("correct_hires", id=hired, withdrawn=True, reason="误录")
    assert service.ask("correct_fair", id=id, withdrawn=True, reason="误点")["status"] == "planned"


def test_a_correction_may_name_another_unit(service):
    service.context.orgunits.codes.add("410103012")
    id = service.held()
    service.ask("correct_fair", id=id, orgunit="410103012", reason="单位有误")
    assert [event["orgunit"] for event in service.events(id)][-2:] == [UNIT, "410103012"]
    with pytest.raises(ValidationFailed) as caught:
        service.ask("correct_fair", id=id, orgunit="410103999", reason="单位有误")
    assert set(caught.value.data) == {"orgunit"}
