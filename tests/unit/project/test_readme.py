"""The READMEs name only tests that exist, and say the same in both languages."""

import re

import pytest

from deploy.local.places import ROOT
from shared.platform.topology import SERVICES
from tests.support.methods import METHODS

READMES = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")
}


def named(readme):
    return re.findall(
        r"`((?:unit|integration|end_to_end|chaos|mutations)/\w+\.py|…)(?:::(\w+))?`",
        READMES[readme],
    )


def rows(readme):
    return re.findall(r"^\| \d \|.*$", READMES[readme], re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_every_row_of_the_guarantees_names_a_test(readme):
    assert len(rows(readme)) == 8
    assert all(".py" in row for row in rows(readme))


@pytest.mark.parametrize("readme", READMES)
def test_every_test_that_the_readme_names_exists(readme):
    file = None
    for name, test in named(readme):
        file = file if name == "…" else ROOT / "tests" / name
        assert file.exists(), file
        assert not test or f"def {test}(" in file.read_text(encoding="utf-8"), test


def test_both_languages_have_the_same_commands_tests_and_links():
    english, chinese = READMES.values()
    assert named("README.md") == named("README.zh.md")
    for pattern in (r"^\./warm [^#\n]*?(?= *(?:#|$))", r"\]\(((?!README)[^)]+)\)"):
        found = [
            sorted(set(re.findall(pattern, text, re.MULTILINE))) for text in (english, chinese)
        ]
        assert found[0] == found[1]


@pytest.mark.parametrize("readme", READMES)
def test_every_link_leads_to_a_file(readme):
    for target in re.findall(r"\]\(([^)#]+)\)", READMES[readme]):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("service", SERVICES)
def test_the_readme_of_a_service_names_every_method(service):
    """Supervision's own work has a page of its own; what all services have stands once."""
    pages = [*(ROOT / "services" / service).rglob("README.md"), ROOT / "services" / "README.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    methods = {name for owner, name, _ in METHODS if owner == service}
    assert {name for name in methods if f"`{name}`" not in text} == set()
