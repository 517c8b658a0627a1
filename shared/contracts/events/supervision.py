"""Events of supervision: the registry of org units, and those of the modules beside this one."""

from marshmallow import Schema

from shared.contracts.events import (
    assessment,
    briefing,
    calendar,
    keys,
    longer_reports,
    nominations,
    oversight,
    staff,
    subscribers,
)
from shared.contracts.events.declare import EventType
from shared.contracts.events.week import week_events
from shared.contracts.fields import TEXT, Choice, Day, Flag, OrgUnit, Text

LEVELS = {
    "district": ("区", "district"),
    "subdistrict": ("街道（镇）", "sub-district"),
    "community": ("社区（村）", "community"),
}


class OrgUnitState(Schema):
    """A division code never changes its meaning. A unit is valid from `valid_from` until before
    `valid_to`. An unknown date is null, for example if a unit was `retired` on an unknown day."""

    code = OrgUnit(required=True)
    parent = OrgUnit(required=True, allow_none=True)
    level = Choice(LEVELS, required=True)
    name = Text(required=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True)
    successor = OrgUnit(required=True, allow_none=True)
    retired = Flag(required=True)
    # The unit of which this one was a part until `valid_from`, if it was split off.
    split_from = OrgUnit()
    # Why the unit was corrected; before its first correction there is none.
    reason = Text(longest=TEXT)


EVENTS = [
    EventType("supervision.orgunit.registered", 1, OrgUnitState, "单位登记", "unit registered"),
    EventType("supervision.orgunit.changed", 1, OrgUnitState, "单位变更", "unit changed"),
    EventType("supervision.orgunit.retired", 1, OrgUnitState, "单位撤销", "unit retired"),
    EventType("supervision.orgunit.corrected", 1, OrgUnitState, "单位更正", "unit corrected"),
    *briefing.EVENTS,
    *longer_reports.EVENTS,
    *assessment.EVENTS,
    *calendar.EVENTS,
    *keys.EVENTS,
    *nominations.EVENTS,
    *oversight.EVENTS,
    *staff.EVENTS,
    *subscribers.EVENTS,
    *week_events("supervision"),
]
