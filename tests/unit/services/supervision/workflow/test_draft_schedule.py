"""Which weeks are drafted at their cut-off."""

from datetime import timedelta

import pytest

from services.supervision.workflow.draft_schedule import due_weeks
from shared.domain.periods import Period

W05, W06, W07, W08 = (Period(2017, week) for week in (5, 6, 7, 8))


@pytest.mark.parametrize("early, last", [(timedelta(0), W06), (timedelta(microseconds=1), W05)])
def test_a_week_is_due_from_its_cutoff_on(early, last):
    assert due_weeks(set(), W06.cutoff - early) == [last]


def test_a_week_is_drafted_once():
    assert due_weeks({W06}, W06.cutoff) == []
    assert due_weeks({W06}, W07.cutoff - timedelta(seconds=1)) == []


def test_a_draft_of_a_later_week_leaves_the_weeks_before_it_due():
    assert due_weeks({W05, W07}, W06.cutoff) == [W06]
    assert due_weeks({W05, Period(2071, 6)}, W08.cutoff) == [W06, W07, W08]


def test_weeks_that_were_missed_are_made_up_for_in_order():
    assert due_weeks({W05}, W08.cutoff) == [W06, W07, W08]
