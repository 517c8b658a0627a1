"""The README names only tests that exist."""

import re

from deploy.local.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:unit|integration|end_to_end)/\w+\.py|…)(?:::(\w+))?`", README)


def test_every_row_of_the_guarantees_names_a_test_or_says_that_there_is_none():
    rows = re.findall(r"^\| \d \|.*$", README, re.MULTILINE)
    assert len(rows) == 8
    assert all(".py" in row or "not yet" in row for row in rows)


def test_every_test_that_the_readme_names_exists():
    file = None
    for name, test in NAMED:
        file = file if name == "…" else ROOT / "tests" / name
        assert file.exists(), file
        assert not test or f"def {test}(" in file.read_text(encoding="utf-8"), test
