"""The groups' reports of their week: progress, nil, corrected, withdrawn, and what is refused."""

import pytest
from marshmallow import ValidationError

from services.supervision.oversight.commands import OversightCommands
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

DISTRICT = "410103"
GROUP = "group:clinics"
WEEK = "2017-W06"
DONE = {"zh": "举办义诊两场", "en": "two free clinics held"}
PLANNED = {"zh": "下周再办一场"}


class InMemory(MemoryService, OversightCommands):
    """The mixin as the service has it."""

    name = "supervision"
    ACTOR, TIME, UNIT = "person:office", "2017-02-06T09:00:00+08:00", DISTRICT
    moment, place = Service.moment, Service.place

    def __init__(self):
        super().__init__(parse_instant("2017-02-12T12:00:00+08:00"), [DISTRICT])

    def form(self, **when):
        form = {"kind": "special", "code": "clinics", "name": {"zh": "义诊组"}}
        return self.ask("form_group", **form, **when)

    def report(self, period=WEEK, **report):
        return self.ask("report_progress", group=GROUP, period=period, **report)

    def of_week(self, period=WEEK):
        return self.ask("group_reports", period=period)


@pytest.fixture
def service():
    made = InMemory()
    made.form()
    return made


def test_a_group_reports_what_it_did_in_the_week_and_what_it_plans(service):
    answer = service.report(done=DONE, planned=PLANNED)
    assert (answer["version"], answer["status"]) == (1, "recorded")
    [event] = service.events(answer["id"])
    assert event["type"] == "supervision.group_report.recorded"
    assert (event["time"], event["timeprecision"]) == ("2017-02-06T00:00:00+08:00", "week")
    assert event["orgunit"] == DISTRICT
    [report] = service.of_week()
    assert event["data"].items() <= report.items()
    assert (report["group"], report["period"], report["nil"]) == (GROUP, WEEK, False)
    assert (report["done"], report["planned"], report["problems"]) == (DONE, PLANNED, None)
    assert service.of_week("2017-W05") == []


def test_a_nil_report_has_no_text(service):
    service.report(nil=True)
    [report] = service.of_week()
    assert (report["nil"], report["done"]) == (True, None)


@pytest.mark.parametrize("report", [{}, {"nil": False}, {"nil": True, "problems": DONE}])
def test_a_report_says_something_or_that_there_is_nothing(service, report):
    with pytest.raises(ValidationFailed) as caught:
        service.report(**report)
    assert caught.value.data.keys() == {"nil"}
    assert service.of_week() == []


@pytest.mark.parametrize(
    "text", [{"en": "two clinics"}, {"zh": "长" * 501}, {"zh": " "}, {}, "义诊"]
)
@pytest.mark.parametrize("name", ["done", "planned", "problems"])
def test_a_text_is_in_chinese_and_not_too_long(service, name, text):
    with pytest.raises(ValidationError) as caught:
        service.report(**{name: text})
    assert caught.value.messages.keys() == {name}


def test_a_group_that_nobody_formed_reports_nothing():
    with pytest.raises(NotFound):
        InMemory().report(nil=True)


def test_a_week_has_one_report_of_a_group(service):
    first = service.report(done=DONE)
    with pytest.raises(Conflict, match="exists already") as caught:
        service.report(nil=True)
    assert caught.value.data["id"] == first["id"]
    assert [report["done"] for report in service.of_week()] == [DONE]


def test_the_same_command_is_one_report(service):
    given = {"done": DONE, "command_id": "c"}
    first = service.report(**given)
    service.ask("dissolve_group", id=GROUP)
    assert service.report(**given) == first
    assert len(service.events(first["id"])) == 1


def test_a_week_that_has_not_begun_has_no_report(service):
    with pytest.raises(ValidationFailed, match="has not"):
        service.report("2017-W07", nil=True)


def test_a_group_reports_only_weeks_in_which_it_stood():
    service = InMemory()
    service.form(time="2017-01-25T09:00:00+08:00")
    service.ask("dissolve_group", id=GROUP, time="2017-02-01T09:00:00+08:00")
    for period in ("2017-W03", WEEK):
        with pytest.raises(ValidationFailed, match="in which the group stood"):
            service.report(period, nil=True)
    for period in ("2017-W04", "2017-W05"):
        assert service.report(period, nil=True)["status"] == "recorded"


def test_a_correction_changes_what_it_names(service):
    id = service.report(done=DONE, planned=PLANNED)["id"]
    service.ask("correct_progress", id=id, planned=None, problems=PLANNED, reason="填错栏目")
    [report] = service.of_week()
    assert (report["done"], report["planned"], report["problems"]) == (DONE, None, PLANNED)
    recorded, corrected = service.events(id)
    assert corrected["type"] == "supervision.group_report.corrected"
    assert corrected["data"]["reason"] == "填错栏目"
    assert corrected["time"] == recorded["time"]


def test_a_correction_leaves_a_report_that_says_something(service):
    id = service.report(done=DONE)["id"]
    for wrong in ({"done": None}, {"nil": True}):
        with pytest.raises(ValidationFailed, match="nil"):
            service.ask("correct_progress", id=id, reason="更正", **wrong)
    service.ask("correct_progress", id=id, reason="更正", nil=True, done=None)
    assert service.of_week()[0]["nil"]


def test_a_withdrawn_report_is_restored_by_a_correction(service):
    id = service.report(done=DONE)["id"]
    service.ask("correct_progress", id=id, reason="误报", withdrawn=True)
    assert service.of_week()[0]["status"] == "withdrawn"
    assert service.ask("correct_progress", id=id, reason="复核属实")["status"] == "recorded"
    assert service.of_week()[0]["done"] == DONE


def test_what_was_never_reported_cannot_be_corrected(service):
    with pytest.raises(NotFound):
        service.ask("correct_progress", id="nothing", reason="更正", nil=True)
