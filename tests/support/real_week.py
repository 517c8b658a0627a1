"""The first real week without servers: the programme's facts, entered into services in memory."""

import copy
from functools import cache
from types import SimpleNamespace

from deploy.local import orgunit_list
from deploy.local.facts.reader import in_order, read_facts
from deploy.local.places import DATA
from services.clinics.service import ClinicsService
from services.jobfairs.service import JobFairsService
from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.editions.public import public
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from shared.contracts.week_summary import SEALED, WeekSummary
from shared.domain.clock import Clock
from shared.domain.periods import Week, format_instant
from tests.support.district import naive
from tests.support.in_memory import Oversight, Relief, Volunteering
from tests.support.issue_documents import registered
from tests.support.masthead import MASTHEAD
from tests.support.memory import MemoryService

WEEK = Week(2017, 6)


class _InMemory(MemoryService):
    ACTOR, TIME, UNIT = "person:programme-office", "2017-02-06T09:00:00+08:00", "410103"


class Clinics(_InMemory, ClinicsService):
    pass


class JobFairs(_InMemory, JobFairsService):
    pass


@cache
def _events(period):
    """The events of the services with their seals of the period, and those of the units."""
    units = [*_units()]
    codes = [unit["subject"] for unit in units]
    services = [kind(codes) for kind in (Relief, Oversight, Volunteering)]
    services += [kind(WEEK.start, codes) for kind in (Clinics, JobFairs)]
    _enter({service.name: service for service in services})
    return [*units, *(event for service in services for event in _sealed(service, period))]


@cache
def _issue(beginning, period=WEEK):
    rules = PRESENT.beginning_in(beginning)
    folded = fold_week(period, rules, naive.by_subject(_events(period)))
    freeze = {
        "parked": {},
        "sources": {},
        "incomplete": {},
        "rules": rules.version,
        "first_week": str(beginning),
        "last_week": None,
        "renderer": RENDERER,
        "facts": None,
    }
    return document(draft(folded, freeze), MASTHEAD)


def issue(beginning=WEEK, period=WEEK):
    """The internal document of the week, as the demo publishes it; or of a longer period, in which
    nothing else happened. With an earlier beginning of the programme, nothing happened in the weeks
    before."""
    return copy.deepcopy(_issue(beginning, period))


def public_issue():
    """Its public edition."""
    return public(_issue(WEEK), [], 5)


# The week as it was; as one of a programme that began five weeks before; and for the public.
KINDS = {
    "first": issue,
    "later": lambda: issue(Week(2017, 1)),
    "public": public_issue,
}


def _units():
    for name, is_retired in (("erqi_divisions", False), ("erqi_retired", True)):
        for row in orgunit_list.read_units(DATA / f"{name}.csv"):
            event = registered(row["code"], row["name"])
            event["data"] |= {"retired": is_retired}
            yield event


def _enter(services):
    """Every fact on its own day."""
    facts, _ = read_facts(DATA / "programme_2017.yaml")
    now = SimpleNamespace(instant=WEEK.start)
    clock = Clock(lambda: now.instant)
    for service in services.values():
        service.context.clock = service.repository.clock = clock
    for step in in_order(facts):
        now.instant = step.entered
        services[step.service].ask(step.method, **step.arguments)


def _sealed(service, period):
    """The events of a service with their numbers, and its seal of the period at the cut-off."""
    events = [event for id in service.collection.documents for event in service.events(id)]
    events = [event | {"sourcesequence": number} for number, event in enumerate(events, 1)]
    at = format_instant(period.cutoff)
    seal = {
        "id": f"seal-{service.name}",
        "source": f"/warm/{service.name}",
        "type": f"{service.name}{SEALED}",
        "subject": f"seal:{period}",
        "subjectsequence": 1,
        "sourcesequence": len(events) + 1,
        "orgunit": "410103",
        "time": at,
        "timeprecision": "second",
        "recordedtime": at,
        "data": {"period": str(period), "last": len(events), **WeekSummary(events).content()},
    }
    return [*events, seal]
