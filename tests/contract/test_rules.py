"""Released issues stay what they are: their rules don't change, other words have another name."""

import json

import pytest

from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import DECLARED, EVER
from services.supervision.indicators.declare import VERSIONS
from services.supervision.indicators.rules import OTHER_RULES
from tests.contract import released

RELEASED = json.loads(released.RECORD.read_text("utf-8"))


@pytest.mark.parametrize("version", RELEASED["rules"])
def test_the_indicators_of_released_rules_are_what_they_were(version):
    assert released.rules()[version] == RELEASED["rules"][version], (
        f"rules {version} were released: declare the change for a later version"
    )


def test_the_words_of_a_released_renderer_are_what_they_were():
    last = RELEASED["renderer"]
    assert released.words() == last["words"] or last["version"] != RENDERER, (
        "issues were published in other words: raise RENDERER in forms/renderer.py"
    )


def test_unit_fold_and_kind_of_an_indicator_are_the_same_in_all_versions():
    for item in DECLARED:
        last = EVER[item.code]
        kinds = [(it.unit, it.fold, it.since is None, it.recorded) for it in (item, last)]
        assert kinds[0] == kinds[1], item.code


def test_declarations_of_one_indicator_follow_each_other_without_a_gap():
    for code in EVER:
        of_code = [item for item in DECLARED if item.code == code]
        assert [it.until for it in of_code[:-1]] == [it.first for it in of_code[1:]], code
        assert of_code[-1].until is None or of_code[-1].until in VERSIONS


def test_other_rules_begin_with_a_version():
    assert {version for version, *_ in OTHER_RULES.values()} <= set(VERSIONS)
