"""The review of a draft: who may submit, comment, sign off and approve, and what it leads to."""

import pytest

from shared.domain.errors import Conflict, Forbidden
from tests.support.in_memory_issues import DRAFTER, SIGNER, SUBMITTER, Issues

REVIEWER = "person:wang.wu"


@pytest.fixture
def issues():
    found = Issues()
    found.drafted()
    return found


def test_who_submits_the_draft_of_the_timer_is_its_preparer(issues):
    issues.register("li.si", "李四", "干事")
    assert issues.masthead()["preparer"] is None
    assert issues.submit()["status"] == "in_review"
    masthead = issues.masthead()
    assert masthead["preparer"] == {"name": {"zh": "李四"}, "office": {"zh": "干事"}}
    assert (masthead["prepared_by"], masthead["submitted_by"]) == (DRAFTER, SUBMITTER)


def test_an_issue_keeps_name_and_office_of_the_day_on_which_a_person_acted(issues):
    issues.register("li.si", "李四", "干事")
    issues.submit()
    changed = {"office": {"zh": "主任"}, "reason": "误"}
    issues.ask("correct_staff", code="li.si", **changed)
    assert issues.masthead()["preparer"]["office"] == {"zh": "干事"}


def test_who_is_not_in_the_register_is_not_named(issues):
    issues.submit()
    issues.approve()
    nobody = {"name": None, "office": None}
    assert [issues.masthead()[name] for name in ("preparer", "signer")] == [nobody, nobody]


def test_who_submitted_an_issue_does_not_approve_it(issues):
    issues.submit()
    with pytest.raises(Forbidden, match="another person"):
        issues.approve(SUBMITTER)
    assert issues.approve()["status"] == "approved"
    assert issues.masthead()["four_eyes"] is True


def test_a_draft_of_the_timer_that_nobody_submitted_is_not_approved(issues):
    with pytest.raises(Conflict, match="has to submit it for review first"):
        issues.approve()


def test_a_draft_that_a_person_made_counts_as_submitted_by_that_person():
    issues = Issues()
    issues.drafted(SUBMITTER)
    with pytest.raises(Forbidden):
        issues.approve(SUBMITTER)
    assert issues.approve()["status"] == "approved"


def test_without_four_eyes_one_person_does_all_and_the_issue_says_so():
    issues = Issues(four_eyes=False)
    issues.drafted()
    assert issues.approve(SUBMITTER)["status"] == "approved"
    assert issues.masthead()["four_eyes"] is False


def test_only_people_take_part_in_a_review(issues):
    with pytest.raises(Forbidden, match="a person submits"):
        issues.submit("service:cron")
    issues.submit()
    for method, given in (
        ("comment_briefing", {"text": "好"}),
        ("resolve_comment", {"comment": 1}),
        ("sign_off_briefing", {"content_digest": issues.digest}),
    ):
        with pytest.raises(Forbidden):
            issues.do(method, actor="service:cron", **given)


def test_a_comment_has_to_be_resolved_before_the_approval(issues):
    issues.submit()
    issues.do("comment_briefing", actor=REVIEWER, part="points", text="第三条请核对")
    with pytest.raises(Conflict, match="not resolved") as caught:
        issues.approve()
    assert caught.value.data["comments"] == [1]
    issues.do("resolve_comment", comment=1)
    assert issues.approve()["status"] == "approved"
    [comment] = issues.state()["comments"]
    assert (comment["part"], comment["text"], comment["author"]["actor"]) == (
        "points",
        "第三条请核对",
        REVIEWER,
    )
    assert comment["resolved_by"]["actor"] == SUBMITTER


def test_a_comment_is_resolved_once(issues):
    issues.submit()
    with pytest.raises(Conflict, match="no such comment"):
        issues.do("resolve_comment", comment=1)
    issues.do("comment_briefing", actor=REVIEWER, text="好")
    issues.do("resolve_comment", comment=1)
    with pytest.raises(Conflict, match="resolved already"):
        issues.do("resolve_comment", comment=1)


def test_reviewers_sign_parts_or_the_whole_off_once_each(issues):
    issues.submit()
    read = {"content_digest": issues.digest}
    issues.do("sign_off_briefing", actor=REVIEWER, part="league", **read)
    issues.do("sign_off_briefing", actor=REVIEWER, **read)
    issues.do("sign_off_briefing", actor=SIGNER, part="league", **read)
    with pytest.raises(Conflict, match="signed off already"):
        issues.do("sign_off_briefing", actor=REVIEWER, part="league", **read)
    with pytest.raises(Forbidden):
        issues.do("sign_off_briefing", actor=SUBMITTER, **read)
    signed = [(it["part"], it["by"]["actor"]) for it in issues.state()["sign_offs"]]
    assert signed == [("league", REVIEWER), (None, REVIEWER), ("league", SIGNER)]


def test_what_was_not_read_is_neither_submitted_nor_signed_off(issues):
    other = {"content_digest": "f" * 64}
    with pytest.raises(Conflict, match="changed since you read it"):
        issues.do("submit_briefing", **other)
    issues.submit()
    with pytest.raises(Conflict, match="changed since you read it"):
        issues.do("sign_off_briefing", actor=REVIEWER, **other)


def test_a_new_draft_has_to_be_reviewed_again_and_keeps_the_comments(issues):
    issues.submit()
    issues.do("comment_briefing", actor=REVIEWER, text="好")
    issues.do("sign_off_briefing", actor=REVIEWER, content_digest=issues.digest)
    issues.drafted()
    state = issues.state()
    assert (state["status"], state["submitted_by"], state["sign_offs"]) == ("draft", None, [])
    assert len(state["comments"]) == 1
    issues.submit()
    with pytest.raises(Conflict, match="not resolved"):
        issues.approve()


def test_what_is_said_in_a_review_is_in_no_event(issues):
    issues.submit()
    issues.do("comment_briefing", actor=REVIEWER, text="悄悄话")
    submitted, reviewed = issues.events(issues.stored()["_id"])[-2:]
    assert [it["type"].rsplit(".", 1)[1] for it in (submitted, reviewed)] == [
        "submitted",
        "reviewed",
    ]
    counts = {"comments_made": 1, "comments_unresolved": 1, "sign_offs_given": 0}
    assert counts.items() <= reviewed["data"].items()
    assert "悄悄话" not in str(reviewed)


def test_a_draft_in_review_is_discarded_with_all_that_was_said(issues):
    issues.submit()
    issues.do("comment_briefing", actor=REVIEWER, text="好")
    issues.do("discard_briefing", reason="误")
    issues.drafted()
    assert issues.state()["comments"] == []
