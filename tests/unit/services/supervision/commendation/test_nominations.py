"""Nominations by people and by rule, and the decisions on them, as the service's methods."""

from functools import partial

import pytest
from marshmallow import ValidationError

from services.supervision.oversight.staff_commands import StaffCommands
from services.supervision.workflow.nomination_commands import NominationCommands
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService
from tests.unit.services.supervision.commendation.test_nominate import HOURS, hours

DISTRICT, STREET, VILLAGE = "410103", "410103001", "410103001001"
NOMINATOR, CHOOSER = "person:wang", "person:li"
GROUNDS = {"zh": "全年走访困难家庭最多", "en": "visited most households in need"}
REASON = {"zh": "年内有安全问题未整改"}
OFFICE = {"zh": "督导组组长", "en": "head of the supervision group"}
NAMES = {DISTRICT: "二七区", STREET: "淮河路街道", VILLAGE: "绿云社区"}


class KnownFacts:
    """As much of YearFacts as the commands use."""

    def __init__(self):
        self.ids = {"e-1", "e-2"}
        self.subjects = {
            "team-1": {"name": "蓝天队", "withdrawn": False},
            "gone": {"name": "旧队", "withdrawn": True},
            "v-1": {"status": "registered", "erased": None},
            "v-erased": {"status": "left", "erased": "requested"},
        }
        self.rows = []

    def unknown(self, ids):
        return [id for id in ids if id not in self.ids]

    def subject(self, kind, id):
        return self.subjects.get(id)

    def counted(self, year, rules):
        return {HOURS: self.rows} if year == 2017 else {}


class InMemory(MemoryService, NominationCommands, StaffCommands):
    name = "supervision"
    ACTOR, TIME, UNIT = NOMINATOR, "2017-12-20T09:00:00+08:00", STREET
    moment, place = Service.moment, Service.place
    year_facts = None

    def __init__(self):
        super().__init__(parse_instant("2017-12-20T12:00:00+08:00"), NAMES)
        self.year_facts = KnownFacts()
        self.context.orgunits.all = lambda: {code: {"name": NAMES[code]} for code in NAMES}

    def propose(self, category="communities", subject=VILLAGE, **given):
        usual = {"year": 2017, "orgunit": VILLAGE, "grounds": GROUNDS}
        return self.ask("nominate", category=category, subject=subject, **usual | given)

    def choose(self, id, actor=CHOOSER):
        return self.ask("choose_nominee", id=id, actor=actor)

    def pass_over(self, id, actor=CHOOSER):
        return self.ask("pass_over_nominee", id=id, reason=REASON, actor=actor)

    def all(self, year=2017):
        return self.ask("nominations", year=year)


@pytest.fixture
def service():
    return InMemory()


def refused(act, error=ValidationFailed):
    with pytest.raises(error) as caught:
        act()
    return caught.value.data


def test_a_person_nominates_with_grounds_and_evidence_under_an_office(service):
    term = {"name": {"zh": "王某"}, "office": OFFICE, "valid_from": "2017-01-01"}
    service.ask("register_staff", code="wang", **term)
    answer = service.propose(evidence=["e-2", "e-1"])
    assert (answer["version"], answer["status"]) == (1, "nominated")
    [row] = service.all()
    assert (row["subject"], row["name"], row["orgunit"]) == (VILLAGE, "绿云社区", VILLAGE)
    assert (row["by"], row["grounds"], row["evidence"]) == ("person", GROUNDS, ["e-2", "e-1"])
    assert row["nominated_by"] == {"actor": NOMINATOR, "office": OFFICE}
    assert row["rules_version"] == "2017-1"
    [event] = service.events(answer["id"])
    assert event["type"] == "supervision.nomination.made"
    assert event["data"].items() <= row.items()
    assert "王某" not in str(event)
    assert service.all(2018) == []


def test_the_same_command_is_one_nomination_and_another_one_is_refused(service):
    first = service.propose(command_id="c")
    service.choose(first["id"])
    assert service.propose(command_id="c") == first
    assert refused(service.propose, Conflict)["id"] == first["id"]
    # The same subject in another category, or of another year's, is another nomination.
    assert service.propose("departments", "绿云社区")["id"] != first["id"]


WRONG = {
    "a category that the rules lack": ({"category": "heroes"}, "category"),
    "a code of another level": ({"subject": STREET, "orgunit": STREET}, "orgunit"),
    "a code beside another unit": ({"subject": STREET}, "subject"),
    "an unknown unit": ({"orgunit": "410103999"}, "orgunit"),
    "an unknown team": ({"category": "teams", "subject": "team-9"}, "subject"),
    "a team that was a mistake": ({"category": "teams", "subject": "gone"}, "subject"),
    "an erased volunteer": ({"category": "volunteers", "subject": "v-erased"}, "subject"),
    "evidence that is no fact": ({"evidence": ["e-1", "e-9"]}, "evidence"),
    "a year without rules": ({"year": 2016}, "year"),
    "a year that has not begun": ({"year": 2018}, "year"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_its_field(service, name):
    given, field = WRONG[name]
    assert refused(lambda: service.propose(**given)).keys() == {field}
    assert service.all() == []


@pytest.mark.parametrize(
    "given", [{"grounds": {"en": "good"}}, {"grounds": {"zh": "长" * 501}}, {"evidence": ["a b"]}]
)
def test_texts_and_ids_have_the_usual_form(service, given):
    with pytest.raises(ValidationError) as caught:
        service.propose(**given)
    assert caught.value.messages.keys() == given.keys()


def test_a_service_nominates_and_decides_nothing(service):
    refused(lambda: service.propose(actor="service:import"), Forbidden)
    id = service.propose()["id"]
    refused(lambda: service.choose(id, "service:import"), Forbidden)
    refused(lambda: service.pass_over(id, "service:import"), Forbidden)


def test_teams_are_nominated_by_their_name_and_volunteers_without_one(service):
    service.propose("teams", "team-1")
    service.propose("volunteers", "v-1")
    named = {row["kind"]: row["name"] for row in service.all()}
    assert named == {"team": "蓝天队", "volunteer": None}


def test_another_person_chooses_or_passes_over_and_may_decide_anew(service):
    id = service.propose()["id"]
    for decide in (service.choose, service.pass_over):
        assert refused(partial(decide, id, NOMINATOR), Forbidden)["actor"] == NOMINATOR
    assert service.pass_over(id)["status"] == "passed_over"
    [row] = service.all()
    assert (row["reason"], row["decided_by"]["actor"]) == (REASON, CHOOSER)
    assert service.choose(id)["status"] == "chosen"
    assert service.all()[0]["reason"] is None
    refused(lambda: service.choose(id), Conflict)
    assert [event["type"].rsplit(".", 1)[1] for event in service.events(id)] == [
        *("made", "passed_over", "chosen")
    ]


def test_nobody_decides_on_what_was_not_nominated(service):
    refused(lambda: service.choose("nothing"), NotFound)


def test_no_more_are_chosen_than_the_rules_allow(service):
    ids = [service.propose("departments", f"部门{n}", orgunit=DISTRICT)["id"] for n in range(6)]
    for id in ids[:5]:
        service.choose(id)
    data = refused(lambda: service.choose(ids[5]), Conflict)
    assert (data["category"], data["most"]) == ("departments", 5)
    service.pass_over(ids[0])
    assert service.choose(ids[5])["status"] == "chosen"


def test_no_more_are_chosen_of_one_sub_district_than_the_rules_allow(service):
    service.year_facts.subjects |= {f"t-{n}": {"name": f"队{n}"} for n in range(3)}
    ids = [
        service.propose("teams", f"t-{n}", orgunit=unit)["id"]
        for n, unit in enumerate((STREET, VILLAGE, STREET))
    ]
    service.choose(ids[0])
    service.choose(ids[1])
    data = refused(lambda: service.choose(ids[2]), Conflict)
    assert (data["category"], data["most"]) == ("teams", 2)


def test_the_rules_nominate_once_with_the_figure_and_its_events(service):
    service.year_facts.rows = [hours("v-1", 60, f"h{n:02}") for n in range(25)]
    made = service.ask("nominate_by_rules", year=2017, command_id="r")
    [row] = service.all()
    assert (row["by"], row["grounds"], row["subject"]) == ("rule", None, "v-1")
    assert row["figure"]["indicator"] == HOURS
    assert row["figure"]["figure"]["value"] == "1500"
    assert (len(row["evidence"]), row["more"]) == (20, 5)
    service.year_facts.rows += [hours("v-2", 100)]
    assert service.ask("nominate_by_rules", year=2017, command_id="r") == made
    assert len(service.all()) == 1
    service.ask("nominate_by_rules", year=2017)
    assert {row["subject"] for row in service.all()} == {"v-1", "v-2"}
    [*_, last] = service.events("screening:2017")
    assert {it["category"]: it["nominated"] for it in last["data"]["categories"]}["volunteers"] == 2


def test_who_ran_the_rules_may_choose_whom_they_nominated(service):
    service.year_facts.rows = [hours("v-1", 100)]
    service.ask("nominate_by_rules", year=2017)
    [row] = service.all()
    assert service.choose(row["id"], NOMINATOR)["status"] == "chosen"


def test_a_person_s_nomination_stays_where_the_rules_nominate_too(service):
    id = service.propose("volunteers", "v-1")["id"]
    service.year_facts.rows = [hours("v-1", 100)]
    service.ask("nominate_by_rules", year=2017)
    assert [(row["id"], row["by"]) for row in service.all()] == [(id, "person")]
    assert len(service.events(id)) == 1
