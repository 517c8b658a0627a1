"""A file is entered beside what is there: nothing twice, nothing lost, a verdict on each fact."""

import copy
import json

import pytest
import yaml

from deploy.local.demo import FACTS
from deploy.local.facts.importing import Import
from deploy.local.facts.reader import read_facts
from deploy.local.places import ROOT
from deploy.local.service_calls import error_text
from shared.aggregates.aggregate import fingerprint, former_id, new_id
from shared.domain.errors import DeadlineExceeded, ValidationFailed

BY_0_2_0 = ROOT / "tests" / "data" / "programme_entered_by_0.2.0.json"
PROGRAMME = yaml.safe_load(FACTS.read_text("utf-8"))


class Services:
    """The services, as far as they remember commands. `refused` are ids of commands."""

    def __init__(self):
        self.known = {}
        self.entered = []
        self.refused = set()

    def call(self, service, method, **arguments):
        command_id = arguments.pop("command_id")
        if method == "command":
            return self._known(service, command_id, arguments["arguments"])
        if command_id in self.refused:
            raise ValidationFailed({"orgunit": ["Unknown."]})
        said = fingerprint(method, arguments)
        known = self.known.get((service, command_id))
        assert known is None or known[1] == said, "used with other arguments"
        if known is None:
            id = arguments.get("id") or new_id(service, command_id)
            self.remember(service, method, command_id, said, id)
            self.entered.append((method, arguments))
        return self.known[service, command_id][2]

    def remember(self, service, method, command_id, said, id):
        self.known[service, command_id] = (method, said, {"id": id, "version": 1})

    def _known(self, service, command_id, said):
        if (service, command_id) not in self.known:
            return {"known": False, "result": None, "same": None, "method": None}
        method, arguments, result = self.known[service, command_id]
        found = {"method": method, "result": result, "recorded": "2017-02-07T12:00:00+08:00"}
        return {"known": True, "same": arguments == said, **found}


@pytest.fixture
def services():
    return Services()


@pytest.fixture
def enter(tmp_path, services):
    """`enter(data)` → label → (verdict, message), after the file with that content was entered."""

    def enter(data, act=None, dry_run=False):
        path = tmp_path / "facts.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        entering = Import(services, read_facts(path)[0], error_text, dry_run)
        for step in entering.steps:
            entering.take(step, act or usual)
        return {label: (verdict, message) for verdict, label, message in entering.rows()}

    def usual(step, arguments):
        return services.call(step.service, step.method, **arguments)

    return enter


def changed(change):
    programme = copy.deepcopy(PROGRAMME)
    change(programme)
    return programme


def verdicts(rows):
    return {verdict for verdict, _ in rows.values()}


def visits(*numbers, week="2017-W06"):
    of = {"orgunit": "410103016", "kind": "household"}
    return {"week": week, "relief": {"visits": [of | {"visits": number} for number in numbers]}}


def enter_as_0_2_0(services):
    """What the programme's file became at release 0.2.0."""
    for service, method, command_id, said in json.loads(BY_0_2_0.read_text("ascii")):
        services.remember(service, method, command_id, said, former_id(command_id))


def test_a_file_that_is_entered_again_changes_nothing(enter, services):
    assert verdicts(enter(PROGRAMME)) == {"entered"}
    entered = len(services.entered)
    assert verdicts(enter(PROGRAMME)) == {"already"}
    assert len(services.entered) == entered == 64


def test_a_row_that_is_refused_holds_up_nobody_and_its_removal_shifts_no_other(enter, services):
    [refused] = [
        step.arguments["command_id"]
        for step in _steps(enter, visits(1, 2, 3))
        if step.arguments["visits"]["value"] == "2"
    ]
    services.refused.add(refused)
    rows = enter(visits(1, 2, 3))
    assert [verdict for verdict, _ in rows.values()] == ["entered", "refused", "entered"]
    assert "orgunit: ['Unknown.']" in rows["visits-2"][1]
    assert verdicts(enter(visits(1, 3))) == {"already"}
    assert len(services.entered) == 2


def _steps(enter, data):
    found = []
    enter(data, act=lambda step, arguments: found.append(step))
    return found


def test_the_second_weeks_file_with_the_same_entries_is_entered(enter, services):
    assert verdicts(enter(visits(1, 2))) == {"entered"}
    assert verdicts(enter(visits(1, 2, week="2017-W07"))) == {"entered"}
    assert len(services.entered) == 4


def test_what_rests_on_a_refused_fact_is_not_entered(enter, services):
    services.refused.add("clinic-wulibao:2017-W06:1")
    rows = enter(PROGRAMME)
    assert rows["clinic-wulibao"][0] == "refused"
    assert rows["clinic-wulibao-next-1"] == (
        "refused",
        "rests on clinic-wulibao, which isn't entered",
    )
    assert rows["fair-daxuelu"][0] == "entered"
    services.refused.clear()
    rows = enter(PROGRAMME)
    assert {label for label, (verdict, _) in rows.items() if verdict == "entered"} == {
        "clinic-wulibao",
        *(f"clinic-wulibao-next-{n}" for n in range(1, 5)),
    }


def test_an_id_with_other_content_in_the_same_week_differs(enter, services):
    enter(PROGRAMME)
    rows = enter(changed(lambda p: p["clinics"][0].update(consultations=600)))
    verdict, message = rows.pop("clinic-wulibao")
    assert verdict == "differs"
    assert message.startswith("tally_clinic: entered on 2017-02-07 with other content")
    assert "3 of 4 commands are in order" in message
    assert verdicts(rows) == {"already"}


def test_a_dry_run_enters_nothing_and_says_what_is_new(enter, services):
    enter(visits(1))
    rows = enter(visits(1, 2), act=lambda step, arguments: None, dry_run=True)
    assert [verdict for verdict, _ in rows.values()] == ["already", "new"]
    assert len(services.entered) == 1


def test_a_file_that_0_2_0_entered_is_not_entered_again(enter, services):
    enter_as_0_2_0(services)
    assert verdicts(enter(PROGRAMME)) == {"already"}
    assert services.entered == []


def test_an_order_that_0_2_0_entered_goes_on_under_its_id(enter, services):
    enter_as_0_2_0(services)
    rows = enter(changed(lambda p: p["relief"]["orders"][0].update(confirmed="2017-02-11")))
    assert rows["order-donghutong"] == ("entered", "1 of 4 commands")
    [(method, arguments)] = services.entered
    assert (method, arguments["id"]) == ("confirm_order", former_id("order-donghutong:1"))


def test_a_milestone_reached_since_0_2_0_shifts_no_other(enter, services):
    """There, a command had its place among those of its entry for an id."""
    enter_as_0_2_0(services)

    def reach(programme):
        programme["platforms"][0]["milestones"][0]["status"] = "in_progress"
        programme["platforms"][0]["milestones"].pop(0)
        programme["platforms"][0]["id"] = "platform-1"

    assert verdicts(enter(changed(reach))) == {"already"}
    assert services.entered == []


def test_an_id_that_0_2_0_entered_with_other_content_differs(enter, services):
    enter_as_0_2_0(services)
    rows = enter(changed(lambda p: p["clinics"][0].update(venue="别处")))
    assert rows["clinic-wulibao"][0] == "differs"
    assert "clinic-wulibao:1" in rows["clinic-wulibao"][1]
    assert services.entered == []


def test_the_second_week_after_0_2_0_entered_the_first_is_entered(enter, services):
    enter_as_0_2_0(services)
    visit = {"orgunit": "410103016", "kind": "household", "visits": 9}
    stock = {"count": 125, "orgunit": "410103"}
    data = {"relief": {"visits": [visit]}, "volunteering": {"stations": stock}}
    assert verdicts(enter(data | {"week": "2017-W07"})) == {"entered"}


def test_an_activity_at_a_clinic_that_0_2_0_entered_shares_its_id(enter, services):
    enter_as_0_2_0(services)
    activity = {
        "date": "2017-02-09",
        "orgunit": "410103006",
        "what": "协助义诊",
        "activity_key": "clinic-wulibao",
    }
    enter(changed(lambda p: p["volunteering"]["activities"].append(activity)))
    [(_, arguments)] = services.entered
    assert arguments["activity_key"] == former_id("clinic-wulibao:1")


def test_two_occasions_that_name_each_other_are_entered(enter):
    place = {"date": "2017-02-09", "orgunit": "410103006"}
    clinic = place | {"id": "clinic-a", "venue": "广场", "activity_key": "help-a"}
    activity = place | {"id": "help-a", "what": "协助", "activity_key": "clinic-a"}
    data = {"clinics": [clinic], "volunteering": {"activities": [activity]}}
    assert verdicts(enter(data)) == {"entered"}
    assert verdicts(enter(data)) == {"already"}


def test_a_service_that_does_not_answer_ends_the_import(enter):
    def act(step, arguments):
        raise DeadlineExceeded({"reason": "no answer in time"})

    with pytest.raises(DeadlineExceeded):
        enter(visits(1), act=act)
