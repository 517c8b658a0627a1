"""The rest of oversight's aggregates: what is possible from where, each time one whole event."""

from datetime import date, timedelta

import pytest

from services.supervision.oversight.commitments import Commitment
from services.supervision.oversight.exemptions import Exemption
from services.supervision.oversight.groups import Group, Plan
from services.supervision.oversight.meetings import Action, Meeting
from services.supervision.oversight.patrols import Patrol, PatrolTeam, team_id
from services.supervision.oversight.platforms import Milestone, Platform
from services.supervision.oversight.practices import Practice
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import (
    ACTION_STATUSES,
    COMMITMENT_STATUSES,
    GROUP_STATUSES,
    MILESTONE_STATUSES,
    PATROL_TEAM_STATUSES,
    REPORT_STATUSES,
)
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import Week, parse_instant
from shared.domain.quantities import exact, not_stated

NOW = Moment(parse_instant("2017-02-08T09:00:00+08:00"))
NEXT_DAY = Moment(NOW.time + timedelta(days=1), "day")
WEEK = Moment(parse_instant("2017-02-06T00:00:00+08:00"), "week")
LAST_WEEK = Moment(parse_instant("2017-01-30T00:00:00+08:00"), "week")
DUE, LATER = date(2017, 2, 15), date(2017, 2, 22)
WHAT = {"zh": "完成装修", "en": "finish the decoration"}


def opened(kind, act, /, **state):
    aggregate = kind(id="one", orgunit="410103", **state)
    act(aggregate)
    return aggregate


def group():
    return opened(
        Group, lambda new: new.form(NOW), kind="special", code="s1", name={"zh": "重点项目组"}
    )


def action(moment=NOW):
    return opened(Action, lambda new: new.assign(DUE, moment), what=WHAT, responsible="局长")


def milestone(status="planned"):
    return opened(
        Milestone, lambda new: new.set(NOW), status=status, platform="p", what=WHAT, count=2
    )


def patrol(findings=None):
    return opened(
        Patrol,
        lambda new: new.make(NOW),
        kind="safety_patrol",
        findings=(findings or not_stated("finding")).to_json(),
    )


def team():
    return opened(PatrolTeam, lambda new: new.propose("f2", NOW), asset="银基大厦")


def practice():
    return opened(Practice, lambda new: new.recognise(NOW), what=WHAT)


def commitment(due=None):
    return opened(Commitment, lambda new: new.make(due, NOW), what=WHAT)


def correct_milestone(**parts):
    return lambda found: found.correct(parts, False, "登记有误", NEXT_DAY)


# entity → (how it begins, its statuses, action → (act, statuses it is possible from, verb, after))
MACHINES = {
    "group": (
        group,
        GROUP_STATUSES,
        {
            "change": (lambda g: g.change({"staff": WHAT}, NOW), ["formed"], "changed", "formed"),
            "dissolve": (lambda g: g.dissolve(NOW), ["formed"], "dissolved", "dissolved"),
        },
    ),
    "action": (
        action,
        ACTION_STATUSES,
        {
            "carry": (lambda a: a.carry(LATER, NEXT_DAY), ["assigned"], "carried", "assigned"),
            "close": (lambda a: a.close(WHAT, False, NOW), ["assigned"], "closed", "done"),
            "drop": (lambda a: a.close(None, True, NOW), ["assigned"], "closed", "dropped"),
        },
    ),
    "milestone": (
        milestone,
        MILESTONE_STATUSES,
        {
            "start": (
                correct_milestone(status="in_progress"),
                list(MILESTONE_STATUSES),
                "corrected",
                "in_progress",
            ),
            "reach": (lambda m: m.reach(NOW), ["planned", "in_progress"], "reached", "done"),
            "abandon": (
                correct_milestone(status="dropped"),
                list(MILESTONE_STATUSES),
                "corrected",
                "dropped",
            ),
        },
    ),
    "patrol": (
        patrol,
        REPORT_STATUSES,
        {
            "withdraw": (
                lambda p: p.correct(None, True, "重复登记", NOW),
                list(REPORT_STATUSES),
                "corrected",
                "withdrawn",
            ),
            "restore": (
                lambda p: p.correct(None, False, "误撤", NOW),
                list(REPORT_STATUSES),
                "corrected",
                "recorded",
            ),
        },
    ),
    "patrol_team": (
        team,
        PATROL_TEAM_STATUSES,
        {
            "form": (lambda t: t.form(NOW), ["proposed"], "formed", "formed"),
            "stand_down": (
                lambda t: t.stand_down(NOW),
                ["proposed", "formed"],
                "stood_down",
                "stood_down",
            ),
        },
    ),
    "practice": (
        practice,
        REPORT_STATUSES,
        {"withdraw": (lambda p: p.withdraw(NOW), ["recorded"], "withdrawn", "withdrawn")},
    ),
    "commitment": (
        commitment,
        COMMITMENT_STATUSES,
        {
            "keep": (lambda c: c.keep(NOW), ["open"], "kept", "kept"),
            "drop": (lambda c: c.drop("经费未落实", NOW), ["open"], "dropped", "dropped"),
        },
    ),
}
TRIPLES = [
    (entity, status, name)
    for entity, (_, statuses, actions) in MACHINES.items()
    for status in statuses
    for name in actions
]


def that_is(entity, status):
    begin, _, actions = MACHINES[entity]
    found = begin()
    if found.status != status:
        next(act for act, _, _, after in actions.values() if after == status)(found)
    assert found.status == status
    return found


def last_event(aggregate):
    event_type, moment, data = aggregate.new_events[-1]
    event_type.data().load(data)
    return event_type.name, data


@pytest.mark.parametrize("entity, status, name", TRIPLES)
def test_an_action_is_one_event_of_the_whole_state_or_refused(entity, status, name):
    act, before, verb, after = MACHINES[entity][2][name]
    found = that_is(entity, status)
    state, happened = found.state(), len(found.new_events)
    if status in before:
        act(found)
        assert len(found.new_events) == happened + 1
        assert last_event(found) == (f"supervision.{entity}.{verb}", found.state())
        assert found.status == after
        found.validate()
        return
    with pytest.raises(Conflict) as caught:
        act(found)
    assert caught.value.data["possible_from"] == before
    assert (found.state(), len(found.new_events)) == (state, happened)


@pytest.mark.parametrize(
    "begin, told",
    [
        (group, "group.formed"),
        (action, "action.assigned"),
        (milestone, "milestone.set"),
        (patrol, "patrol.recorded"),
        (team, "patrol_team.proposed"),
        (practice, "practice.recognised"),
        (commitment, "commitment.made"),
    ],
)
def test_beginning_is_an_event_too(begin, told):
    assert last_event(begin()) == (f"supervision.{told}", begin().state())


def test_a_group_shows_its_vacancies_until_they_are_filled():
    found = group()
    told = last_event(found)[1]
    assert (told["responsible_unit"], told["responsible_person"]) == (None, None)
    assert (told["member_units"], told["duties"]) == ([], [])
    found.change({"responsible_unit": "区民政局", "duties": [WHAT]}, NOW)
    found.change({"responsible_unit": None}, NOW)
    told = [data["responsible_unit"] for _, _, data in found.new_events]
    assert told == [None, "区民政局", None]
    assert last_event(found)[1]["duties"] == [WHAT]


def test_what_was_published_does_not_change_with_the_aggregate():
    found = group()
    found.change({"member_units": ["区民政局"], "duties": [dict(WHAT)]}, NOW)
    found.member_units.append("区残联")
    found.duties[0]["zh"] = "验收"
    told = last_event(found)[1]
    assert (told["member_units"], told["duties"]) == (["区民政局"], [WHAT])


def test_a_new_version_of_the_plan_is_all_of_it():
    def first(plan):
        plan.renew({"name": WHAT, "status": "draft", "special_groups": 13, "rhythm": []}, NOW)

    plan = opened(Plan, first)
    plan.renew({"status": "adopted", "rhythm": [{"every": "week", "what": WHAT}]}, NOW)
    name, told = last_event(plan)
    assert name == "supervision.plan.versioned"
    assert (told["status"], told["special_groups"]) == ("adopted", 13)
    assert [data["status"] for _, _, data in plan.new_events] == ["draft", "adopted"]


@pytest.mark.parametrize("moment, day", [(NOW, "2017-02-08"), (WEEK, None)])
def test_a_meeting_has_the_day_that_is_known(moment, day):
    meeting = opened(Meeting, lambda new: new.hold(moment), kind="office", heard=["group:s1"])
    assert last_event(meeting)[1]["held_on"] == day


def test_a_platform_tells_its_name():
    platform = opened(Platform, lambda new: new.register(NOW), name=WHAT)
    state = {"name": WHAT, "withdrawn": False, "reason": None}
    assert last_event(platform) == ("supervision.platform.registered", state)


def test_a_carried_action_keeps_the_day_that_it_was_due_at_first():
    found = action()
    found.carry(LATER, NEXT_DAY)
    told = last_event(found)[1]
    assert (told["first_due"], told["due"]) == ("2017-02-15", "2017-02-22")


@pytest.mark.parametrize("due", [DUE, DUE - timedelta(days=1)])
def test_an_action_is_carried_to_a_later_day_only(due):
    found = action()
    with pytest.raises(ValidationFailed) as caught:
        found.carry(due, NOW)
    assert set(caught.value.data) == {"due"}
    assert len(found.new_events) == 1


def test_an_overdue_action_is_not_carried_to_a_day_that_has_passed():
    with pytest.raises(ValidationFailed):
        action().carry(LATER, Moment(parse_instant("2017-02-23T00:00:00+08:00"), "day"))


@pytest.mark.parametrize(
    "begin",
    [
        lambda: action(Moment(parse_instant("2017-02-16T00:00:00+08:00"), "day")),
        lambda: commitment(date(2017, 2, 7)),
    ],
)
def test_nothing_is_due_before_it_begins(begin):
    with pytest.raises(ValidationFailed) as caught:
        begin()
    assert set(caught.value.data) == {"due"}


@pytest.mark.parametrize(
    "begin, end",
    [
        (action, lambda found: found.close(None, False, LAST_WEEK)),
        (action, lambda found: found.carry(LATER, LAST_WEEK)),
        (commitment, lambda found: found.keep(LAST_WEEK)),
        (commitment, lambda found: found.drop("经费未落实", LAST_WEEK)),
    ],
)
def test_nothing_ends_before_it_begins(begin, end):
    found = begin()
    recorded = list(found.new_events)
    with pytest.raises(ValidationFailed) as caught:
        end(found)
    assert set(caught.value.data) == {"time"}
    assert found.new_events == recorded


def test_a_correction_decides_when_a_milestone_was_reached_if_it_was():
    found = milestone()
    found.reach(NOW)
    assert last_event(found)[1]["reached_on"] == "2017-02-08"
    found.correct({"count": None}, False, "日期有误", NEXT_DAY)
    told = last_event(found)[1]
    assert (told["status"], told["reached_on"], told["count"]) == ("done", "2017-02-09", None)
    found.correct({"status": "in_progress"}, False, "尚未完成", NEXT_DAY)
    told = last_event(found)[1]
    assert (told["status"], told["reached_on"], told["what"]) == ("in_progress", None, WHAT)


def test_a_nil_report_is_not_one_that_says_nothing():
    nil, silent = patrol(exact(0, "finding")), patrol()
    assert last_event(nil)[1]["findings"]["value"] == "0"
    assert last_event(silent)[1]["findings"]["qualifier"] == "not_stated"


def test_a_corrected_patrol_keeps_the_findings_that_are_not_given():
    found = patrol(exact(3, "finding"))
    found.correct(None, False, "日期有误", NEXT_DAY)
    told = last_event(found)[1]
    assert (told["findings"]["value"], told["held_on"]) == ("3", "2017-02-09")
    found.correct(exact(0, "finding").to_json(), False, "数字有误", NEXT_DAY)
    assert last_event(found)[1]["findings"]["value"] == "0"


def test_a_further_repeat_grows_a_team_and_leaves_it_at_work():
    found = team()
    found.form(NOW)
    found.propose("f3", NEXT_DAY)
    told = last_event(found)[1]
    assert (told["status"], told["repeats"], told["finding"]) == ("formed", 2, "f3")


def test_a_finding_counts_once_however_often_it_is_proposed():
    found = team()
    found.propose("f2", NOW)
    assert last_event(found)[1]["repeats"] == 1


def test_a_team_that_stood_down_is_proposed_again():
    found = that_is("patrol_team", "stood_down")
    found.propose("f3", NEXT_DAY)
    assert last_event(found)[1]["status"] == "proposed"


def test_a_team_is_known_by_unit_and_asset():
    assert team_id("410103", "银基大厦 ") == team_id("410103", "银基大厦")
    assert team_id("410103", "银基大厦") != team_id("410103", "华润大厦")
    assert team_id("410103", "银基大厦") != team_id("410103001", "银基大厦")


def exemption(last=None):
    return opened(
        Exemption,
        lambda new: new.exempt(Moment(Week(2017, 6).start, "week")),
        services=["clinics"],
        first="2017-W06",
        last=last,
        reason="筹备组",
    )


@pytest.mark.parametrize(
    "last, again, until",
    [
        (None, Week(2017, 9), "2017-W08"),
        ("2017-W10", Week(2017, 9), "2017-W08"),
        ("2017-W07", Week(2017, 9), "2017-W07"),
        # Never exempt at all: the exemption was a mistake.
        (None, Week(2017, 6), "2017-W05"),
        (None, Week(2016, 40), "2017-W05"),
    ],
)
def test_readmitted_a_unit_is_exempt_up_to_the_week_before(last, again, until):
    found = exemption(last)
    found.readmit(again)
    name, told = last_event(found)
    assert (name, told["last"]) == ("supervision.reporter.readmitted", until)
    assert found.new_events[-1][1] == Moment(again.start, "week")


def test_a_unit_is_readmitted_once():
    found = exemption()
    found.readmit(Week(2017, 9))
    with pytest.raises(Conflict):
        found.readmit(Week(2017, 10))
    assert "status" not in found.state()
