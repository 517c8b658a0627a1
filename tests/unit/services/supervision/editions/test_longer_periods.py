"""The public edition of a month says of people only what the briefings of its weeks said."""

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from services.supervision.editions.public import public
from services.supervision.editions.published import is_protected
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from tests.unit.services.supervision.editions.weeks import (
    COMMUNITIES,
    DISTRICT,
    PEOPLE,
    RECORDS,
    SUBDISTRICTS,
    UNITS,
    editions,
    internal,
)

JANUARY = Month(2017, 1)
# The weeks whose Thursday is in January.
WEEKS = (1, 2, 3, 4)
NUMBERS = st.dictionaries(st.sampled_from(UNITS), st.sampled_from([0, 1, 4, 5, 9, 40]), max_size=6)
C = COMMUNITIES


def of_month(reported, period=JANUARY, revision=0, indicator=PEOPLE):
    names = dict.fromkeys(UNITS, "单位")
    return internal(reported, 1, revision, indicator) | {"period": str(period), "orgunits": names}


def figures(document, indicator=PEOPLE):
    return {
        it["orgunit"]: (it["value"], it["qualifier"])
        for it in document["cells"]
        if it["indicator"] == indicator
    }


def briefings(*reported):
    return editions([internal(it, week) for week, it in enumerate(reported, 1)])


@seed(20)
@settings(max_examples=30)
@given(st.lists(NUMBERS, min_size=0, max_size=4), NUMBERS, NUMBERS)
def test_it_depends_on_no_figure_of_people_that_no_briefing_printed(weeks, one, other):
    """So nothing can be solved from it, with whatever else is published."""
    earlier = briefings(*weeks)
    found = [public(of_month(it), earlier, 5) for it in (one, other)]
    assert found[0]["cells"] == found[1]["cells"]
    assert found[0]["headlines"] == found[1]["headlines"]
    assert found[0]["trends"] == found[1]["trends"]


def test_it_adds_up_what_the_briefings_of_its_weeks_printed():
    earlier = briefings({C[0]: 20}, {C[0]: 30}, {C[0]: 40, C[3]: 10}, {C[0]: 10}, {C[0]: 500})
    found = figures(public(of_month({C[0]: 77}), earlier, 5))
    assert found[DISTRICT] == ("110", "exact")
    assert found[SUBDISTRICTS[0]] == ("100", "exact")


def test_a_week_that_was_not_printed_makes_it_a_number_that_is_more():
    earlier = briefings({C[0]: 20}, {C[0]: 3}, {C[0]: 40}, {C[0]: 10})
    assert figures(public(of_month({C[0]: 73}), earlier, 5))[DISTRICT] == ("70", "over")
    # No briefing was published of the fourth week.
    assert figures(public(of_month({C[0]: 63}), earlier[:1] + earlier[2:3], 5))[DISTRICT] == (
        "60",
        "over",
    )


def test_without_briefings_nothing_is_said_of_people():
    found = public(of_month({C[0]: 500}), [], 5)
    assert figures(found) == {DISTRICT: (None, "suppressed")}


@pytest.mark.parametrize(("fairs", "status"), [({C[0]: 2}, "suppressed"), ({}, "none")])
def test_it_does_not_say_that_there_was_no_fair_where_it_counts_one(fairs, status):
    """The weeks' briefings knew of none: it was entered later."""
    earlier = editions([internal({}, week) for week in WEEKS])
    document = of_month(fairs, indicator="jobfairs.fairs_held")
    seekers = [
        it for it in public(document, earlier, 5)["cells"] if it["indicator"] == "jobfairs.seekers"
    ]
    assert [(it["orgunit"], it["status"]) for it in seekers] == [(DISTRICT, status)]


def test_a_level_is_not_added_up():
    earlier = editions([internal({C[0]: 30}, week, indicator=RECORDS) for week in WEEKS])
    month = of_month({}, indicator="relief.orders_open")
    [district] = figures(public(month, earlier, 5), "relief.orders_open")
    assert district == DISTRICT


def test_figures_of_things_are_those_of_the_internal_edition():
    document = of_month({C[0]: 20})
    found = public(document, [], 5)
    of_things = [it for it in document["cells"] if not is_protected(it["indicator"])]
    assert [it for it in found["cells"] if not is_protected(it["indicator"])] == of_things


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (JANUARY, "本月各周（一周属于其星期四所在的月）", "the month of its Thursday"),
        (
            HalfYear(2017, 1),
            "本期各周（一周属于其星期四所在的半年）",
            "the half-year of its Thursday",
        ),
        (Year(2017), "本年度各周（一周属于其星期四所在的年）", "the year of its Thursday"),
    ],
)
def test_readers_read_how_it_is_counted(period, zh, en):
    note = public(of_month({}, period), [], 5)["notes"]["public"]
    assert zh in note["zh"] and en in note["en"]


def test_a_briefing_does_not_read_the_editions_of_longer_periods():
    earlier = briefings({C[0]: 20}, {C[0]: 30})
    month = public(of_month({C[0]: 500}), earlier, 5)
    third = internal({C[0]: 40}, 3)
    assert public(third, [*earlier, month], 5) == public(third, earlier, 5)
    assert Week.parse(third["period"]) in JANUARY.weeks()
