"""Events of supervision's own work: groups, plan, meetings, platforms, patrols, findings.

Responsible people are named by their post, as in official documents.
"""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import (
    TEXT,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    Text,
    Week,
    Whole,
    Words,
)

GROUP_KINDS = {
    "leading": ("领导小组", "leading group"),
    "office": ("办公室", "office"),
    "functional": ("职能组", "functional group"),
    "special": ("专项工作组", "special group"),
}
GROUP_STATUSES = {"formed": ("已成立", "formed"), "dissolved": ("已撤销", "dissolved")}

# The parts that every special group must have. A missing part is printed as a vacancy.
GROUP_PARTS = {
    "responsible_unit": ("责任单位", "responsible unit"),
    "responsible_person": ("责任人", "responsible person"),
    "member_units": ("成员单位", "member units"),
    "duties": ("职责", "duties"),
}

PLAN_STATUSES = {
    "draft": ("草案", "draft"),
    "draft_improved": ("草案（已修改完善）", "draft, revised"),
    "adopted": ("已通过", "adopted"),
}

RHYTHMS = {
    "irregular": ("不定期", "as needed"),
    "day": ("每日", "every day"),
    "week": ("每周", "every week"),
    "month": ("每月", "every month"),
    "half_year": ("每半年", "every half-year"),
    "year": ("每年", "every year"),
}

MEETING_KINDS = {
    "office": ("办公室周例会", "weekly office meeting"),
    "leading_group": ("领导小组会议", "meeting of the leading group"),
    "observation": ("现场观摩", "on-site observation"),
}

ACTION_STATUSES = {
    "assigned": ("办理中", "assigned"),
    "done": ("已完成", "done"),
    "dropped": ("已取消", "dropped"),
}

MILESTONE_STATUSES = {
    "planned": ("未开始", "planned"),
    "in_progress": ("进行中", "in progress"),
    "done": ("已完成", "done"),
    "dropped": ("已取消", "dropped"),
}

PATROL_KINDS = {
    "safety_patrol": (
        "日常安全巡查",
        "daily safety patrol",
    ),
    "building_check": (
        "楼宇安全检查",
        "building safety check",
    ),
    "food_check": ("食品安全联合检查", "joint food-safety check with the food and drug office"),
    "other": ("其他巡查", "other patrol"),
}
REPORT_STATUSES = {
    "recorded": ("已登记", "recorded"),
    "withdrawn": ("已撤回", "withdrawn"),
}

PATROL_TEAM_STATUSES = {
    "proposed": ("建议组建", "proposed"),
    "formed": ("已组建", "formed"),
    "stood_down": ("已撤销", "stood down"),
}

FINDING_KINDS = {
    "safety": ("安全隐患", "safety"),
    "facility": ("公共设施", "public facility"),
    "sanitation": ("环境卫生", "sanitation"),
    "food": ("食品安全", "food safety"),
    "other": ("其他", "other"),
}
FINDING_STATUSES = {
    "reported": ("已上报", "reported"),
    "dispatched": ("已交办", "dispatched"),
    "rectified": ("已整改", "rectified"),
    "closed": ("已销号", "closed"),
    "on_account": ("挂账", "on account"),
    "duplicate": ("重复", "duplicate"),
    "withdrawn": ("已撤回", "withdrawn"),
}

COMMITMENT_STATUSES = {
    "open": ("推进中", "open"),
    "kept": ("已兑现", "kept"),
    "dropped": ("已取消", "dropped"),
}

# The services that sub-districts report to.
REPORTED_SERVICES = ("volunteering", "relief", "clinics", "jobfairs", "supervision")


class GroupState(Schema):
    """A group of the programme. Empty `member_units` or `duties` are vacancies."""

    kind = Choice(GROUP_KINDS, required=True)
    status = Choice(GROUP_STATUSES, required=True)
    code = Id(required=True)
    name = Words(required=True)
    responsible_unit = Text(required=True, allow_none=True)
    responsible_person = Text(required=True, allow_none=True)
    member_units = Many(Text(), required=True)
    duties = Many(Words(), required=True, most=50)
    staff = Words(required=True, allow_none=True)


class Rhythm(Schema):
    every = Choice(RHYTHMS, required=True)
    what = Words(required=True)


class GroupReportState(Schema):
    """A group's report of one week's work. `nil` is its word that there is nothing to report, which
    is not silence: then it has no texts."""

    status = Choice(REPORT_STATUSES, required=True)
    group = Id(required=True)
    period = Week(required=True)
    nil = Flag(required=True)
    done = Words(required=True, allow_none=True)
    planned = Words(required=True, allow_none=True)
    problems = Words(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class PlanState(Schema):
    """A version of the implementation plan. It may have more groups than are known by name."""

    name = Words(required=True)
    status = Choice(PLAN_STATUSES, required=True)
    special_groups = Whole(required=True, allow_none=True)
    functional_groups = Whole(required=True, allow_none=True)
    rhythm = Many(fields.Nested(Rhythm), required=True, most=50)


class MeetingState(Schema):
    """A meeting that took place. `withdrawn` says that it was entered by mistake."""

    kind = Choice(MEETING_KINDS, required=True)
    held_on = Day(required=True, allow_none=True)
    heard = Many(Id(), required=True)
    summary = Words(required=True, allow_none=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class ActionState(Schema):
    """An action that a meeting assigned; printed every week until it is closed. `withdrawn` says
    that it was entered by mistake."""

    status = Choice(ACTION_STATUSES, required=True)
    what = Words(required=True)
    responsible = Text(required=True)
    group = Id(required=True, allow_none=True)
    meeting = Id(required=True, allow_none=True)
    assigned_on = Day(required=True, allow_none=True)
    first_due = Day(required=True)
    due = Day(required=True)
    closed_on = Day(required=True, allow_none=True)
    outcome = Words(required=True, allow_none=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class PlatformState(Schema):
    """A platform. `withdrawn` says that it was entered by mistake."""

    name = Words(required=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class MilestoneState(Schema):
    """A milestone of a platform. `count` is given if it stands for several things, such as two
    sites. `withdrawn` says that it was entered by mistake."""

    platform = Id(required=True)
    status = Choice(MILESTONE_STATUSES, required=True)
    what = Words(required=True)
    count = Whole(required=True, allow_none=True)
    target = Day(required=True, allow_none=True)
    reached_on = Day(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)
    withdrawn = Flag()


class PatrolState(Schema):
    """A round of checks. `findings` of exactly 0 is a nil report; `findings` not stated means that
    nothing was reported about them."""

    kind = Choice(PATROL_KINDS, required=True)
    status = Choice(REPORT_STATUSES, required=True)
    every = Choice(RHYTHMS, required=True, allow_none=True)
    what = Words(required=True, allow_none=True)
    unannounced = Flag(required=True)
    findings = Amount("finding", required=True)
    held_on = Day(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class PatrolTeamState(Schema):
    """A patrol team for one asset with repeated findings; proposed by a rule, formed by people."""

    status = Choice(PATROL_TEAM_STATUSES, required=True)
    asset = Text(required=True)
    finding = Id(required=True, allow_none=True)
    repeats = Whole(required=True)


class FindingState(Schema):
    """A finding and its rectification. `asset` is the place, so that repeats are noticed.

    `due` is provisional where `due_awaits_notice` gives a year: it was counted across days on which
    the calendar notice of that year, which is not known yet, has to decide.
    """

    kind = Choice(FINDING_KINDS, required=True)
    status = Choice(FINDING_STATUSES, required=True)
    what = Words(required=True)
    asset = Text(required=True, allow_none=True)
    patrol = Id(required=True, allow_none=True)
    reported_on = Day(required=True, allow_none=True)
    due = Day(required=True)
    responsible = Text(required=True, allow_none=True)
    rectified_on = Day(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)
    repeat_of = Id(required=True, allow_none=True)
    reopened = Whole(required=True)
    reason = Text(required=True, allow_none=True)
    due_awaits_notice = Whole(allow_none=True)


class PracticeState(Schema):
    """A good practice, recognised as an example for others."""

    status = Choice(REPORT_STATUSES, required=True)
    what = Words(longest=TEXT, required=True)


class CommitmentState(Schema):
    """A commitment that a unit announced; followed up until it is kept or dropped."""

    status = Choice(COMMITMENT_STATUSES, required=True)
    what = Words(required=True)
    about = Id(required=True, allow_none=True)
    announced_on = Day(required=True, allow_none=True)
    due = Day(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class ExemptionState(Schema):
    """The unit is exempt from reporting to `services` in the weeks from `first` to `last`."""

    services = Many(Choice(REPORTED_SERVICES), required=True, least=1, most=len(REPORTED_SERVICES))
    first = Week(required=True)
    last = Week(required=True, allow_none=True)
    reason = Text(required=True)


def _types(entity: str, state: type[Schema], verbs: dict[str, tuple[str, str]]) -> list[EventType]:
    return [
        EventType(f"supervision.{entity}.{verb}", 1, state, zh, en)
        for verb, (zh, en) in verbs.items()
    ]


EVENTS = [
    *_types(
        "group",
        GroupState,
        {
            "formed": ("工作组成立", "group formed"),
            "changed": ("工作组变更", "group changed"),
            "dissolved": ("工作组撤销", "group dissolved"),
        },
    ),
    *_types(
        "group_report",
        GroupReportState,
        {
            "recorded": ("工作组周报告登记", "group's weekly report recorded"),
            "corrected": ("工作组周报告更正", "group's weekly report corrected"),
        },
    ),
    *_types("plan", PlanState, {"versioned": ("实施方案更新", "plan versioned")}),
    *_types(
        "meeting",
        MeetingState,
        {
            "held": ("会议召开", "meeting held"),
            "corrected": ("会议更正", "meeting corrected"),
        },
    ),
    *_types(
        "action",
        ActionState,
        {
            "assigned": ("事项交办", "action assigned"),
            "carried": ("事项延续", "action carried over"),
            "closed": ("事项办结", "action closed"),
            "corrected": ("事项更正", "action corrected"),
        },
    ),
    *_types(
        "platform",
        PlatformState,
        {
            "registered": ("平台登记", "platform registered"),
            "corrected": ("平台更正", "platform corrected"),
        },
    ),
    *_types(
        "milestone",
        MilestoneState,
        {
            "set": ("节点设定", "milestone set"),
            "reached": ("节点完成", "milestone reached"),
            "corrected": ("节点更正", "milestone corrected"),
        },
    ),
    *_types(
        "patrol",
        PatrolState,
        {
            "recorded": ("巡查登记", "patrol recorded"),
            "corrected": ("巡查更正", "patrol corrected"),
        },
    ),
    *_types(
        "patrol_team",
        PatrolTeamState,
        {
            "proposed": ("建议组建巡查队", "patrol team proposed"),
            "formed": ("巡查队组建", "patrol team formed"),
            "stood_down": ("巡查队撤销", "patrol team stood down"),
        },
    ),
    *_types(
        "finding",
        FindingState,
        {
            "reported": ("问题上报", "finding reported"),
            "corrected": ("问题更正", "finding corrected"),
            "dispatched": ("问题交办", "finding dispatched"),
            "rectified": ("问题整改", "finding rectified"),
            "closed": ("问题销号", "finding closed"),
            "reopened": ("问题重启", "finding reopened"),
            "shelved": ("问题挂账", "finding put on account"),
            "due_settled": ("整改期限确定", "finding's due day settled"),
        },
    ),
    *_types(
        "practice",
        PracticeState,
        {
            "recognised": ("经验推广", "good practice recognised"),
            "withdrawn": ("经验撤回", "good practice withdrawn"),
        },
    ),
    *_types(
        "commitment",
        CommitmentState,
        {
            "made": ("承诺作出", "commitment made"),
            "kept": ("承诺兑现", "commitment kept"),
            "dropped": ("承诺取消", "commitment dropped"),
        },
    ),
    *_types(
        "reporter",
        ExemptionState,
        {
            "exempted": ("免报", "unit exempted from reporting"),
            "readmitted": ("恢复报送", "unit reports again"),
        },
    ),
]
