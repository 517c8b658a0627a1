"""docs/testing.md says what the runner knows: budgets of suites, and parts of the long run."""

import re

from deploy.local import testing
from deploy.local.places import ROOT
from tests.mutations.mutations import MUTATIONS

PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def test_the_budgets_are_those_of_the_page():
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)
    assert {suite: int(budget) for suite, budget in rows} == testing.BUDGETS


def test_every_suite_has_a_budget_and_all_are_within_the_whole():
    assert set(testing.suites()) == testing.BUDGETS.keys() - {"lint"}
    assert sum(testing.BUDGETS.values()) <= testing.TOTAL


def test_every_part_of_the_long_run_is_on_the_page():
    missing = [part.name for part in testing.PARTS if f"`{part.name}`" not in PAGE]
    assert missing == []


def test_mutations_are_noticed_by_tests_of_the_default_run():
    for mutation in MUTATIONS:
        file, name = mutation.killed_by
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "pytestmark = pytest.mark.long" not in text
        if name:
            decorators = text[: text.index(f"def {name}(")].rsplit("\n\n\n", 1)[-1]
            assert "@pytest.mark.long\n" not in decorators
