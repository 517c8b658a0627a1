"""The RPC methods of jobfairs."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, validates

from shared.contracts.events.jobfairs import (
    FAIR_SERVICES,
    FAIR_STATUSES,
    HIRE_STATUSES,
    FairState,
    Posting,
)
from shared.contracts.fields import (
    EXACTLY,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    OrgUnit,
    Part,
    Text,
    Whole,
    Words,
)
from shared.contracts.rpc.declare import (
    ById,
    Happened,
    OnAggregate,
    WithReason,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.domain.errors import NotFound
from shared.domain.quantities import Quantity


class OfferedPosting(Schema):
    """A posting of the employer that signs up."""

    class Meta:
        unknown = RAISE

    job = Text(required=True)
    openings = Amount("vacancy", required=True)


class FairDetails(OnAggregate):
    """Figures and lists of a fair; one that is left out stays as it was."""

    employers = Amount("employer")
    vacancies = Amount("vacancy")
    seekers = Amount("person")
    consultations = Amount("person_time")
    intents = Amount("person")
    named_employers = Many(Text())
    postings = Many(Part(Posting))
    services = Many(Choice(FAIR_SERVICES), most=len(FAIR_SERVICES))


class PlanFair(Happened):
    venue = Text(required=True)
    planned_for = Day(required=True)
    theme = Words(load_default=dict)
    audience = Words(load_default=dict)
    capacity = Whole(least=1, load_default=None, allow_none=True)
    activity_key = Id(load_default=None, allow_none=True)


class AddEmployer(OnAggregate):
    name = Text(required=True)
    registration_number = Id(required=True)
    postings = Many(Part(OfferedPosting), load_default=list, most=50)


class CorrectFair(FairDetails):
    """`withdrawn`: it was not held after all, and is planned again, without figures."""

    reason = Text(required=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class PostponeFair(WithReason):
    planned_for = Day(required=True)


def _require_exact(hires: Quantity | None) -> None:
    if hires is not None and hires.qualifier != "exact":
        raise ValidationError({"qualifier": [EXACTLY]})


class RecordHires(Happened):
    hires = Amount("person", required=True)
    fair = Id(load_default=None, allow_none=True)
    employer = Text(load_default=None, allow_none=True)

    @validates("hires")
    def _counted(self, hires: Quantity | None, **_: Any) -> None:
        _require_exact(hires)


class CorrectHires(WithReason):
    hires = Amount("person", load_default=None)
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)

    @validates("hires")
    def _counted(self, hires: Quantity | None, **_: Any) -> None:
        _require_exact(hires)


FAIR = changed(FAIR_STATUSES)
HIRES = changed(HIRE_STATUSES)

METHODS = {
    "plan_fair": create(PlanFair, FAIR),
    "open_registration": change(OnAggregate, FAIR),
    "add_employer": change(AddEmployer, FAIR),
    "ready_fair": change(OnAggregate, FAIR),
    "hold_fair": change(FairDetails, FAIR),
    "reconcile_fair": change(FairDetails, FAIR),
    "correct_fair": change(CorrectFair, FAIR),
    "close_fair": change(OnAggregate, FAIR),
    "postpone_fair": change(PostponeFair, FAIR),
    "cancel_fair": change(WithReason, FAIR),
    "fair": query(ById, stored(FairState), NotFound),
    "record_hires": create(RecordHires, HIRES, NotFound),
    "correct_hires": change(CorrectHires, HIRES),
}
