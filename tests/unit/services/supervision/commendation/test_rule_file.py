"""A file of commendation rules is read as it is written, or refused with the place of each
mistake."""

import pytest
import yaml

from services.supervision.commendation.released import (
    FOLDER,
    in_order,
    read_rules,
    rules_for,
    rules_of,
    versions,
)
from shared.domain.canonical import sha256
from shared.domain.errors import ValidationFailed
from tests.unit.services.supervision.commendation.test_nominate import (
    ACTIVITIES,
    HOURS,
    category,
    content,
)

# Rules that are in force never change: a change is a new version.
RELEASED = {"2017-1": "ce6d1981c76c7002a65903ae281a16c45233c2a81d3b32d741cbfdbb65b339a9"}


def errors(*categories, **changes):
    text = yaml.safe_dump(content(*categories) | changes, allow_unicode=True)
    with pytest.raises(ValidationFailed) as caught:
        read_rules(text)
    return caught.value.data


@pytest.mark.parametrize("version", versions())
def test_released_rules_are_what_they_were(version):
    assert sha256(rules_of(version).content) == RELEASED[version]


def test_the_example_says_that_nobody_has_adopted_it():
    example = rules_of("2017-1").content
    assert example["standing"] == "example"
    assert "示例" in example["note"]["zh"] and "examples" in example["note"]["en"]
    assert "AN EXAMPLE" in (FOLDER / "2017-1.yaml").read_text(encoding="utf-8").split("\n\n")[0]


def test_a_year_has_the_last_rules_of_it_or_of_an_earlier_one():
    assert rules_for(2017).version == rules_for(2031).version == "2017-1"
    with pytest.raises(ValidationFailed) as caught:
        rules_for(2016)
    assert caught.value.data == {"year": ["Must be a year with rules, such as 2017."]}
    assert sorted(["2017-10", "2018-1", "2017-2"], key=in_order)[1] == "2017-10"


def test_what_is_no_yaml_is_refused():
    with pytest.raises(ValidationFailed) as caught:
        read_rules("categories: [")
    assert caught.value.data.keys() == {"rules"}


WRONG = {
    "another_indicator_for_volunteers": (
        category("volunteer", ACTIVITIES),
        {"rule": {"indicator": [f"Must be one of: {HOURS}, such as {HOURS}."]}},
    ),
    "a_rule_for_departments": (
        category("department", ACTIVITIES),
        {"rule": {"indicator": ["Must be left out: nothing is counted for a department."]}},
    ),
    "fewer_nominated_than_chosen": (
        category("volunteer", HOURS, best=1),
        {"rule": {"best": ["Must be at least `most`, such as 2."]}},
    ),
    "more_of_a_unit_than_of_all": (
        category("team", most_of_unit=3),
        {"most_of_unit": ["Must be at most `most`, such as 2."]},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_together_is_refused_at_its_place(name):
    wrong, found = WRONG[name]
    assert errors(category("community"), wrong) == {"categories": {1: found}}


@pytest.mark.parametrize("indicator", ["volunteering.teams", "relief.days_to_deliver_median"])
def test_a_level_and_a_median_nominate_no_unit(indicator):
    [problem] = errors(category("community", indicator))["categories"][0]["rule"]["indicator"]
    assert problem.startswith("Must be an indicator that is added up over the year")


def test_two_categories_with_one_code_are_both_named():
    found = errors(category("team"), category("team"))["categories"]
    assert found == {n: {"code": ["Must be a code that no other category has."]} for n in (0, 1)}


@pytest.mark.parametrize(
    ("change", "place"),
    [({"most": 0}, "most"), ({"kind": "person"}, "kind"), ({"more": 1}, "more")],
)
def test_a_wrong_field_is_named(change, place):
    assert errors(category("team") | change)["categories"][0].keys() == {place}
