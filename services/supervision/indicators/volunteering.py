"""Volunteering's indicators: stations, teams, volunteers, activities, gatherings, hours."""

from services.supervision.indicators.declare import Indicator, one, quantity, stock, types

ACTIVITY = types("volunteering.activity", "completed", "corrected")
GATHERING = types("volunteering.gathering", "held", "corrected")

VOLUNTEERING = [
    *stock(
        "volunteering.stations",
        "station",
        "志愿服务站",
        "service stations",
        "stations",
        types("volunteering.station", "opened", "closed"),
        ("open",),
    ),
    *stock(
        "volunteering.team_categories",
        "category",
        "志愿队伍类别",
        "categories of teams",
        "team_categories",
        types("volunteering.category", "defined"),
    ),
    *stock(
        "volunteering.teams",
        "team",
        "志愿服务队",
        "volunteer teams",
        "teams",
        types("volunteering.team", "formed", "disbanded"),
        ("formed",),
    ),
    *stock(
        "volunteering.volunteers_registered",
        "person",
        "注册志愿者",
        "registered volunteers",
        "volunteers",
        types("volunteering.volunteer", "registered", "left"),
        ("registered",),
    ),
    Indicator(
        "volunteering.activities_completed",
        "activity",
        "完成志愿活动",
        "volunteer activities completed",
        "本周完成的志愿服务活动次数",
        "volunteer activities completed in the week",
        ACTIVITY,
        one("activity", "completed"),
    ),
    Indicator(
        "volunteering.participants",
        "person",
        "参加人数",
        "participants",
        "本周各次志愿活动上报的参加人数之和；参加多次的按次计",
        "participants of the week's activities as reported; who took part twice is counted twice",
        ACTIVITY,
        quantity("participants", "completed"),
        recorded=False,
        about="volunteering.activities_completed",
        nothing=("无志愿活动", "no activity"),
    ),
    Indicator(
        "volunteering.gatherings_held",
        "gathering",
        "居民联谊",
        "residents' gatherings",
        "本周举办的居民联谊活动场数，不计入志愿活动",
        "residents' gatherings held in the week; not counted as volunteer activities",
        GATHERING,
        quantity("gatherings", "held"),
    ),
    Indicator(
        "volunteering.hours_verified",
        "hour",
        "核定服务时长",
        "service hours verified",
        "本周核定的志愿服务时长，不含已作废的",
        "service hours verified in the week, excluding those voided since",
        types("volunteering.hours", "verified", "voided"),
        quantity("hours", "verified"),
    ),
]
