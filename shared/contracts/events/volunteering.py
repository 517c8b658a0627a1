"""Events of volunteering: stations, teams, volunteers, activities, gatherings, hours."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.events.erasure import GROUNDS
from shared.contracts.events.stock import stock_events
from shared.contracts.events.supervision import LEVELS
from shared.contracts.events.week import week_events
from shared.contracts.fields import (
    Actor,
    Amount,
    Choice,
    Day,
    Flag,
    Id,
    Many,
    Text,
    Whole,
    Words,
)

STATION_STATUSES = {"open": ("开放", "open"), "closed": ("关闭", "closed")}
TEAM_STATUSES = {"formed": ("已组建", "formed"), "disbanded": ("已解散", "disbanded")}
VOLUNTEER_STATUSES = {"registered": ("已注册", "registered"), "left": ("已退出", "left")}

ACTIVITY_STATUSES = {
    "published": ("已发布", "published"),
    "completed": ("已完成", "completed"),
    "cancelled": ("已取消", "cancelled"),
    "withdrawn": ("报告已撤回", "report withdrawn"),
}

GATHERING_STATUSES = {
    "held": ("已举办", "held"),
    "withdrawn": ("报告已撤回", "report withdrawn"),
}

HOURS_STATUSES = {
    "recorded": ("已登记", "recorded"),
    "verified": ("已核定", "verified"),
    "voided": ("已作废", "voided"),
}

ACTIVITY_CATEGORIES = {
    "environment": ("环境整治", "environment"),
    "disability_care": ("助残", "care for disabled residents"),
    "elderly_care": ("敬老", "care for the elderly"),
    "child_care": ("关爱儿童", "care for children"),
    "relief_delivery": ("送单协助", "help with relief deliveries"),
    "clinic_support": ("义诊协助", "help at clinics"),
    "fair_support": ("招聘会协助", "help at job fairs"),
    "other": ("其他", "other"),
}

TAKING_PART = {
    "communities": ("社区", "communities"),
    "offices": ("机关单位", "offices"),
    "party_members": ("党员", "Party members"),
    "volunteers": ("志愿者", "volunteers"),
    "building_heads": ("楼院长", "building heads"),
    "residents": ("居民", "residents"),
    "local_companies": ("辖区企业", "local companies"),
    "other": ("其他", "others"),
}

# For what volunteers' names are read.
COMMENDATION = "commendation"
PURPOSES = {COMMENDATION: ("年底表彰", "year-end commendation")}
# How many at once.
MOST_NAMES = 500

# Declared stocks, for offices that know only a count: stock → unit of the quantity.
STOCKS = {
    "stations": "station",
    "team_categories": "category",
    "teams": "team",
    "volunteers": "person",
}


class StationState(Schema):
    """A service station. `withdrawn` says that it was entered by mistake."""

    status = Choice(STATION_STATUSES, required=True)
    name = Text(required=True)
    kind = Words(allow_none=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class CategoryState(Schema):
    """A category of volunteer teams. `withdrawn` says that it was entered by mistake."""

    name = Words(required=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class TeamState(Schema):
    """A team. `withdrawn` says that it was entered by mistake."""

    status = Choice(TEAM_STATUSES, required=True)
    name = Text(required=True)
    level = Choice(LEVELS, required=True)
    category = Id(required=True, allow_none=True)
    professional = Flag(required=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


class VolunteerState(Schema):
    """A volunteer with a pseudonymous id: nothing here identifies the person. `withdrawn` says that
    the registration was a mistake, `erased` is the ground on which everything that identifies the
    person was deleted in volunteering."""

    status = Choice(VOLUNTEER_STATUSES, required=True)
    team = Id(required=True, allow_none=True)
    withdrawn = Flag()
    erased = Choice(GROUNDS, allow_none=True)


class ActivityState(Schema):
    """An activity, planned or reported afterwards. `activity_key` identifies the occasion if
    another service has it too: an order's delivery, a clinic, a fair. `wanted` is the number of
    helpers."""

    status = Choice(ACTIVITY_STATUSES, required=True)
    name = Words(required=True)
    category = Choice(ACTIVITY_CATEGORIES, required=True)
    planned_for = Day(required=True, allow_none=True)
    held_on = Day(required=True, allow_none=True)
    participants = Amount("person", required=True)
    taking_part = Many(Choice(TAKING_PART), required=True, most=len(TAKING_PART))
    communities = Whole(required=True, allow_none=True)
    wanted = Whole(required=True, allow_none=True)
    activity_key = Id(required=True, allow_none=True)
    team = Id(required=True, allow_none=True)
    station = Id(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class GatheringState(Schema):
    """Residents' gatherings of one kind in one unit; `gatherings` is their number."""

    status = Choice(GATHERING_STATUSES, required=True)
    name = Words(required=True)
    gatherings = Amount("gathering", required=True)
    participants = Amount("person", required=True)
    held_on = Day(required=True, allow_none=True)
    invited = Many(Choice(TAKING_PART), required=True, most=len(TAKING_PART))
    reason = Text(required=True, allow_none=True)


class HoursState(Schema):
    """One row of the ledger of service hours. Bonus points are kept apart from hours."""

    status = Choice(HOURS_STATUSES, required=True)
    volunteer = Id(required=True)
    activity = Id(required=True)
    hours = Amount("hour", required=True)
    reason = Text(required=True, allow_none=True)


class NameListState(Schema):
    """The names of these volunteers were read by `reader`; the event has none of them."""

    purpose = Choice(PURPOSES, required=True)
    year = Whole(required=True)
    volunteers = Many(Id(), required=True, least=1, most=MOST_NAMES)
    reader = Actor(required=True)


class ServiceDayState(Schema):
    """A recurring service day: `rule` is an RRULE of RFC 5545, `first` the day it begins."""

    name = Words(required=True)
    rule = Text(required=True)
    first = Day(required=True)


EVENTS = [
    EventType("volunteering.station.opened", 1, StationState, "服务站设立", "station opened"),
    EventType("volunteering.station.closed", 1, StationState, "服务站关闭", "station closed"),
    EventType("volunteering.station.corrected", 1, StationState, "服务站更正", "station corrected"),
    EventType("volunteering.category.defined", 1, CategoryState, "类别设立", "category defined"),
    EventType(
        "volunteering.category.corrected", 1, CategoryState, "类别更正", "category corrected"
    ),
    EventType("volunteering.team.formed", 1, TeamState, "队伍组建", "team formed"),
    EventType("volunteering.team.disbanded", 1, TeamState, "队伍解散", "team disbanded"),
    EventType("volunteering.team.corrected", 1, TeamState, "队伍更正", "team corrected"),
    EventType(
        "volunteering.volunteer.registered", 1, VolunteerState, "志愿者注册", "volunteer registered"
    ),
    EventType("volunteering.volunteer.left", 1, VolunteerState, "志愿者退出", "volunteer left"),
    EventType(
        "volunteering.volunteer.corrected", 1, VolunteerState, "志愿者更正", "volunteer corrected"
    ),
    EventType(
        "volunteering.volunteer.erased", 1, VolunteerState, "志愿者信息删除", "volunteer erased"
    ),
    EventType(
        "volunteering.activity.published", 1, ActivityState, "活动发布", "activity published"
    ),
    EventType(
        "volunteering.activity.completed", 1, ActivityState, "活动完成", "activity completed"
    ),
    EventType(
        "volunteering.activity.corrected", 1, ActivityState, "活动更正", "activity corrected"
    ),
    EventType(
        "volunteering.activity.cancelled", 1, ActivityState, "活动取消", "activity cancelled"
    ),
    EventType("volunteering.gathering.held", 1, GatheringState, "联谊举办", "gathering held"),
    EventType(
        "volunteering.gathering.corrected", 1, GatheringState, "联谊更正", "gathering corrected"
    ),
    EventType("volunteering.hours.recorded", 1, HoursState, "时长登记", "hours recorded"),
    EventType("volunteering.hours.verified", 1, HoursState, "时长核定", "hours verified"),
    EventType("volunteering.hours.voided", 1, HoursState, "时长作废", "hours voided"),
    EventType(
        "volunteering.service_day.declared", 1, ServiceDayState, "服务日设定", "service day set"
    ),
    EventType(
        "volunteering.name_list.read", 1, NameListState, "姓名查阅", "volunteers' names read"
    ),
    *stock_events("volunteering", STOCKS),
    *week_events("volunteering"),
]
