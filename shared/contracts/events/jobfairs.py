"""Events of jobfairs: job fairs, from the plan to the reconciliation, and the hires."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.events.week import week_events
from shared.contracts.fields import Amount, Choice, Day, Id, Many, Text, Whole, Words

FAIR_STATUSES = {
    "planned": ("计划", "planned"),
    "registration_open": ("开放报名", "registration open"),
    "ready": ("准备就绪", "ready"),
    "held": ("已举办", "held"),
    "reconciled": ("已核对", "reconciled"),
    "closed": ("已办结", "closed"),
    "postponed": ("延期", "postponed"),
    "cancelled": ("取消", "cancelled"),
}

FAIR_SERVICES = {
    "questions_answered": ("现场答疑", "questions answered"),
    "employment_assistance": ("就业援助", "employment assistance"),
    "career_guidance": ("职业指导", "career guidance"),
}

# The figures of a fair, each a qualified quantity: field → unit.
FAIR_FIGURES = {
    "employers": "employer",
    "vacancies": "vacancy",
    "seekers": "person",
    "consultations": "person_time",
    "intents": "person",
}

FAIR_WARNINGS = {
    "more_named_than_stated": ("列名多于所报数", "more are named than the figure says"),
    "postings_exceed_vacancies": (
        "岗位明细合计多于所报岗位数",
        "the postings add up to more than the vacancies stated",
    ),
    "more_intents_than_seekers": ("意向多于求职人数", "more intents than job seekers"),
}

HIRE_STATUSES = {
    "recorded": ("已登记", "recorded"),
    "withdrawn": ("已撤回", "withdrawn"),
}


class Posting(Schema):
    employer = Text(required=True)
    job = Text(required=True)
    openings = Amount("vacancy", required=True)


class FairState(Schema):
    """The whole fair: figures as reported, names of employers (never of people)."""

    status = Choice(FAIR_STATUSES, required=True)
    venue = Text(required=True)
    theme = Words(required=True, allow_none=True)
    audience = Words(required=True, allow_none=True)
    planned_for = Day(required=True)
    first_planned_for = Day(required=True)
    held_on = Day(required=True, allow_none=True)
    employers = Amount("employer", required=True)
    vacancies = Amount("vacancy", required=True)
    seekers = Amount("person", required=True)
    consultations = Amount("person_time", required=True)
    intents = Amount("person", required=True)
    named_employers = Many(Text(), required=True)
    postings = Many(fields.Nested(Posting), required=True)
    services = Many(Choice(FAIR_SERVICES), required=True, most=len(FAIR_SERVICES))
    capacity = Whole(required=True, allow_none=True)
    activity_key = Id(required=True, allow_none=True)
    warnings = Many(Choice(FAIR_WARNINGS), required=True, most=len(FAIR_WARNINGS))
    reason = Text(required=True, allow_none=True)


class HireState(Schema):
    """People who were hired, at the time of hiring. Hires amend the fair, not its week."""

    status = Choice(HIRE_STATUSES, required=True)
    hires = Amount("person", required=True)
    fair = Id(required=True, allow_none=True)
    employer = Text(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


EVENTS = [
    EventType("jobfairs.fair.planned", 1, FairState, "招聘会计划", "fair planned"),
    EventType("jobfairs.fair.opened", 1, FairState, "招聘会开放报名", "registration opened"),
    EventType(
        "jobfairs.fair.employer_joined", 1, FairState, "用人单位报名", "employer joined a fair"
    ),
    EventType("jobfairs.fair.readied", 1, FairState, "招聘会就绪", "fair ready"),
    EventType("jobfairs.fair.held", 1, FairState, "招聘会举办", "fair held"),
    EventType("jobfairs.fair.reconciled", 1, FairState, "招聘会核对", "fair reconciled"),
    EventType("jobfairs.fair.corrected", 1, FairState, "招聘会更正", "fair corrected"),
    EventType("jobfairs.fair.closed", 1, FairState, "招聘会办结", "fair closed"),
    EventType("jobfairs.fair.postponed", 1, FairState, "招聘会延期", "fair postponed"),
    EventType("jobfairs.fair.cancelled", 1, FairState, "招聘会取消", "fair cancelled"),
    EventType("jobfairs.hire.recorded", 1, HireState, "录用登记", "hires recorded"),
    EventType("jobfairs.hire.corrected", 1, HireState, "录用更正", "hires corrected"),
    *week_events("jobfairs"),
]
