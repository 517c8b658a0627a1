"""Events of the year-end commendation: who is nominated, chosen or passed over. Volunteers are in
them under their pseudonymous ids, officials by their office."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.fields import (
    NAME,
    TEXT,
    Actor,
    Amount,
    Choice,
    Id,
    IndicatorCode,
    Many,
    Text,
    Whole,
    Words,
)
from shared.domain.units import UNITS

NOMINATION_STATUSES = {
    "nominated": ("已提名", "nominated"),
    "chosen": ("已入选", "chosen"),
    "passed_over": ("未入选", "not chosen"),
}
BY_RULE, BY_PERSON = "rule", "person"
NOMINATED_BY = {BY_RULE: ("按规则提名", "by rule"), BY_PERSON: ("由人员提名", "by a person")}

SUBDISTRICT, COMMUNITY, DEPARTMENT = "subdistrict", "community", "department"
TEAM, STATION, VOLUNTEER = "team", "station", "volunteer"
# What is commended.
SUBJECT_KINDS = {
    SUBDISTRICT: ("街道（镇）", "sub-district"),
    COMMUNITY: ("社区（村）", "community"),
    DEPARTMENT: ("部门", "department"),
    TEAM: ("志愿服务队", "volunteer team"),
    STATION: ("志愿服务站", "service station"),
    VOLUNTEER: ("志愿者", "volunteer"),
}

FIRST_YEAR, LAST_YEAR = 2000, 2100
# Of what a person gives, and of what is listed of the events behind a figure.
MOST_EVIDENCE = 20


def year_field() -> Whole:
    return Whole(least=FIRST_YEAR, most=LAST_YEAR, required=True)


class OfficeState(Schema):
    """Who did it: the id of a person, and the office of that day, null where the staff register has
    none."""

    actor = Actor(required=True)
    office = Words(longest=NAME, required=True, allow_none=True)


class NominatedFigureState(Schema):
    """The figure of the year by which the rule nominated, as it was known then."""

    indicator = IndicatorCode(required=True)
    figure = Amount(*UNITS, required=True)


class NominationState(Schema):
    """A nomination for a year's commendation. `subject` is a division code, the id of a team, a
    station or a volunteer, or the name of a department; `name` is null for a volunteer.

    `evidence` are ids of events, and `more` is the number of further ones. By rule there is a
    `figure`, by a person there are `grounds`. `reason` says why it wasn't chosen.
    """

    status = Choice(NOMINATION_STATUSES, required=True)
    year = year_field()
    category = Id(required=True)
    kind = Choice(SUBJECT_KINDS, required=True)
    subject = Text(required=True)
    name = Text(required=True, allow_none=True)
    by = Choice(NOMINATED_BY, required=True)
    rules_version = Id(required=True)
    figure = fields.Nested(NominatedFigureState, required=True, allow_none=True)
    grounds = Words(longest=TEXT, required=True, allow_none=True)
    evidence = Many(Id(), required=True, most=MOST_EVIDENCE)
    more = Whole(required=True)
    nominated_by = fields.Nested(OfficeState, required=True)
    decided_by = fields.Nested(OfficeState, required=True, allow_none=True)
    reason = Words(longest=TEXT, required=True, allow_none=True)


class NominatedNumber(Schema):
    category = Id(required=True)
    nominated = Whole(required=True)


class ScreeningState(Schema):
    """The rules were applied to what was known of a year: how many they nominated in each
    category."""

    year = year_field()
    rules_version = Id(required=True)
    categories = Many(fields.Nested(NominatedNumber), required=True)


EVENTS = [
    EventType(
        "supervision.screening.made",
        1,
        ScreeningState,
        "表彰规则筛选",
        "rules of the commendation applied",
    ),
    *(
        EventType(f"supervision.nomination.{verb}", 1, NominationState, zh, en)
        for verb, (zh, en) in {
            "made": ("表彰提名", "nominated for commendation"),
            "chosen": ("表彰人选确定", "chosen for commendation"),
            "passed_over": ("提名未入选", "nominee not chosen"),
        }.items()
    ),
]
