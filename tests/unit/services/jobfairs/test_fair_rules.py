"""A fair's figures: vacancies from postings with their qualifier, and warnings."""

from decimal import Decimal

import pytest

from services.jobfairs.rules import figures, warnings
from shared.contracts.events.jobfairs import FAIR_WARNINGS
from shared.domain.quantities import Quantity, exact, not_stated

THREE_NAMED = ["甲", "乙", "丙"]


def amount(value, qualifier, unit="vacancy"):
    return Quantity(Decimal(value), qualifier, unit)


def postings(*openings):
    return [{"employer": "甲", "job": "焊工", "openings": it.to_json()} for it in openings]


def vacancies(stated, *openings):
    reported = {} if stated is None else {"vacancies": stated.to_json()}
    return Quantity.from_json(figures(reported, postings(*openings))["vacancies"])


@pytest.mark.parametrize(
    "openings, expected",
    [
        ([exact(10, "vacancy"), exact(5, "vacancy")], exact(15, "vacancy")),
        ([exact(10, "vacancy"), amount(20, "over")], amount(30, "over")),
        ([exact(10, "vacancy"), amount(20, "at_most")], amount(30, "about")),
        ([amount(10, "over"), amount(20, "about")], amount(30, "about")),
        ([not_stated("vacancy"), not_stated("vacancy")], not_stated("vacancy")),
        ([exact(10, "vacancy"), not_stated("vacancy")], exact(10, "vacancy")),
        ([], not_stated("vacancy")),
    ],
)
def test_vacancies_that_nobody_stated_are_the_sum_of_the_postings(openings, expected):
    assert vacancies(None, *openings) == expected
    # Reporting that a figure is not known is the same as not reporting it.
    assert vacancies(not_stated("vacancy"), *openings) == expected


def test_stated_vacancies_are_kept_beside_the_postings():
    stated = Quantity(Decimal(1000), "over", "vacancy", "1000多个")
    assert vacancies(stated, exact(10, "vacancy")) == stated
    assert vacancies(exact(0, "vacancy"), exact(10, "vacancy")) == exact(0, "vacancy")


PLAUSIBLE = {
    "employers": amount(30, "over", "employer"),
    "vacancies": exact(100, "vacancy"),
    "seekers": exact(500, "person"),
    "intents": exact(200, "person"),
}


@pytest.mark.parametrize(
    "change, expected",
    [
        ({}, []),
        ({"employers": exact(2, "employer")}, ["more_named_than_stated"]),
        ({"employers": exact(3, "employer")}, []),
        ({"employers": amount(2, "at_most", "employer")}, ["more_named_than_stated"]),
        # An open figure has no ceiling, an unknown one neither.
        ({"employers": amount(2, "over", "employer")}, []),
        ({"employers": not_stated("employer")}, []),
        ({"vacancies": exact(59, "vacancy")}, ["postings_exceed_vacancies"]),
        # The postings offer more than 60: exactly 60 can't be.
        ({"vacancies": exact(60, "vacancy")}, ["postings_exceed_vacancies"]),
        ({"vacancies": exact(61, "vacancy")}, []),
        ({"vacancies": amount(50, "about")}, []),
        ({"vacancies": not_stated("vacancy")}, []),
        ({"seekers": exact(199, "person")}, ["more_intents_than_seekers"]),
        ({"seekers": exact(200, "person")}, []),
        ({"seekers": not_stated("person")}, []),
        ({"intents": not_stated("person"), "seekers": exact(0, "person")}, []),
        (
            {
                "employers": exact(1, "employer"),
                "vacancies": exact(1, "vacancy"),
                "seekers": exact(1, "person"),
            },
            ["more_named_than_stated", "postings_exceed_vacancies", "more_intents_than_seekers"],
        ),
    ],
)
def test_an_implausible_figure_causes_a_warning(change, expected):
    stated = {name: value.to_json() for name, value in (PLAUSIBLE | change).items()}
    offered = postings(exact(40, "vacancy"), amount(20, "over"))
    assert warnings(figures(stated, offered), THREE_NAMED, offered) == expected
    assert set(expected) <= FAIR_WARNINGS.keys()


def test_a_sum_of_postings_never_exceeds_itself():
    for qualifier in ("exact", "over", "about", "at_most"):
        offered = postings(amount(20, qualifier), amount(30, qualifier))
        assert warnings(figures({}, offered), [], offered) == []
    assert warnings(figures({}, []), [], []) == []
