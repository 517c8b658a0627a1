"""What `./warm briefing status` prints."""

from deploy.local import issue_state
from tests.support import golden

STATE = golden.example("rpc", "supervision.issue_state")["result"]
ZHANG = {
    "actor": "person:zhang.san",
    "name": {"zh": "张三", "en": "Zhang San"},
    "office": {"zh": "主任"},
}
REASON = {"zh": "数据来源有误", "en": "a source was wrong"}


def printed(**changes):
    return "\n".join(issue_state.lines(STATE | changes))


def test_people_are_named_and_who_is_not_registered_is_said_to_be_so():
    page = printed(submitted_by=ZHANG)
    assert "张三 Zhang San, 主任 (person:zhang.san)" in page
    assert "person:li.si (人员名册未登记 not registered)" in page


def test_comments_sign_offs_and_edits_are_printed():
    page = printed()
    assert STATE["comments"][0]["text"] in page and "resolved by" in page
    assert "排名 ranking" in page
    assert STATE["edited_points"][0]["by_rules"]["zh"] in page


def test_a_withdrawn_issue_says_who_took_it_back_why_and_what_stands_in_its_place():
    at, urn = "2017-02-20T10:00:00+08:00", "urn:warm:briefing:2017-W06:r1"
    withdrawal = {"reason": REASON, "successor": urn, "by": ZHANG, "at": at}
    page = printed(status="withdrawn", withdrawal=withdrawal)
    for part in ("已撤回 WITHDRAWN", "张三", "a source was wrong", urn):
        assert part in page
    assert "WITHDRAWN" not in printed()
