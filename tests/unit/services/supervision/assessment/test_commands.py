"""What people say for an assessment: what is taken, what is refused and by which field."""

import pytest

from services.supervision.assessment.commands import AssessmentCommands
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

DISTRICT, UNIT, OTHER, OUTSIDE = "410103", "410103001", "410103003", "410103099"
PERIOD = "2017-H1"
LI, WANG, ZHAO = "person:li.na", "person:wang.fang", "person:zhao.min"
OCCASION = {"zh": "二季度现场观摩", "en": "observation of the second quarter"}
WHY = {"zh": "期间并入他街道", "en": "merged during the half-year"}
RESIDENTS = {"value": "41200", "qualifier": "exact", "unit": "person"}
BUREAU = {"zh": "区统计局2017年公报", "en": "bulletin of the statistics bureau, 2017"}


class InMemory(MemoryService, AssessmentCommands):
    """The mixin as the service has it."""

    name = "supervision"
    ACTOR, TIME, UNIT = LI, "2017-05-10T09:00:00+08:00", UNIT
    moment, place = Service.moment, Service.place

    def __init__(self):
        super().__init__(
            parse_instant("2017-08-01T12:00:00+08:00"), [DISTRICT, UNIT, OTHER, OUTSIDE]
        )

    def observe(self, **changes):
        given = {"criterion": "on_site", "score": "86.5", "observers": [WANG], "occasion": OCCASION}
        return self.ask("record_observation", **given | changes)

    def declare(self, **changes):
        given = {"period": PERIOD, "figure": "declared.residents", "quantity": RESIDENTS}
        return self.ask("declare_figure", **{**given, "source": BUREAU, **changes})

    def exclude(self, **changes):
        return self.ask("exclude_from_assessment", **{"period": PERIOD, "reason": WHY, **changes})

    def approve(self, actor=WANG, **changes):
        return self.ask("approve_exclusion", period=PERIOD, actor=actor, **changes)

    def announce(self, time="2017-07-10T09:00:00+08:00", **changes):
        return self.ask("announce_scores", period=PERIOD, time=time, **changes)

    def lodge(self, time="2017-07-12T09:00:00+08:00", **changes):
        given = {"criterion": "activities", "grounds": WHY, "time": time, "period": PERIOD}
        return self.ask("appeal", **given | changes)

    def answer(self, id, outcome="upheld", points="4.5", actor=WANG, **changes):
        given = {"time": "2017-07-20T09:00:00+08:00", "answer": WHY}
        more = {"outcome": outcome, "points": points, "actor": actor}
        return self.ask("answer_appeal", id=id, **given | more | changes)

    def inputs(self, period=PERIOD):
        return self.ask("assessment_inputs", period=period)

    def last(self, id):
        return self.events(id)[-1]


@pytest.fixture
def service():
    return InMemory()


@pytest.fixture
def announced(service):
    service.announce()
    return service


def refused(field, ask, *given, **changes):
    with pytest.raises(ValidationFailed) as error:
        ask(*given, **changes)
    assert list(error.value.data) == [field]
    return error.value.data[field][0]


def test_an_observation_counts_in_the_half_year_of_its_day(service):
    id = service.observe()["id"]
    [found] = service.inputs()["observations"]
    assert (found["id"], found["orgunit"], found["observed_on"]) == (id, UNIT, "2017-05-10")
    assert (found["criterion"], found["score"], found["observers"]) == ("on_site", "86.5", [WANG])
    assert service.last(id)["type"] == "supervision.observation.recorded"
    assert service.inputs("2017-H2")["observations"] == []


def test_a_corrected_observation_keeps_what_is_left_out(service):
    id = service.observe()["id"]
    more = {"time": "2017-07-01T09:00:00+08:00", "reason": "另一日", "orgunit": None}
    service.ask("correct_observation", id=id, score="90", **more)
    assert service.inputs()["observations"] == []
    [found] = service.inputs("2017-H2")["observations"]
    assert (found["score"], found["observers"], found["status"]) == ("90", [WANG], "recorded")
    service.ask("correct_observation", id=id, withdrawn=True, **more)
    assert service.inputs("2017-H2")["observations"][0]["status"] == "withdrawn"


def test_an_observation_fits_the_rubric_of_its_half_year(service):
    assert "such as on_site" in refused("criterion", service.observe, criterion="clinics")
    assert "from 0 to 100" in refused("score", service.observe, score="100.5")
    assert "person:li.na" in refused("observers", service.observe, observers=["service:relief"])
    assert "group of the rubric 2017-1" in refused("orgunit", service.observe, orgunit=OUTSIDE)
    assert "known day" in refused("timeprecision", service.observe, timeprecision="week")
    id = service.observe()["id"]
    wrong = {"id": id, "score": "101", "reason": "更正", "orgunit": None}
    refused("score", service.ask, "correct_observation", **wrong)


def test_an_observer_counts_once(service):
    service.observe(observers=[WANG, ZHAO, WANG])
    assert service.inputs()["observations"][0]["observers"] == [WANG, ZHAO]


def test_a_figure_that_is_stated_again_replaces_the_one_before(service):
    first = service.declare()
    again = service.declare(quantity=RESIDENTS | {"value": "41300"}, actor=WANG)
    assert again["id"] == first["id"] and again["version"] == 2
    [found] = service.inputs()["figures"]
    assert found["quantity"]["value"] == "41300" and found["declared_by"] == WANG
    service.declare(orgunit=OTHER)
    service.declare(figure="declared.silent_reports", quantity=RESIDENTS | {"unit": "item"})
    assert len(service.inputs()["figures"]) == 3


def test_only_figures_of_the_rubric_are_declared(service):
    assert "declared.residents" in refused("figure", service.declare, figure="relief.orders")
    assert "one of: person" in refused(
        "quantity", service.declare, quantity=RESIDENTS | {"unit": "household"}
    )
    refused("orgunit", service.declare, orgunit=OUTSIDE)
    refused("orgunit", service.declare, orgunit="410103002")


def test_an_exclusion_is_approved_by_another_person(service):
    id = service.exclude()["id"]
    with pytest.raises(Forbidden, match="another person"):
        service.approve(actor=LI)
    assert service.approve()["status"] == "approved"
    [found] = service.inputs()["exclusions"]
    assert (found["id"], found["proposed_by"], found["approved_by"]) == (id, LI, WANG)
    assert found["approved_on"] == "2017-08-01"


def test_a_withdrawn_exclusion_can_be_proposed_again(service):
    service.exclude()
    service.approve()
    with pytest.raises(Conflict):
        service.exclude()
    after = {"zh": "未并入", "en": "it wasn't merged"}
    service.ask("withdraw_exclusion", period=PERIOD, reason=after)
    with pytest.raises(Conflict):
        service.approve()
    assert service.exclude(actor=WANG)["status"] == "proposed"
    assert service.inputs()["exclusions"][0]["approved_by"] is None


def test_an_exclusion_is_of_a_sub_district_and_proposed_by_a_person(service):
    refused("orgunit", service.exclude, orgunit=DISTRICT)
    with pytest.raises(Forbidden):
        service.exclude(actor="service:relief")
    with pytest.raises(NotFound):
        service.approve()
    assert service.exclude(orgunit=OUTSIDE)["status"] == "proposed"


def test_the_window_begins_with_the_announcement(announced):
    found = announced.inputs()
    assert (found["announced_on"], found["last_day_of_appeals"]) == ("2017-07-10", "2017-07-15")
    with pytest.raises(Conflict, match="give a reason"):
        announced.announce("2017-07-11T09:00:00+08:00")
    announced.announce("2017-07-11T09:00:00+08:00", reason="误填")
    assert announced.inputs()["announced_on"] == "2017-07-11"


def test_scores_are_announced_after_the_half_year(service):
    assert "2017-07-01" in refused("time", service.announce, "2017-06-30T09:00:00+08:00")
    assert service.inputs()["last_day_of_appeals"] is None


def test_no_announcement_moves_behind_an_appeal(announced):
    announced.lodge()
    with pytest.raises(Conflict, match="lodged before that day"):
        announced.announce("2017-07-13T09:00:00+08:00", reason="误填")


def test_an_appeal_is_lodged_and_answered(announced):
    id = announced.lodge()["id"]
    assert announced.answer(id)["status"] == "upheld"
    [found] = announced.inputs()["appeals"]
    assert (found["lodged_by"], found["lodged_on"]) == (LI, "2017-07-12")
    assert (found["answered_by"], found["answered_on"]) == (WANG, "2017-07-20")
    assert found["points"] == "4.5"
    verbs = [event["type"].rsplit(".", 1)[1] for event in announced.events(id)]
    assert verbs == ["lodged", "answered"]


def test_nobody_appeals_before_the_scores_are_announced(service):
    with pytest.raises(Conflict, match="aren't announced yet"):
        service.lodge()
    service.announce()
    assert "2017-07-10" in refused("time", service.lodge, "2017-07-09T09:00:00+08:00")


def test_an_appeal_is_about_a_line_of_a_unit_that_is_assessed(announced):
    assert "findings_closed" in refused("criterion", announced.lodge, criterion="others")
    refused("orgunit", announced.lodge, orgunit=OUTSIDE)
    announced.exclude()
    announced.approve()
    with pytest.raises(Conflict, match="isn't assessed"):
        announced.lodge()


def test_who_appealed_does_not_answer(announced):
    id = announced.lodge()["id"]
    with pytest.raises(Forbidden, match="another person"):
        announced.answer(id, actor=LI)
    with pytest.raises(Forbidden):
        announced.answer(id, actor="service:relief")


def test_a_late_appeal_is_recorded_and_not_upheld(announced):
    id = announced.lodge("2017-07-16T09:00:00+08:00")["id"]
    assert "after the window" in refused("outcome", announced.answer, id)
    assert announced.answer(id, "rejected", None)["status"] == "rejected"
    announced.answer(announced.lodge("2017-07-15T09:00:00+08:00")["id"])


def test_points_are_given_if_and_only_if_an_appeal_is_upheld(announced):
    id = announced.lodge()["id"]
    refused("points", announced.answer, id, points=None)
    refused("points", announced.answer, id, "rejected", "1")
    assert "2 decimal places" in refused("points", announced.answer, id, points="4.555")
    refused("points", announced.answer, id, points="101")


def test_an_answer_can_be_given_anew(announced):
    id = announced.lodge()["id"]
    announced.answer(id)
    assert announced.answer(id, "corrected", None)["status"] == "corrected"
    assert announced.inputs()["appeals"][0]["points"] is None


def test_a_line_is_upheld_once(announced):
    first, second = (announced.lodge()["id"] for _ in range(2))
    announced.answer(first)
    with pytest.raises(Conflict, match="same line"):
        announced.answer(second)
    announced.answer(announced.lodge(criterion="hours")["id"])


def test_no_answer_comes_before_its_appeal(announced):
    id = announced.lodge()["id"]
    refused("time", announced.answer, id, time="2017-07-11T09:00:00+08:00")


def test_a_repeated_command_has_its_first_result(announced):
    id = "appeal-once"
    first = announced.lodge(command_id=id)
    announced.exclude()
    announced.approve()
    assert announced.lodge(command_id=id) == first
    assert len(announced.inputs()["appeals"]) == 1
