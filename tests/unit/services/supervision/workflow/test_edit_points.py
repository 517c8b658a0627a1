"""Main points of a draft are put in other words: by whom, and what it leads to."""

import json

import pytest

from services.supervision.briefing.edited_points import content_digest, with_edits
from shared.domain.errors import Conflict, Forbidden, ValidationFailed
from tests.support.in_memory_issues import DRAFT, POINT, SIGNER, SUBMITTER, Issues

WORDS = {"zh": "八家村义诊服务500多人次"}
EDITOR = "person:wang.wu"


@pytest.fixture
def issues():
    found = Issues()
    found.drafted(content_digest=content_digest(DRAFT, []))
    return found


def edit(issues, words=WORDS, point=2, actor=EDITOR, digest=None):
    read = digest or issues.digest
    points = [{"point": point, "words": words}]
    return issues.do("edit_points", actor=actor, content_digest=read, points=points)


def headlines(issues):
    return [point["zh"] for point in issues.draft_of()["headlines"]]


def test_the_words_are_others_and_who_edited_them_is_recorded(issues):
    issues.register("wang.wu", "王五", "干事")
    assert edit(issues)["status"] == "draft"
    assert headlines(issues) == [POINT["zh"], WORDS["zh"]]
    assert issues.draft_of()["headlines"][1]["en"] == POINT["en"]
    [edited] = issues.state()["edited_points"]
    assert (edited["point"], edited["by_rules"]["zh"]) == (2, POINT["zh"])
    assert (edited["edited_by"]["actor"], edited["edited_by"]["name"]) == (EDITOR, {"zh": "王五"})


def test_edited_words_are_part_of_what_is_approved(issues):
    before = issues.digest
    edit(issues)
    assert issues.digest != before
    with pytest.raises(Conflict, match="changed since you read it"):
        issues.do("approve_briefing", actor=SIGNER, content_digest=before)
    assert issues.draft_of()["content_digest"] == issues.digest


def test_a_number_that_is_no_figure_of_the_sentence_is_refused(issues):
    for words in ({"zh": "服务500人次"}, {"en": "nearly 500 person-times"}, {"zh": "五百"}):
        with pytest.raises(ValidationFailed, match="Must be words"):
            edit(issues, words)
    with pytest.raises(ValidationFailed, match="number of a main point"):
        edit(issues, point=3)
    assert headlines(issues) == [POINT["zh"]] * 2


def test_the_sentence_of_the_rules_takes_an_edit_back(issues):
    before = issues.digest
    edit(issues)
    edit(issues, {"zh": POINT["zh"]})
    assert (headlines(issues), issues.digest) == ([POINT["zh"]] * 2, before)
    assert issues.state()["edited_points"] == []


def test_an_edit_has_to_be_reviewed(issues):
    issues.submit()
    edit(issues)
    state = issues.state()
    assert (state["status"], state["submitted_by"]) == ("draft", None)
    with pytest.raises(Forbidden):
        issues.approve(EDITOR)
    issues.submit(SUBMITTER)
    assert issues.approve(EDITOR)["status"] == "approved"


def test_only_a_person_edits_what_was_read(issues):
    with pytest.raises(Forbidden, match="a person edits"):
        edit(issues, actor="service:cron")
    with pytest.raises(Conflict, match="changed since you read it"):
        edit(issues, digest="f" * 64)


def test_an_edit_stays_while_the_rules_make_the_same_sentence(issues):
    edit(issues)
    edits = issues.draft_of()["edited_points"]
    assert with_edits(DRAFT, edits)["headlines"][1]["zh"] == WORDS["zh"]
    other = DRAFT | {"headlines": [POINT, POINT | {"zh": "接诊人次：600多人次"}]}
    made = with_edits(other, edits)
    assert made["headlines"] == other["headlines"]
    assert (made["edited_points"], made["content_digest"]) == ([], content_digest(other, []))


def test_in_a_revision_the_edited_points_are_among_the_parts_that_changed():
    issues = Issues()
    issues.published(content_digest=content_digest(DRAFT, []))
    issues.drafted(revision=1, content_digest=content_digest(DRAFT, []), changed_parts=[])
    edit(issues)
    drafted = json.loads(issues.stored(1)["drafted"])
    assert drafted["changed_parts"] == ["headlines"]
