"""The RPC methods of volunteering."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates, validates_schema

from shared.contracts.events.nominations import FIRST_YEAR, LAST_YEAR
from shared.contracts.events.supervision import LEVELS
from shared.contracts.events.volunteering import (
    ACTIVITY_CATEGORIES,
    ACTIVITY_STATUSES,
    GATHERING_STATUSES,
    HOURS_STATUSES,
    MOST_NAMES,
    STATION_STATUSES,
    STOCKS,
    TAKING_PART,
    TEAM_STATUSES,
    VOLUNTEER_STATUSES,
    ActivityState,
    HoursState,
)
from shared.contracts.fields import (
    DECIMAL,
    EXACTLY,
    TEXT,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    Map,
    OrgUnit,
    Part,
    Text,
    Whole,
    Words,
)
from shared.contracts.rpc.common import WithdrawStock, declare_stock_schema
from shared.contracts.rpc.declare import (
    Arguments,
    ById,
    Changed,
    CommandSchema,
    Correction,
    CorrectionOfStanding,
    Happened,
    OnAggregate,
    Paged,
    Query,
    WithReason,
    change,
    changed,
    create,
    query,
    stored,
)
from shared.contracts.rpc.erasure import ERASURES, Erase
from shared.domain.errors import NotFound
from shared.domain.id_numbers import normal_id_number
from shared.domain.quantities import QUALIFIERS, Quantity
from shared.domain.recurrence import check_recurrence
from shared.domain.service_hours import HOUR_STEP, LONGEST_ROW, rounded_hours
from shared.domain.types import Json

DeclareStock = declare_stock_schema(STOCKS)

# Why a name isn't there.
MISSING_NAMES = {
    "unknown": ("无此编号", "no volunteer has this id"),
    "withdrawn": ("系误登记，已撤回", "was registered by mistake"),
    "left": ("已退出，姓名已删除", "has left, and the name is deleted"),
    "erased": ("个人信息已删除", "all personal data is erased"),
    "not_given": ("未登记姓名", "no name was entered"),
}

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


class CorrectStation(CorrectionOfStanding):
    name = Text()
    kind = Words(allow_none=True)


class CorrectCategory(Correction):
    name = Words()


class CorrectTeam(CorrectionOfStanding):
    name = Text()
    level = Choice(LEVELS)
    category = Id(allow_none=True)
    professional = Flag()


class CorrectVolunteer(Correction):
    """`time` is when the person registered last. Who left by mistake registers again."""

    team = Id(allow_none=True)


class Identity(Arguments):
    """Personal data: volunteering stores it encrypted and publishes nothing of it."""

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
    identity = Part(Identity, required=True)
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
    team = Id(allow_none=True)
    station = Id(allow_none=True)
    orgunit = OrgUnit(load_default=None, allow_none=True)
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
    orgunit = OrgUnit(load_default=None, allow_none=True)
    withdrawn = Flag(load_default=False)


class RecordHours(Happened):
    volunteer = Id(required=True)
    activity = Id(required=True)
    hours = Amount("hour", required=True)

    @validates("hours")
    def _counted(self, hours: Quantity, **_: Any) -> None:
        if hours.value is None or hours.qualifier != "exact":
            raise ValidationError({"qualifier": [EXACTLY]})
        if not 0 < rounded_hours(hours.value) <= LONGEST_ROW:
            wanted = f"{HOUR_STEP} to {LONGEST_ROW} when it is rounded, such as 2.5"
            raise ValidationError({"value": [f"Must be {wanted}."]})


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
            wanted = f"at most {LONGEST_SPAN} days after first, such as {data['first']}"
            raise ValidationError({"last": [f"Must be {wanted}."]})


class CommendationNames(CommandSchema):
    """The names of volunteers who are commended. It changes nothing but the record of who read
    them, so it is a command: with an actor, whom the setting WARM_NAME_READERS has to list."""

    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True)
    volunteers = Many(Id(), required=True, least=1, most=MOST_NAMES)


class VolunteerName(Schema):
    """Personal data: `name`, or why there is none."""

    volunteer = Id(required=True)
    name = Text(required=True, allow_none=True)
    missing = Choice(MISSING_NAMES, required=True, allow_none=True)


class NamesRead(Changed):
    """The record of the reading, and the names in the order of the ids: in this answer alone."""

    names = Many(fields.Nested(VolunteerName), required=True, most=MOST_NAMES)


class LedgerQuery(Query):
    volunteer = Id(required=True)


class LedgerRow(HoursState):
    """A row of hours; `served_on` is null where only the week is known."""

    id = Id(required=True)
    served_on = Day(required=True, allow_none=True)


class Ledger(Schema):
    """`sums` maps each status to the hours of the rows that have it."""

    volunteer = Id(required=True)
    rows = Many(fields.Nested(LedgerRow), required=True, most=None)
    sums = Map(Amount("hour"), required=True)


class ServiceDayOccurrence(Schema):
    id = Id(required=True)
    service_day = Id(required=True)
    on = Day(required=True)
    name = Words(required=True)


class Difference(Schema):
    """A quantity that may be negative."""

    value = Text(pattern=f"-?{DECIMAL}", required=True)
    qualifier = Choice(QUALIFIERS, required=True)
    unit = Choice(dict.fromkeys(STOCKS.values()), required=True)


class ComparedStock(Schema):
    """A stock as last declared, as recorded one by one, and declared less recorded. The first and
    the last are null where nothing was declared."""

    stock = Choice(STOCKS, required=True)
    declared = Amount(*STOCKS.values(), required=True, allow_none=True)
    recorded = Amount(*STOCKS.values(), required=True)
    difference = fields.Nested(Difference, required=True, allow_none=True)


STATION = changed(STATION_STATUSES)
TEAM = changed(TEAM_STATUSES)
VOLUNTEER = changed(VOLUNTEER_STATUSES)
ACTIVITY = changed(ACTIVITY_STATUSES)
GATHERING = changed(GATHERING_STATUSES)
HOURS = changed(HOURS_STATUSES)

METHODS = {
    "open_station": create(OpenStation, STATION),
    "close_station": change(OnAggregate, STATION),
    "correct_station": change(CorrectStation, STATION),
    "define_category": create(DefineCategory, Changed),
    "correct_category": change(CorrectCategory, Changed),
    "form_team": create(FormTeam, TEAM, NotFound),
    "disband_team": change(OnAggregate, TEAM),
    "correct_team": change(CorrectTeam, TEAM),
    "register_volunteer": create(RegisterVolunteer, VOLUNTEER, NotFound),
    "deregister_volunteer": change(OnAggregate, VOLUNTEER),
    "correct_volunteer": change(CorrectVolunteer, VOLUNTEER),
    "erase_volunteer": change(Erase, VOLUNTEER),
    "erasures": query(Paged, ERASURES),
    "publish_activity": create(PublishActivity, ACTIVITY, NotFound),
    "report_activity": create(ReportActivity, ACTIVITY, NotFound),
    "complete_activity": change(CompleteActivity, ACTIVITY),
    "correct_activity": change(CorrectActivity, ACTIVITY),
    "cancel_activity": change(WithReason, ACTIVITY),
    "activity": query(ById, stored(ActivityState), NotFound),
    "hold_gathering": create(HoldGathering, GATHERING),
    "correct_gathering": change(CorrectGathering, GATHERING),
    "record_hours": create(RecordHours, HOURS, NotFound),
    "verify_hours": change(OnAggregate, HOURS),
    "void_hours": change(WithReason, HOURS),
    "commendation_names": create(CommendationNames, NamesRead),
    "ledger": query(LedgerQuery, Ledger, NotFound),
    "declare_service_day": create(DeclareServiceDay, Changed),
    "service_days": query(ServiceDaysQuery, Many(fields.Nested(ServiceDayOccurrence), most=None)),
    "declare_stock": create(DeclareStock, Changed),
    "withdraw_stock": change(WithdrawStock, Changed),
    "stocks": query(StocksQuery, Many(fields.Nested(ComparedStock)), NotFound),
}
