"""The RPC methods of volunteering."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validates, validates_schema

from shared.contracts.events.supervision import LEVELS
from shared.contracts.events.volunteering import ACTIVITY_CATEGORIES, STOCKS, TAKING_PART
from shared.contracts.fields import (
    TEXT,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    OrgUnit,
    Text,
    Whole,
    Words,
)
from shared.contracts.rpc.common import declare_stock_schema
from shared.contracts.rpc.declare import (
    ById,
    Happened,
    Method,
    OnAggregate,
    Query,
    WithReason,
)
from shared.domain.id_numbers import normal_id_number
from shared.domain.quantities import Quantity
from shared.domain.recurrence import check_recurrence
from shared.domain.service_hours import HOUR_STEP, LONGEST_ROW, rounded_hours
from shared.domain.types import Json

DeclareStock = declare_stock_schema(STOCKS)

# The longest span, in days, for which `service_days` lists occurrences.
LONGEST_SPAN = 400


def _taking_part(**kwargs: Any) -> Many:
    return Many(Choice(TAKING_PART), most=len(TAKING_PART), **kwargs)


class OpenStation(Happened):
    name = Text(required=True)
    kind = Words(load_default=dict)


class DefineCategory(Happened):
    name = Words(required=True)


class FormTeam(Happened):
    name = Text(required=True)
    level = Choice(LEVELS, required=True)
    category = Id(load_default=None, allow_none=True)
    professional = Flag(load_default=False)


class Identity(Schema):
    """Personal data: volunteering stores it encrypted and publishes nothing of it."""

    class Meta:
        unknown = RAISE

    id_number = Text(longest=30, required=True)
    name = Text()
    phone = Text(longest=30)

    @validates("id_number")
    def _checked(self, value: str, **_: Any) -> None:
        try:
            normal_id_number(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class RegisterVolunteer(Happened):
    identity = fields.Nested(Identity, required=True)
    team = Id(load_default=None, allow_none=True)


class PublishActivity(Happened):
    name = Words(required=True)
    category = Choice(ACTIVITY_CATEGORIES, required=True)
    planned_for = Day(required=True)
    wanted = Whole(least=1, most=100_000, load_default=None, allow_none=True)
    activity_key = Id(load_default=None, allow_none=True)
    team = Id(load_default=None, allow_none=True)
    station = Id(load_default=None, allow_none=True)


class ReportActivity(Happened):
    name = Words(required=True)
    category = Choice(ACTIVITY_CATEGORIES, required=True)
    participants = Amount("person", required=True)
    taking_part = _taking_part(load_default=list)
    communities = Whole(load_default=None, allow_none=True)
    activity_key = Id(load_default=None, allow_none=True)
    team = Id(load_default=None, allow_none=True)
    station = Id(load_default=None, allow_none=True)


class CompleteActivity(OnAggregate):
    """Details of an activity; one that is left out stays as it was."""

    participants = Amount("person")
    taking_part = _taking_part()
    communities = Whole()


class CorrectActivity(CompleteActivity):
    name = Words()
    category = Choice(ACTIVITY_CATEGORIES)
    withdrawn = Flag(load_default=False)
    reason = Text(longest=TEXT, required=True)


class HoldGathering(Happened):
    name = Words(required=True)
    gatherings = Amount("gathering", required=True)
    participants = Amount("person")
    invited = _taking_part(load_default=list)


class CorrectGathering(WithReason):
    gatherings = Amount("gathering")
    participants = Amount("person")
    invited = _taking_part()
    withdrawn = Flag(load_default=False)


class RecordHours(Happened):
    volunteer = Id(required=True)
    activity = Id(required=True)
    hours = Amount("hour", required=True)

    @validates("hours")
    def _counted(self, hours: Quantity, **_: Any) -> None:
        if hours.value is None or hours.qualifier != "exact":
            raise ValidationError({"qualifier": ["Hours are counted: must be exact."]})
        if not 0 < rounded_hours(hours.value) <= LONGEST_ROW:
            raise ValidationError({"value": [f"Must be {HOUR_STEP} to {LONGEST_ROW}, rounded."]})


class DeclareServiceDay(Happened):
    name = Words(required=True)
    rule = Text(required=True)
    first = Day(required=True)

    @validates_schema
    def _recurs(self, data: Json, **_: Any) -> None:
        try:
            check_recurrence(data["rule"], data["first"])
        except ValueError as error:
            raise ValidationError({"rule": [str(error)]}) from None


class StocksQuery(Query):
    orgunit = OrgUnit(load_default=None, allow_none=True)


class ServiceDaysQuery(Query):
    first = Day(required=True)
    last = Day(required=True)

    @validates_schema
    def _bounded(self, data: Json, **_: Any) -> None:
        if not 0 <= (data["last"] - data["first"]).days <= LONGEST_SPAN:
            raise ValidationError({"last": [f"Must be at most {LONGEST_SPAN} days after first."]})


class LedgerQuery(Query):
    volunteer = Id(required=True)


METHODS = {
    "open_station": Method(OpenStation),
    "close_station": Method(OnAggregate),
    "define_category": Method(DefineCategory),
    "form_team": Method(FormTeam),
    "disband_team": Method(OnAggregate),
    "register_volunteer": Method(RegisterVolunteer),
    "deregister_volunteer": Method(OnAggregate),
    "publish_activity": Method(PublishActivity),
    "report_activity": Method(ReportActivity),
    "complete_activity": Method(CompleteActivity),
    "correct_activity": Method(CorrectActivity),
    "cancel_activity": Method(WithReason),
    "activity": Method(ById),
    "hold_gathering": Method(HoldGathering),
    "correct_gathering": Method(CorrectGathering),
    "record_hours": Method(RecordHours),
    "verify_hours": Method(OnAggregate),
    "void_hours": Method(WithReason),
    "ledger": Method(LedgerQuery),
    "declare_service_day": Method(DeclareServiceDay),
    "service_days": Method(ServiceDaysQuery),
    "declare_stock": Method(DeclareStock),
    "stocks": Method(StocksQuery),
}
