"""Every row of the table of problems is run by a test."""

import ast

import pytest

from deploy.local.places import ROOT
from shared.contracts.problems import PROBLEMS


def marked():
    """The codes that tests are marked with."""
    for path in ROOT.glob("tests/**/test_*.py"):
        for item in ast.walk(ast.parse(path.read_text("utf-8"))):
            for mark in getattr(item, "decorator_list", ()):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.problem":
                    yield from (argument.value for argument in mark.args)


TESTED = set(marked())


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_is_shown_and_ended_by_a_test(code):
    assert code in TESTED


def test_only_declared_problems_are_tested():
    assert PROBLEMS.keys() >= TESTED
