"""What the job fairs' RPC takes."""

from marshmallow import RAISE, Schema, ValidationError, fields, validates

from shared.contracts.events.jobfairs import FAIR_FIGURES, FAIR_SERVICES, Posting
from shared.contracts.fields import Amount, Choice, Day, Flag, Id, Many, Text, Whole, Words
from shared.contracts.rpc.declare import Happened, Method, OnAggregate, Query


class OfferedPosting(Schema):
    class Meta:
        unknown = RAISE

    job = Text(required=True)
    openings = Amount("vacancy", required=True)


Details = type(
    "Details",
    (OnAggregate,),
    {name: Amount(unit) for name, unit in FAIR_FIGURES.items()}
    | {
        "named_employers": Many(Text()),
        "postings": Many(fields.Nested(Posting)),
        "services": Many(Choice(FAIR_SERVICES), most=len(FAIR_SERVICES)),
        "__doc__": "Whatever is known of a fair: a figure left out stays as it was.",
    },
)


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
    postings = Many(fields.Nested(OfferedPosting), load_default=list, most=50)


class CorrectFair(Details):
    reason = Text(required=True)


class PostponeFair(OnAggregate):
    planned_for = Day(required=True)
    reason = Text(required=True)


class CancelFair(OnAggregate):
    reason = Text(required=True)


def _exactly(hires):
    if hires is not None and hires.qualifier != "exact":
        raise ValidationError({"qualifier": ["Hires are counted: must be exact."]})


class RecordHires(Happened):
    hires = Amount("person", required=True)
    fair = Id(load_default=None, allow_none=True)
    employer = Text(load_default=None, allow_none=True)

    @validates("hires")
    def _counted(self, hires, **_):
        _exactly(hires)


class CorrectHires(OnAggregate):
    hires = Amount("person", load_default=None)
    withdrawn = Flag(load_default=False)
    reason = Text(required=True)

    @validates("hires")
    def _counted(self, hires, **_):
        _exactly(hires)


class ById(Query):
    id = Id(required=True)


METHODS = {
    "plan_fair": Method(PlanFair),
    "open_registration": Method(OnAggregate),
    "add_employer": Method(AddEmployer),
    "ready_fair": Method(OnAggregate),
    "hold_fair": Method(Details),
    "reconcile_fair": Method(Details),
    "correct_fair": Method(CorrectFair),
    "close_fair": Method(OnAggregate),
    "postpone_fair": Method(PostponeFair),
    "cancel_fair": Method(CancelFair),
    "fair": Method(ById),
    "record_hires": Method(RecordHires),
    "correct_hires": Method(CorrectHires),
}
