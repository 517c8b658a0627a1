"""A published issue is taken back: by whom, what is said of it, and what is in force then."""

import hashlib
import json

import pytest

from deploy.subscriber.subscriber import checked_notice
from services.supervision.documents import Briefing
from services.supervision.indicators import PRESENT
from services.supervision.workflow.draft_schedule import drafted_periods, open_drafts
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.support.in_memory_issues import REASON, SIGNER, WEEK, Issues

R0, R1, R2 = (f"urn:warm:briefing:2017-W06:r{revision}" for revision in range(3))


@pytest.fixture
def issues():
    found = Issues()
    found.published()
    return found


def in_force(issues):
    found = issues._issues.in_force(WEEK)
    return found and found.urn


def test_a_person_takes_an_issue_back_and_says_why(issues):
    issues.register("zhang.san", "张三", "主任")
    document = issues.stored()["document"]
    assert issues.withdraw()["status"] == "withdrawn"
    state = issues.state()
    assert (state["status"], state["withdrawal"]["reason"]) == ("withdrawn", REASON)
    assert state["withdrawal"]["by"]["name"] == {"zh": "张三"}
    assert issues.do("briefing") == document == issues.stored()["document"]


def test_the_notice_that_subscribers_get_is_signed(issues):
    issues.withdraw()
    data = issues.events(issues.stored()["_id"])[-1]["data"]
    name, notice, digests = checked_notice(data)
    stored = issues.stored()
    assert (name, digests) == ("2017-W06-r0", {stored["digest"], stored["public"]["digest"]})
    hexadecimal = hashlib.sha256(notice).hexdigest().encode()
    assert issues.signer.verifies(data["signature"], hexadecimal)
    assert json.loads(notice)["withdrawn_by"] == {"name": None, "office": None}
    assert SIGNER not in json.dumps(data)


def test_only_a_person_withdraws_and_only_what_is_published(issues):
    with pytest.raises(Forbidden, match="a person withdraws"):
        issues.withdraw("service:cron")
    issues.drafted(revision=1)
    with pytest.raises(Conflict, match="possible_from"):
        issues.withdraw(revision=1)
    with pytest.raises(NotFound):
        issues.withdraw(revision=7)
    # The last one that was published.
    assert issues.withdraw()["id"] == "briefing:2017-W06:r0"
    with pytest.raises(Conflict, match="possible_from"):
        issues.withdraw()


@pytest.mark.parametrize("successor", [R0, R2, "urn:warm:briefing:2017-W53:r0"])
def test_a_successor_is_another_issue_that_is_in_force(issues, successor):
    issues.published(revision=1)
    with pytest.raises(ValidationFailed, match="another issue that is published"):
        issues.withdraw(revision=0, successor=successor)
    issues.withdraw(revision=1)
    with pytest.raises(ValidationFailed, match="not withdrawn"):
        issues.withdraw(revision=0, successor=R1)


def test_the_next_week_is_compared_with_the_issue_in_force(issues):
    assert in_force(issues) == R0
    issues.published(revision=1)
    issues.published(revision=2)
    assert in_force(issues) == R2
    issues.withdraw(revision=2, successor=R1)
    assert in_force(issues) == R1
    issues.withdraw(revision=1)
    assert in_force(issues) is None


def test_a_withdrawn_week_is_not_drafted_again_by_the_timer(issues):
    issues.withdraw()
    assert drafted_periods(issues.repository) == {WEEK}
    assert open_drafts(issues.repository, PRESENT) == []
    with pytest.raises(Conflict, match="revise it"):
        issues._lifecycle._open_revision(WEEK)


def test_a_withdrawn_issue_comes_back_from_its_events(issues):
    issues.withdraw()
    identity = issues.stored()["_id"]
    again = Briefing(id=identity)
    again.restore(issues.events(identity))
    assert (again.status, again.notice["reason"]) == ("withdrawn", REASON)
    assert again.document == issues.stored()["document"]
    assert again.state() == issues.events(identity)[-1]["data"]
