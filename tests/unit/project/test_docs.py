"""The pages in docs: links lead somewhere, paths and commands exist, the index is complete."""

import re

import pytest

from deploy.catalogue.markdown import anchor
from deploy.local.places import ROOT
from tests.support import doc_pages as pages

# The changelog speaks of what was, too.
PRESENT = [name for name in pages.names() if name != "CHANGELOG.md"]
DECISIONS = [name for name in pages.names() if name.startswith("docs/decisions/")]
INDEX = "docs/README.md"


@pytest.mark.parametrize("name", pages.names())
def test_every_link_leads_somewhere(name):
    for target in pages.links(name):
        page, place = pages.page_of(target, name)
        assert (ROOT / page).exists(), target
        if place:
            headings = re.findall(r"^#+ (.+)$", pages.prose(page), re.MULTILINE)
            assert place in map(anchor, headings), target


@pytest.mark.parametrize("name", PRESENT)
def test_every_path_exists(name):
    missing = [path for path in pages.paths(pages.text(name)) if not pages.exists(path)]
    assert missing == []


@pytest.mark.parametrize("name", PRESENT)
def test_every_command_exists(name):
    found = {" ".join(it): pages.problem(it) for it in pages.commands(pages.text(name))}
    assert {command: problem for command, problem in found.items() if problem} == {}


@pytest.mark.parametrize("name", PRESENT)
def test_every_example_in_python_can_be_read(name):
    for language, code, _ in pages.blocks(pages.text(name)):
        if language == "python":
            compile(code, name, "exec")


def test_wrong_paths_and_commands_would_be_found():
    assert not pages.exists("shared/domain/nothing.py")
    assert not pages.exists("services/<name>/nothing.py")
    assert list(pages.paths("`unit/nothing.py`")) == ["tests/unit/nothing.py"]
    for words in (["dmo"], ["briefing", "shaw"], ["down", "--stak", "demo"], ["test", "uni"]):
        assert pages.problem(words)
    assert pages.problem(["test", "long", "nothing"])


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_a_question_with_an_answer_a_status_and_a_date(name):
    title, status, answer, *_ = pages.text(name).split("\n\n")
    number = int(re.search(r"/(\d{4})-", name)[1])
    assert re.fullmatch(rf"# {number}\. .+\?", title)
    assert re.match(r"Status: (accepted|replaced|open)\. Date: 20\d\d-\d\d-\d\d\.", status)
    assert answer.startswith("**Answer.** ")


@pytest.mark.parametrize("name", DECISIONS)
def test_the_index_has_every_decision_with_its_question_and_date(name):
    title, status, *_ = pages.text(name).split("\n\n")
    question, date = title.split(". ", 1)[1], re.search(r"Date: ([\d-]+)", status)[1]
    row = f"[{question}]({name.removeprefix('docs/')}) | {date} |"
    assert row in pages.text(INDEX)


def test_the_index_leads_to_every_page():
    linked = {pages.page_of(target, INDEX)[0] for target in pages.links(INDEX)}
    written = {name for name in pages.names() if name.startswith("docs/")} - {INDEX}
    assert written - linked == set()


def test_no_page_of_the_architecture_is_longer_than_one_sheet():
    assert len(pages.text("docs/architecture.md").splitlines()) < 150
