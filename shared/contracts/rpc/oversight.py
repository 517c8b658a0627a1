"""The RPC methods of oversight (督导), which supervision answers.

A responsible person is given as a post (职务), never as a name.
"""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from shared.contracts.events.oversight import (
    ACTION_STATUSES,
    COMMITMENT_STATUSES,
    FINDING_KINDS,
    FINDING_STATUSES,
    GROUP_KINDS,
    GROUP_STATUSES,
    MEETING_KINDS,
    MILESTONE_STATUSES,
    PATROL_KINDS,
    PATROL_TEAM_STATUSES,
    PLAN_STATUSES,
    REPORT_STATUSES,
    REPORTED_SERVICES,
    RHYTHMS,
    ActionState,
    CommitmentState,
    ExemptionState,
    FindingState,
    GroupReportState,
    GroupState,
    MeetingState,
    MilestoneState,
    PatrolState,
    PatrolTeamState,
    PlanState,
    PlatformState,
    PracticeState,
    Rhythm,
)
from shared.contracts.fields import (
    ID,
    NO_STATUS,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    OneOf,
    OrgUnit,
    Part,
    Text,
    Week,
    Whole,
    Words,
    one_of,
)
from shared.contracts.rpc.declare import (
    Changed,
    CommandSchema,
    Correction,
    CorrectionOfStanding,
    Happened,
    OnAggregate,
    Paged,
    WithReason,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.domain.errors import NotFound
from shared.domain.quantities import not_stated
from shared.domain.types import Json

# A group's id is its code with a prefix, and an id has at most 64 characters.
LONGEST_CODE = 58


class FormGroup(Happened):
    kind = Choice(GROUP_KINDS, required=True)
    code = Text(longest=LONGEST_CODE, pattern=ID, required=True)
    name = Words(required=True)
    responsible_unit = Text(load_default=None)
    responsible_person = Text(load_default=None)
    member_units = Many(Text(), load_default=list)
    duties = Many(Words(), load_default=list, most=50)
    staff = Words(load_default=None)


class ChangeGroup(OnAggregate):
    """A part that is null becomes a vacancy; a part that is left out stays as it was."""

    name = Words()
    responsible_unit = Text(allow_none=True)
    responsible_person = Text(allow_none=True)
    member_units = Many(Text())
    duties = Many(Words(), most=50)
    staff = Words(allow_none=True)


class ReportProgress(CommandSchema):
    """What a group did in the week, what it plans, which problems it has: at least one of these; or
    `nil`, if it has nothing to report."""

    group = Id(required=True)
    period = Week(required=True)
    done = Words(chinese=True, load_default=None)
    planned = Words(chinese=True, load_default=None)
    problems = Words(chinese=True, load_default=None)
    nil = Flag(load_default=False)


class CorrectProgress(CommandSchema):
    """Group and week stay. A part that is left out stays as it was; null takes it back."""

    id = Id(required=True)
    reason = Text(required=True)
    done = Words(chinese=True, allow_none=True)
    planned = Words(chinese=True, allow_none=True)
    problems = Words(chinese=True, allow_none=True)
    nil = Flag()
    withdrawn = Flag(load_default=False)


class GroupReports(Paged):
    """Of one week, those that were withdrawn included."""

    period = Week(required=True)


class VersionPlan(Happened):
    name = Words(required=True)
    status = Choice(PLAN_STATUSES, required=True)
    special_groups = Whole(load_default=None)
    functional_groups = Whole(load_default=None)
    rhythm = Many(Part(Rhythm), load_default=list, most=50)


class HoldMeeting(Happened):
    """`heard` are the ids of the groups that reported."""

    kind = Choice(MEETING_KINDS, required=True)
    heard = Many(Id(), load_default=list)
    summary = Words(load_default=None)


class AssignAction(Happened):
    what = Words(required=True)
    responsible = Text(required=True)
    due = Day(required=True)
    group = Id(load_default=None)
    meeting = Id(load_default=None)


class CarryAction(OnAggregate):
    due = Day(required=True)


class CloseAction(OnAggregate):
    outcome = Words(load_default=None)
    dropped = Flag(load_default=False)


class RegisterPlatform(Happened):
    name = Words(required=True)


class SetMilestone(Happened):
    platform = Id(required=True)
    what = Words(required=True)
    status = Choice(["planned", "in_progress"], load_default="planned")
    count = Whole(load_default=None)
    target = Day(load_default=None)


class CorrectMilestone(WithReason):
    """A part that is left out stays as it was."""

    status = Choice(MILESTONE_STATUSES)
    what = Words()
    count = Whole(allow_none=True)
    target = Day(allow_none=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class CorrectPlatform(Correction):
    name = Words()


class CorrectMeeting(Correction):
    kind = Choice(MEETING_KINDS)
    heard = Many(Id())
    summary = Words(allow_none=True)


class CorrectAction(CorrectionOfStanding):
    """`due` is the first due day; a later one to which the action was carried stays."""

    what = Words()
    responsible = Text()
    due = Day()
    group = Id(allow_none=True)
    meeting = Id(allow_none=True)


class RecordPatrol(Happened):
    """`findings` of exactly 0 is a nil report."""

    kind = Choice(PATROL_KINDS, required=True)
    every = Choice(RHYTHMS, load_default=None)
    what = Words(load_default=None)
    unannounced = Flag(load_default=False)
    findings = Amount("finding", load_default=lambda: not_stated("finding"))


class CorrectPatrol(WithReason):
    findings = Amount("finding", load_default=None)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class ReportFinding(Happened):
    """`asset` is the place: a building, a street, a device; never a resident's home."""

    kind = Choice(FINDING_KINDS, required=True)
    what = Words(required=True)
    asset = Text(load_default=None)
    patrol = Id(load_default=None)
    due = Day(load_default=None)
    responsible = Text(load_default=None)
    fixed_on_spot = Flag(load_default=False)


class DispatchFinding(OnAggregate):
    responsible = Text(required=True)
    due = Day(required=True)


class CorrectFinding(WithReason):
    """A part that is left out stays as it was."""

    kind = Choice(FINDING_KINDS)
    what = Words()
    asset = Text(allow_none=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    duplicate = Flag(load_default=False)
    withdrawn = Flag(load_default=False)

    @validates_schema
    def _one_at_most(self, data: Json, **_: Any) -> None:
        if data["duplicate"] and data["withdrawn"]:
            raise ValidationError(
                {"withdrawn": ["Must be left out where duplicate is true, such as false."]}
            )


class RecognisePractice(Happened):
    what = Words(required=True)


class MakeCommitment(Happened):
    what = Words(required=True)
    about = Id(load_default=None)
    due = Day(load_default=None)


class ExemptReporter(CommandSchema):
    """The unit is exempt from week `first` to week `last`; without end where `last` is null. Both
    may be in the future."""

    orgunit = OrgUnit(required=True)
    services = Many(Choice(REPORTED_SERVICES), required=True, least=1, most=len(REPORTED_SERVICES))
    first = Week(required=True)
    last = Week(load_default=None)
    reason = Text(required=True)

    @validates_schema
    def _in_order(self, data: Json, **_: Any) -> None:
        if data["last"] and data["last"] < data["first"]:
            raise ValidationError(
                {"last": [f"Must be the first week or a later one, such as {data['first']}."]}
            )


EXEMPTION_STATUSES = {
    "exempt": ("免报", "exempt"),
    "readmitted": ("恢复报送", "reports again"),
}

# The kinds that `oversight` lists → their statuses; None for a kind without a status.
LISTED = {
    "group": GROUP_STATUSES,
    "plan": PLAN_STATUSES,
    "meeting": None,
    "action": ACTION_STATUSES,
    "platform": None,
    "milestone": MILESTONE_STATUSES,
    "patrol": REPORT_STATUSES,
    "patrol_team": PATROL_TEAM_STATUSES,
    "finding": FINDING_STATUSES,
    "practice": REPORT_STATUSES,
    "commitment": COMMITMENT_STATUSES,
    "exemption": EXEMPTION_STATUSES,
}


class Listing(Paged):
    kind = Choice(LISTED, required=True)
    status = Text(load_default=None)

    @validates_schema
    def _status_of_its_kind(self, data: Json, **_: Any) -> None:
        statuses = LISTED[data["kind"]] or ()
        if data["status"] and data["status"] not in statuses:
            wanted = f"Must be {one_of(statuses)}." if statuses else NO_STATUS
            raise ValidationError({"status": [wanted]})


# The schema of each kind that `oversight` lists, in the order of LISTED.
LISTED_STATES = (
    GroupState,
    PlanState,
    MeetingState,
    ActionState,
    PlatformState,
    MilestoneState,
    PatrolState,
    PatrolTeamState,
    FindingState,
    PracticeState,
    CommitmentState,
    ExemptionState,
)

GROUP = changed(GROUP_STATUSES)
PLAN = changed(PLAN_STATUSES)
ACTION = changed(ACTION_STATUSES)
MILESTONE = changed(MILESTONE_STATUSES)
REPORT = changed(REPORT_STATUSES)
PATROL_TEAM = changed(PATROL_TEAM_STATUSES)
FINDING = changed(FINDING_STATUSES)
COMMITMENT = changed(COMMITMENT_STATUSES)
EXEMPTION = changed(EXEMPTION_STATUSES)

METHODS = {
    "record_patrol": create(RecordPatrol, REPORT),
    "correct_patrol": change(CorrectPatrol, REPORT),
    "report_finding": create(ReportFinding, FINDING, NotFound),
    "dispatch_finding": change(DispatchFinding, FINDING),
    "rectify_finding": change(OnAggregate, FINDING),
    "close_finding": change(OnAggregate, FINDING),
    "reopen_finding": change(WithReason, FINDING),
    "shelve_finding": change(WithReason, FINDING),
    "correct_finding": change(CorrectFinding, FINDING),
    "form_patrol_team": change(OnAggregate, PATROL_TEAM),
    "stand_down_patrol_team": change(OnAggregate, PATROL_TEAM),
    "oversight": query(Listing, Many(OneOf(*map(stored, LISTED_STATES)), most=None)),
    "recognise_practice": create(RecognisePractice, REPORT),
    "withdraw_practice": change(OnAggregate, REPORT),
    "make_commitment": create(MakeCommitment, COMMITMENT),
    "keep_commitment": change(OnAggregate, COMMITMENT),
    "drop_commitment": change(WithReason, COMMITMENT),
    "exempt_reporter": create(ExemptReporter, EXEMPTION),
    "readmit_reporter": change(OnAggregate, EXEMPTION),
    "register_platform": create(RegisterPlatform, Changed),
    "correct_platform": change(CorrectPlatform, Changed),
    "set_milestone": create(SetMilestone, MILESTONE, NotFound),
    "reach_milestone": change(OnAggregate, MILESTONE),
    "correct_milestone": change(CorrectMilestone, MILESTONE),
    "form_group": create(FormGroup, GROUP),
    "change_group": change(ChangeGroup, GROUP),
    "dissolve_group": change(OnAggregate, GROUP),
    "report_progress": create(ReportProgress, REPORT, NotFound),
    "correct_progress": change(CorrectProgress, REPORT),
    "group_reports": query(GroupReports, Many(fields.Nested(stored(GroupReportState)), most=None)),
    "version_plan": create(VersionPlan, PLAN),
    "hold_meeting": create(HoldMeeting, Changed, NotFound),
    "correct_meeting": change(CorrectMeeting, Changed),
    "assign_action": create(AssignAction, ACTION, NotFound),
    "correct_action": change(CorrectAction, ACTION),
    "carry_action": change(CarryAction, ACTION),
    "close_action": change(CloseAction, ACTION),
}
