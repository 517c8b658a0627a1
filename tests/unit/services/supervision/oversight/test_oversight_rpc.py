"""Oversight's RPC on a repository in memory: references, repeats, and commands given again."""

import copy
from datetime import timedelta

import pytest
from marshmallow import ValidationError

from services.supervision.oversight.commands import KINDS, OversightCommands
from services.supervision.oversight.patrols import team_id
from shared.contracts.rpc.oversight import LISTED
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.domain.periods import parse_instant
from shared.service.base_service import Service
from tests.support.memory import MemoryService

UNIT = "410103005"
NOW = parse_instant("2017-02-12T12:00:00+08:00")
TIME = "2017-02-07T09:00:00+08:00"
WHAT = {"zh": "下水道堵塞", "en": "blocked sewer"}
GRID, OFFICE = "person:grid-worker", "person:office"


class InMemory(MemoryService, OversightCommands):
    """The mixin as the service has it."""

    name = "supervision"
    ACTOR, TIME, UNIT = OFFICE, TIME, UNIT
    moment, place = Service.moment, Service.place

    def __init__(self):
        super().__init__(NOW, [UNIT])

    def report(self, asset="马砦街", **more):
        return self.ask("report_finding", kind="facility", what=WHAT, asset=asset, **more)["id"]

    def one(self, kind, id):
        return next(item for item in self.ask("oversight", kind=kind) if item["id"] == id)

    def teams(self):
        return self.ask("oversight", kind="patrol_team")


@pytest.fixture
def service():
    return InMemory()


def later(days):
    return (parse_instant(TIME) + timedelta(days=days)).isoformat()


def test_every_kind_can_be_listed():
    assert KINDS.keys() == LISTED.keys()


def test_a_group_is_known_by_its_code(service):
    form = {"kind": "functional", "code": "publicity", "name": WHAT, "staff": WHAT}
    assert service.ask("form_group", **form)["id"] == "group:publicity"
    with pytest.raises(Conflict, match="exists already"):
        service.ask("form_group", **form)
    service.ask("change_group", id="group:publicity", responsible_unit="区民政局", staff=None)
    told = service.one("group", "group:publicity")
    assert (told["responsible_unit"], told["staff"], told["version"]) == ("区民政局", None, 2)
    assert service.ask("dissolve_group", id="group:publicity")["status"] == "dissolved"


def test_a_code_leaves_room_for_the_prefix_of_the_id(service):
    form = {"kind": "special", "name": WHAT}
    assert len(service.ask("form_group", code="c" * 58, **form)["id"]) == 64
    with pytest.raises(ValidationError, match="at most 58 characters"):
        service.ask("form_group", code="c" * 59, **form)


def test_each_plan_of_a_unit_is_a_new_version_of_the_same(service):
    rhythm = [{"every": "week", "what": WHAT}]
    first = service.ask("version_plan", name=WHAT, status="draft", special_groups=13, rhythm=rhythm)
    second = service.ask("version_plan", name=WHAT, status="adopted")
    assert (first["id"], first["version"]) == (f"plan:{UNIT}", 1)
    assert (second["id"], second["version"]) == (f"plan:{UNIT}", 2)
    told = service.one("plan", f"plan:{UNIT}")
    assert (told["status"], told["special_groups"], told["rhythm"]) == ("adopted", None, [])


def test_a_plan_given_again_is_no_new_version(service):
    again = {"command_id": "c", "name": WHAT, "status": "draft"}
    assert service.ask("version_plan", **again) == service.ask("version_plan", **again)
    assert len(service.events(f"plan:{UNIT}")) == 1


def test_an_action_belongs_to_a_meeting_that_was_held(service):
    service.ask("form_group", kind="special", code="s1", name=WHAT)
    meeting = service.ask("hold_meeting", kind="office", heard=["group:s1"])["id"]
    assigned = {"what": WHAT, "responsible": "区民政局局长", "due": "2017-02-15"}
    action = service.ask("assign_action", meeting=meeting, group="group:s1", **assigned)["id"]
    service.ask("carry_action", id=action, due="2017-02-22")
    service.ask("close_action", id=action, outcome=WHAT)
    told = service.one("action", action)
    assert (told["meeting"], told["first_due"], told["due"]) == (
        meeting,
        "2017-02-15",
        "2017-02-22",
    )
    assert (told["status"], told["outcome"]) == ("done", WHAT)
    assert service.ask("oversight", kind="action", status="assigned") == []


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("hold_meeting", {"kind": "office", "heard": ["nothing"]}),
        (
            "assign_action",
            {"what": WHAT, "responsible": "局长", "due": "2017-02-15", "group": "nothing"},
        ),
        (
            "assign_action",
            {"what": WHAT, "responsible": "局长", "due": "2017-02-15", "meeting": "nothing"},
        ),
        ("set_milestone", {"what": WHAT, "platform": "nothing"}),
        ("report_finding", {"kind": "safety", "what": WHAT, "patrol": "nothing"}),
        ("close_action", {"id": "nothing"}),
    ],
)
def test_what_is_referred_to_has_to_be_there(service, method, arguments):
    with pytest.raises(NotFound) as caught:
        service.ask(method, **arguments)
    assert caught.value.data["id"] == "nothing"
    assert service.collection.documents == {}


def test_a_milestone_is_set_corrected_and_reached(service):
    platform = service.ask("register_platform", name=WHAT)["id"]
    id = service.ask("set_milestone", platform=platform, what=WHAT, target="2017-03-01")["id"]
    service.ask(
        "correct_milestone", id=id, reason="提前", target="2017-02-20", status="in_progress"
    )
    assert service.one("milestone", id)["target"] == "2017-02-20"
    service.ask("reach_milestone", id=id)
    told = service.one("milestone", id)
    assert (told["platform"], told["status"], told["reached_on"]) == (
        platform,
        "done",
        "2017-02-07",
    )
    with pytest.raises(ValidationError):
        service.ask("set_milestone", platform=platform, what=WHAT, status="done")


def test_a_patrol_says_nothing_of_findings_until_somebody_does(service):
    zero = {"value": "0", "qualifier": "exact", "unit": "finding"}
    id = service.ask("record_patrol", kind="safety_patrol", every="day")["id"]
    assert service.one("patrol", id)["findings"]["qualifier"] == "not_stated"
    service.ask("correct_patrol", id=id, reason="补报", findings=zero)
    assert service.one("patrol", id)["findings"]["value"] == "0"
    service.ask("correct_patrol", id=id, reason="重复登记", withdrawn=True)
    told = service.one("patrol", id)
    assert (told["status"], told["findings"]["value"]) == ("withdrawn", "0")


def test_a_finding_goes_its_way_and_is_closed_by_another(service):
    id = service.report()
    service.ask("dispatch_finding", id=id, responsible="城管科科长", due="2017-02-10")
    service.ask("rectify_finding", id=id, actor=GRID)
    with pytest.raises(Forbidden):
        service.ask("close_finding", id=id, actor=GRID)
    service.ask("close_finding", id=id)
    service.ask("reopen_finding", id=id, reason="又堵了")
    service.ask("shelve_finding", id=id, reason="待管网改造")
    told = service.one("finding", id)
    assert (told["status"], told["reopened"]) == ("on_account", 1)
    assert GRID not in str(service.events(id))


def test_what_is_fixed_on_the_spot_is_reported_rectified_and_still_inspected(service):
    id = service.report(fixed_on_spot=True, actor=GRID)
    told = [(event["type"], event["data"]["status"]) for event in service.events(id)]
    assert told == [
        ("supervision.finding.reported", "reported"),
        ("supervision.finding.rectified", "rectified"),
    ]
    with pytest.raises(Forbidden):
        service.ask("close_finding", id=id, actor=GRID)


def test_a_first_finding_proposes_nothing_and_a_repeat_a_team(service):
    first = service.report()
    assert service.teams() == []
    second = service.report("马砦街 ", time=later(2))
    assert service.one("finding", second)["repeat_of"] == first
    (team,) = service.teams()
    assert (team["id"], team["status"]) == (team_id(UNIT, "马砦街"), "proposed")
    assert (team["finding"], team["repeats"], team["asset"]) == (second, 1, "马砦街 ")


def test_other_places_are_no_repeats(service):
    service.report()
    service.report("新村社区", time=later(2))
    service.report(None, time=later(2))
    service.report(None, time=later(3))
    assert service.teams() == []


def test_further_repeats_grow_the_team(service):
    for days in range(4):
        service.report(time=later(days))
    (team,) = service.teams()
    assert (team["repeats"], team["version"]) == (3, 3)
    last = {"id": team["id"], "time": later(3)}
    assert service.ask("form_patrol_team", **last)["status"] == "formed"
    assert service.ask("stand_down_patrol_team", **last)["status"] == "stood_down"


def test_a_repeat_given_again_changes_nothing(service):
    service.report()
    again = {"command_id": "c", "time": later(1)}
    id = service.report(**again)
    before = copy.deepcopy(service.collection.documents)
    assert service.report(**again) == id
    assert service.collection.documents == before


def test_a_call_that_broke_off_before_the_proposal_is_finished_when_given_again(service):
    first = service.report()
    again = {"command_id": "c", "time": later(1)}
    id = service.report(**again)
    whole = copy.deepcopy(service.teams())
    del service.collection.documents[team_id(UNIT, "马砦街")]
    # Meanwhile the one before turned out to be none: the repeat was one when it was reported.
    service.ask("correct_finding", id=first, reason="误报", withdrawn=True)
    assert service.report(**again) == id
    assert service.teams() == whole


@pytest.mark.parametrize("length", [1, 52, 53, 64])
def test_the_proposal_has_a_command_of_its_own_and_says_what_caused_it(service, length):
    service.report()
    id = service.report(command_id="c" * length, time=later(1))
    team = service.collection.documents[team_id(UNIT, "马砦街")]
    (command,), (proposed,) = team["commands"], service.events(team["_id"])
    assert len(command["id"]) <= 64
    assert (command["id"] == "c" * length + ":patrol-team") == (length <= 52)
    assert command["actor"] == "service:supervision"
    reported = service.events(id)[0]
    assert (proposed["causationid"], proposed["correlationid"]) == (
        reported["id"],
        reported["correlationid"],
    )
    assert (proposed["orgunit"], proposed["time"]) == (UNIT, later(1)[:10] + "T00:00:00+08:00")


def test_a_correction_that_makes_it_a_repeat_proposes_a_team(service):
    first = service.report()
    second = service.report("新村社区", time=later(1))
    service.ask("correct_finding", id=second, reason="地点有误", asset="马砦街", time=later(1))
    assert service.one("finding", second)["repeat_of"] == first
    assert [team["finding"] for team in service.teams()] == [second]


def test_a_correction_of_something_else_proposes_no_team_again(service):
    service.report()
    second = service.report(time=later(1))
    service.ask("correct_finding", id=second, reason="类别有误", kind="sanitation", time=later(1))
    assert [(team["repeats"], team["version"]) for team in service.teams()] == [(1, 1)]


@pytest.mark.parametrize("void", ["duplicate", "withdrawn"])
def test_what_is_taken_back_proposes_no_team(service, void):
    service.report()
    second = service.report("新村社区", time=later(1))
    correction = {"asset": "马砦街", "time": later(1), void: True}
    service.ask("correct_finding", id=second, reason="误报", **correction)
    assert service.one("finding", second)["status"] == void
    assert service.teams() == []


def test_a_finding_is_not_a_duplicate_and_withdrawn(service):
    with pytest.raises(ValidationError):
        service.ask("correct_finding", id="f", reason="误报", duplicate=True, withdrawn=True)


def test_practices_and_commitments_begin_and_end(service):
    practice = service.ask("recognise_practice", what=WHAT)["id"]
    kept = service.ask("make_commitment", what=WHAT, due="2017-02-20")["id"]
    dropped = service.ask("make_commitment", what=WHAT, about=practice)["id"]
    service.ask("withdraw_practice", id=practice)
    service.ask("keep_commitment", id=kept)
    service.ask("drop_commitment", id=dropped, reason="经费未落实")
    assert service.one("practice", practice)["status"] == "withdrawn"
    told = {item["id"]: item for item in service.ask("oversight", kind="commitment")}
    assert (told[kept]["status"], told[kept]["due"]) == ("kept", "2017-02-20")
    assert (told[dropped]["status"], told[dropped]["about"]) == ("dropped", practice)


def test_a_unit_may_be_exempt_from_a_week_that_lies_ahead(service):
    id = service.ask(
        "exempt_reporter",
        services=["clinics", "jobfairs", "clinics"],
        first="2017-W20",
        reason="筹备组",
    )["id"]
    (event,) = service.events(id)
    assert (event["time"], event["timeprecision"]) == ("2017-05-15T00:00:00+08:00", "week")
    assert event["data"]["services"] == ["clinics", "jobfairs"]
    service.ask("readmit_reporter", id=id, time="2017-06-01T09:00:00+08:00")
    assert service.events(id)[-1]["time"] == "2017-05-29T00:00:00+08:00"
    assert service.one("exemption", id)["last"] == "2017-W21"


def test_an_exemption_ends_after_it_begins_and_is_of_a_known_unit(service):
    exemption = {"services": ["clinics"], "first": "2017-W06", "reason": "筹备组"}
    with pytest.raises(ValidationError):
        service.ask("exempt_reporter", last="2017-W05", **exemption)
    with pytest.raises(ValidationFailed) as caught:
        service.ask("exempt_reporter", orgunit="410103999", **exemption)
    assert set(caught.value.data) == {"orgunit"}


@pytest.mark.parametrize(
    "arguments, field",
    [({"time": "2017-02-13T09:00:00+08:00"}, "time"), ({"orgunit": "410103999"}, "orgunit")],
)
def test_nothing_is_entered_of_the_future_or_of_an_unknown_unit(service, arguments, field):
    with pytest.raises(ValidationFailed) as caught:
        service.report(**arguments)
    assert set(caught.value.data) == {field}


@pytest.mark.parametrize("kind, status", [("meeting", "done"), ("finding", "assigned")])
def test_a_status_that_the_kind_has_not_is_refused(service, kind, status):
    with pytest.raises(ValidationError):
        service.ask("oversight", kind=kind, status=status)


def test_a_patrol_is_not_withdrawn_while_findings_rest_on_it(service):
    findings = {"value": "1", "qualifier": "exact", "unit": "finding", "stated": None}
    patrol = service.ask("record_patrol", kind="safety_patrol", findings=findings)["id"]
    found = service.report(patrol=patrol)
    with pytest.raises(Conflict) as caught:
        service.ask("correct_patrol", id=patrol, withdrawn=True, reason="误录")
    assert caught.value.data["findings"] == [found]
    service.ask("correct_finding", id=found, withdrawn=True, reason="误报")
    assert service.ask("correct_patrol", id=patrol, withdrawn=True, reason="误录")


def test_a_closed_finding_stays_in_its_unit_until_it_is_reopened(service):
    service.context.orgunits.codes.add("410103012")
    found = service.report()
    service.ask("rectify_finding", id=found, actor="person:grid")
    service.ask("close_finding", id=found, actor="person:office")
    moved = {"id": found, "orgunit": "410103012", "reason": "单位有误"}
    with pytest.raises(Conflict, match="reopen it first"):
        service.ask("correct_finding", **moved)
    service.ask("reopen_finding", id=found, reason="单位有误")
    service.ask("correct_finding", **moved)
    assert service.events(found)[-1]["orgunit"] == "410103012"
