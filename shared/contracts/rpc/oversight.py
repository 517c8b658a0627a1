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
    Rhythm,
)
from shared.contracts.fields import (
    ID,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    OrgUnit,
    Text,
    Week,
    Whole,
    Words,
)
from shared.contracts.rpc.declare import (
    CommandSchema,
    Happened,
    Method,
    OnAggregate,
    Query,
    WithReason,
)
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


class VersionPlan(Happened):
    name = Words(required=True)
    status = Choice(PLAN_STATUSES, required=True)
    special_groups = Whole(load_default=None)
    functional_groups = Whole(load_default=None)
    rhythm = Many(fields.Nested(Rhythm), load_default=list, most=50)


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


class RecordPatrol(Happened):
    """`findings` of exactly 0 is a nil report."""

    kind = Choice(PATROL_KINDS, required=True)
    every = Choice(RHYTHMS, load_default=None)
    what = Words(load_default=None)
    unannounced = Flag(load_default=False)
    findings = Amount("finding", load_default=lambda: not_stated("finding"))


class CorrectPatrol(WithReason):
    findings = Amount("finding", load_default=None)
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
    duplicate = Flag(load_default=False)
    withdrawn = Flag(load_default=False)

    @validates_schema
    def _one_at_most(self, data: Json, **_: Any) -> None:
        if data["duplicate"] and data["withdrawn"]:
            raise ValidationError({"withdrawn": ["Give either duplicate or withdrawn, not both."]})


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
            raise ValidationError({"last": ["Before the first week."]})


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
    "exemption": ("exempt", "readmitted"),
}


class Listing(Query):
    kind = Choice(LISTED, required=True)
    status = Text(load_default=None)

    @validates_schema
    def _status_of_its_kind(self, data: Json, **_: Any) -> None:
        statuses = LISTED[data["kind"]] or ()
        if data["status"] and data["status"] not in statuses:
            raise ValidationError({"status": [f"Must be one of: {', '.join(statuses)}."]})


METHODS = {
    "record_patrol": Method(RecordPatrol),
    "correct_patrol": Method(CorrectPatrol),
    "report_finding": Method(ReportFinding),
    "dispatch_finding": Method(DispatchFinding),
    "rectify_finding": Method(OnAggregate),
    "close_finding": Method(OnAggregate),
    "reopen_finding": Method(WithReason),
    "shelve_finding": Method(WithReason),
    "correct_finding": Method(CorrectFinding),
    "form_patrol_team": Method(OnAggregate),
    "stand_down_patrol_team": Method(OnAggregate),
    "oversight": Method(Listing),
    "recognise_practice": Method(RecognisePractice),
    "withdraw_practice": Method(OnAggregate),
    "make_commitment": Method(MakeCommitment),
    "keep_commitment": Method(OnAggregate),
    "drop_commitment": Method(WithReason),
    "exempt_reporter": Method(ExemptReporter),
    "readmit_reporter": Method(OnAggregate),
    "register_platform": Method(RegisterPlatform),
    "set_milestone": Method(SetMilestone),
    "reach_milestone": Method(OnAggregate),
    "correct_milestone": Method(CorrectMilestone),
    "form_group": Method(FormGroup),
    "change_group": Method(ChangeGroup),
    "dissolve_group": Method(OnAggregate),
    "version_plan": Method(VersionPlan),
    "hold_meeting": Method(HoldMeeting),
    "assign_action": Method(AssignAction),
    "carry_action": Method(CarryAction),
    "close_action": Method(CloseAction),
}
