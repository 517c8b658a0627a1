"""Facts of a half-year, and what people say for its assessment, as events."""

import random

from services.supervision.briefing.assemble import document, draft
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from shared.contracts.events.oversight import FindingState
from shared.domain.report_periods import HalfYear
from shared.platform.topology import SERVICES

PERIOD = HalfYear(2017, 1)
DISTRICT, ONE, TWO, THIRD = "410103", "410103001", "410103003", "410103004"
# In no group of the rubric.
NEW = "410103099"
FREEZE = {
    "sources": dict.fromkeys(SERVICES, 1),
    "incomplete": {},
    "parked": {},
    "rules": PRESENT.version,
    "renderer": RENDERER,
    "first_week": None,
}
LI, WANG, ZHAO = "person:li.na", "person:wang.fang", "person:zhao.min"
OCCASION = {"zh": "二季度现场观摩", "en": "observation of the second quarter"}
GROUNDS = {"zh": "漏计三次活动", "en": "three activities are missing"}
ANSWER = {"zh": "属实", "en": "true"}
FINDING = FindingState().fields
WHY = {"zh": "期间并入他街道", "en": "merged during the half-year"}


def event(kind, subject, version, unit, day, /, **data):
    return {
        "id": f"{subject}-{version}",
        "source": f"/warm/{kind.split('.')[0]}",
        "type": kind,
        "subject": subject,
        "subjectsequence": version,
        "sourcesequence": version,
        "orgunit": unit,
        "time": f"{day}T00:00:00+08:00",
        "timeprecision": "day",
        "recordedtime": f"{day}T09:00:00+08:00",
        "data": data,
    }


def unit(code):
    data = {
        "code": code,
        "name": f"街道{code[-1]}" if len(code) > 6 else "二七区",
        "parent": code[:-3] if len(code) > 6 else None,
        "valid_from": None,
        "valid_to": None,
        "retired": False,
    }
    return [event("supervision.orgunit.registered", code, 1, code, "2017-01-01", **data)]


def findings(code, reported, closed, day="2017-05-10"):
    """The events of so many findings, of which some are closed."""
    for number in range(reported):
        subject = f"finding-{code}-{number}"
        told = dict.fromkeys(FINDING) | {
            "status": "reported",
            "kind": "safety",
            "what": {"zh": "隐患"},
            "due": day,
            "reopened": 0,
        }
        story = [event("supervision.finding.reported", subject, 1, code, day, **told)]
        if number < closed:
            done = told | {"status": "closed"}
            story.append(event("supervision.finding.closed", subject, 2, code, day, **done))
        yield story


def observation(code, number, score, version=1, day="2017-05-12", verb="recorded", **data):
    told = {
        "status": "recorded",
        "period": str(PERIOD),
        "criterion": "on_site",
        "score": score,
        "observers": [WANG],
        "occasion": OCCASION,
        "observed_on": day,
        "reason": None,
    }
    kind = f"supervision.observation.{verb}"
    return event(kind, f"visit-{code}-{number}", version, code, day, **told | data)


def declared(code, value, figure="declared.residents", version=1, **data):
    quantity = {"value": value, "qualifier": "exact", "unit": "person", "stated": None}
    told = {"period": str(PERIOD), "figure": figure, "quantity": quantity, "declared_by": LI}
    subject = f"declared:{PERIOD}:{code}-{figure}"
    kind = "supervision.declared_figure.stated"
    return event(kind, subject, version, code, "2017-07-03", **told | {"source": WHY} | data)


def exclusion(code, *statuses):
    """The events of an exclusion with these statuses, one after the other."""
    for version, status in enumerate(statuses, 1):
        approved = status == "approved"
        told = {
            "status": status,
            "period": str(PERIOD),
            "reason": WHY,
            "proposed_by": LI,
            "approved_by": WANG if approved else None,
            "approved_on": "2017-07-04" if approved else None,
        }
        subject, kind = f"exclusion:{PERIOD}:{code}", f"supervision.exclusion.{status}"
        yield event(kind, subject, version, code, "2017-07-04", **told)


def announced(day="2017-07-10"):
    told = {"period": str(PERIOD), "announced_on": day, "reason": None}
    return event("supervision.scores.announced", "scores", 1, DISTRICT, day, **told)


def appeal(code, criterion, points=None, **data):
    """The events of an appeal, answered with these points if any are given."""
    told = {
        "status": "open",
        "period": str(PERIOD),
        "criterion": criterion,
        "lodged_by": LI,
        "lodged_on": "2017-07-12",
        "grounds": GROUNDS,
        **dict.fromkeys(("answered_by", "answered_on", "answer", "points")),
    } | data
    subject = f"appeal-{code}-{criterion}"
    story = [event("supervision.appeal.lodged", subject, 1, code, "2017-07-12", **told)]
    if points:
        done = {"status": "upheld", "answered_by": WANG, "answered_on": "2017-07-20"}
        told = told | done | {"answer": ANSWER, "points": points}
        story.append(event("supervision.appeal.answered", subject, 2, code, "2017-07-20", **told))
    return story


def whole(number=1):
    """The internal document of a half-year of which everything was said that can be."""
    facts = [
        *findings(ONE, 10, 9),
        *findings(TWO, 10, 5),
        [declared(ONE, "41237")],
        [observation(ONE, 1, "87.25")],
        [announced()],
        appeal(TWO, "findings_closed", "12.5"),
        exclusion(THIRD, "proposed", "approved"),
    ]
    half_year = folded(*facts, units=(ONE, TWO, THIRD, NEW))
    masthead = {"issue": number, "revision": 0, "replaces": None, "status": "final"}
    return document(draft(half_year, FREEZE), masthead)


def folded(*subjects, units=(ONE, TWO), period=PERIOD, seed=None):
    """The half-year of these subjects; with a seed, in an order of its own."""
    subjects = [unit(DISTRICT), *map(unit, units), *map(list, subjects)]
    if seed is not None:
        random.Random(seed).shuffle(subjects)
    half_year = FoldedWeek(period, PRESENT)
    for events in subjects:
        half_year.add(events)
    return half_year
