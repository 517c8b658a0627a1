"""A notice that settles due days changes no figure of a week that was before it."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.relief.documents import Order
from services.supervision.briefing.assemble import fold_week
from services.supervision.indicators import PRESENT, RULES
from shared.domain.clock import Clock
from shared.domain.periods import Week, start_of_day
from shared.domain.workdays import PUBLISHED
from shared.service.due_days import settle_due_days
from tests.support.district import naive
from tests.support.in_memory import Relief
from tests.support.naive_workdays import NaiveCalendar
from tests.support.notices import notice
from tests.unit.services.supervision.figures.test_fold import all_figures, expected_figures

UNIT = "410103006"
YEAR = max(PUBLISHED) + 1
FIRST = date(YEAR - 1, 12, 14)
WEEKS = [Week.of_day(FIRST + timedelta(weeks=number)) for number in range(8)]
# Until which day an order is raised, and when the notice is known: it was never so late.
days = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
CATEGORIES = ("daily_necessities", "temporary_relief", "cultural_activities")
NOTICES = st.sets(st.integers(1, 28), max_size=12).map(
    lambda off: notice(YEAR, off=[(1, day) for day in off])
)


@settings(max_examples=60)
@given(st.lists(st.tuples(days, st.sampled_from(CATEGORIES)), min_size=1), days, NOTICES)
def test_weeks_before_the_notice_keep_their_figures(raised, known_on, announced):
    service = Relief(["410103", UNIT])
    now = start_of_day(known_on + timedelta(days=1))
    service.context.clock = service.repository.clock = Clock(lambda: now)
    before = [(day, it) for day, it in raised if day <= known_on]
    for day, category in before:
        made = _raise(service, day, category)
        assert made["due"] == str(NaiveCalendar([]).due(day, WORKDAYS[category]))
    told = _events(service)
    service.context.calendar.entered = [announced]
    settle_due_days(service.repository, "relief", Order, service.context.calendar.present())
    after = _events(service)

    for week in WEEKS:
        issued, recounted = (
            fold_week(week, PRESENT, naive.by_subject(it)).this for it in (told, after)
        )
        if week.end <= now:
            assert all_figures(recounted) == all_figures(issued)
        assert all_figures(recounted) == expected_figures(after, week)
    for (day, category), history in zip(before, service.histories(), strict=True):
        promised = NaiveCalendar([]).due(day, WORKDAYS[category])
        final = NaiveCalendar([announced]).due(day, WORKDAYS[category])
        was_final = NaiveCalendar([]).awaits(day, promised) is None
        assert history[-1]["data"]["due"] == str(promised if was_final else final)
        assert history[-1]["data"]["due_awaits_notice"] is None


WORKDAYS = {"daily_necessities": 5, "temporary_relief": 10, "cultural_activities": 20}


def test_issues_of_former_rules_know_nothing_of_settled_days():
    feeds = RULES["2017-3"].fed_by
    assert "relief.order.due_settled" not in feeds
    assert "relief.order.due_settled" in PRESENT.fed_by


def _raise(service, day, category):
    at = {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}
    return service.ask("raise_order", category=category, channel="phone", items=["米"], **at)


def _events(service):
    found = [event for history in service.histories() for event in history]
    return [event | {"sourcesequence": number} for number, event in enumerate(found, 1)]
