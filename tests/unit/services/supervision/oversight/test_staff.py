"""The staff register: by which name and office a person is printed on which day."""

from datetime import date

import pytest

from services.supervision.oversight.commands import OversightCommands
from services.supervision.oversight.staff import printed_as
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

NOW = parse_instant("2017-02-12T12:00:00+08:00")
NAME = {"zh": "张三", "en": "Zhang San"}
OFFICE, NEXT_OFFICE = {"zh": "干事"}, {"zh": "主任", "en": "head"}
NOBODY = {"name": None, "office": None}


class InMemory(MemoryService, OversightCommands):
    name = "supervision"
    ACTOR, TIME, UNIT = "person:office", "2017-02-07T09:00:00+08:00", "410103"
    moment, place = Service.moment, Service.place

    def __init__(self):
        super().__init__(NOW, [self.UNIT])
        self.context.orgunits.district = lambda: self.UNIT

    def begin(self, office=OFFICE, valid_from="2017-01-01", **more):
        given = {"code": "zhang.san", "name": NAME, "office": office, "valid_from": valid_from}
        return self.ask("register_staff", **given, **more)

    def printed(self, day, actor="person:zhang.san"):
        return printed_as(self.repository, actor, date.fromisoformat(day))


@pytest.fixture
def service():
    return InMemory()


def test_a_person_is_printed_by_name_and_office_of_that_day(service):
    assert service.begin() == {"id": "staff:zhang.san", "version": 1}
    service.ask("end_staff", code="zhang.san", valid_to="2017-07-01")
    service.begin(NEXT_OFFICE, "2017-08-01")
    assert service.printed("2017-01-01") == {"name": NAME, "office": OFFICE}
    assert service.printed("2017-06-30")["office"] == OFFICE
    assert service.printed("2017-08-01") == {"name": NAME, "office": NEXT_OFFICE}
    gaps = [service.printed(day) for day in ("2016-12-31", "2017-07-01", "2017-07-31")]
    assert gaps == [NOBODY] * 3


def test_who_is_not_registered_has_no_name(service):
    service.begin()
    assert service.printed("2017-02-01", "person:li.si") == NOBODY
    assert service.printed("2017-02-01", "service:zhang.san") == NOBODY


def test_terms_of_one_person_follow_each_other(service):
    service.begin()
    with pytest.raises(Conflict, match="end that term first"):
        service.begin(NEXT_OFFICE, "2017-08-01")
    with pytest.raises(ValidationFailed, match="after valid_from, such as 2017-01-02"):
        service.ask("end_staff", code="zhang.san", valid_to="2017-01-01")
    service.ask("end_staff", code="zhang.san", valid_to="2017-07-01")
    with pytest.raises(Conflict, match="has an end already"):
        service.ask("end_staff", code="zhang.san", valid_to="2017-08-01")
    with pytest.raises(ValidationFailed, match="at or after the end of the term before"):
        service.begin(NEXT_OFFICE, "2017-06-30")


def test_a_mistake_in_the_last_term_is_corrected(service):
    service.begin(valid_to="2017-07-01")
    service.ask("correct_staff", code="zhang.san", office=NEXT_OFFICE, valid_to=None, reason="误")
    [person] = service.ask("staff")
    term = {"name": NAME, "office": NEXT_OFFICE, "valid_from": "2017-01-01", "valid_to": None}
    assert (person["terms"], person["reason"], person["version"]) == ([term], "误", 2)
    with pytest.raises(NotFound):
        service.ask("end_staff", code="li.si", valid_to="2017-07-01")


def test_its_events_hold_name_office_and_days_and_nothing_else(service):
    service.begin()
    service.ask("end_staff", code="zhang.san", valid_to="2017-07-01")
    events = service.events("staff:zhang.san")
    assert [event["type"].rsplit(".", 1)[1] for event in events] == ["registered", "ended"]
    assert set(events[-1]["data"]) == {"code", "terms", "reason"}
    assert set(events[-1]["data"]["terms"][0]) == {"name", "office", "valid_from", "valid_to"}
