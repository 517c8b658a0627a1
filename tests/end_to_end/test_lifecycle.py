"""An issue from the timer's draft to its withdrawal, by people with names."""

import json

import pytest

from deploy.local import demo
from deploy.local.waiting import wait_until
from deploy.subscriber.subscriber import Archive
from shared.domain.errors import Conflict, Forbidden, NotFound, ValidationFailed
from shared.platform.subscribers import ARCHIVE, subscriber_queue
from tests.support import plain_amqp

WEEK = "2017-W07"
OFFICE, HEAD, REVIEWER = demo.OFFICE, demo.HEAD, "person:reviewer"
REASON = {"zh": "数据来源有误", "en": "a source was wrong"}


def state(district, **more):
    return district.ask("issue_state", period=WEEK, **more)


def do(district, method, actor, read=False, **given):
    """A command on the issue of the week; with `read`, on the draft that is shown now."""
    digest = {"content_digest": state(district)["content_digest"]} if read else {}
    return district.do("supervision", method, actor=actor, period=WEEK, **digest, **given)


def drafted_by_the_timer(district):
    demo.register_staff(district.rpc, district.week, lambda _: None)
    district.clock.set(district.week.next().cutoff)

    def drafted():
        try:
            return state(district)["drafted_by"] == "service:supervision"
        except NotFound:
            return False

    assert wait_until(drafted, 60)


def received(district, folder):
    """What the archive of a subscriber has of its queue."""
    archive = Archive(folder)
    archive.check()
    with plain_amqp.channel(district.stack.amqp_uri) as channel:
        queue = subscriber_queue(ARCHIVE.name)
        while (message := channel.basic_get(queue, auto_ack=True))[0]:
            archive.save(message[2])
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.is_file()}


def review(district):
    with pytest.raises(Conflict, match="submit it for review"):
        do(district, "approve_briefing", HEAD, read=True)
    edit = {"point": 5, "words": {"zh": "本周未举办义诊"}}
    do(district, "edit_points", OFFICE, read=True, points=[edit])
    with pytest.raises(ValidationFailed, match="五百"):
        wrong = {"point": 5, "words": {"zh": "服务群众五百人次"}}
        do(district, "edit_points", OFFICE, read=True, points=[wrong])
    do(district, "submit_briefing", OFFICE, read=True)
    do(district, "comment_briefing", REVIEWER, part="points", text="第五条请核对")
    with pytest.raises(Conflict, match="not resolved"):
        do(district, "approve_briefing", HEAD, read=True)
    do(district, "resolve_comment", OFFICE, comment=1)
    do(district, "sign_off_briefing", REVIEWER, read=True, part="points")
    with pytest.raises(Forbidden, match="another person"):
        do(district, "approve_briefing", OFFICE, read=True)
    assert do(district, "approve_briefing", HEAD, read=True)["status"] == "approved"


def test_an_issue_is_reviewed_by_people_published_and_taken_back(published, tmp_path):
    district = published
    drafted_by_the_timer(district)
    review(district)
    assert do(district, "publish_briefing", HEAD)["status"] == "published"
    page = district.ask("briefing", period=WEEK, format="text", lang="zh")
    assert "编制：示例甲（办公室干事）" in page and "签发：示例乙（办公室主任）" in page
    assert "本周未举办义诊" in page and "person:" not in page
    assert district.ask("verify", period=WEEK)["equal"]

    assert do(district, "withdraw_briefing", HEAD, reason=REASON)["status"] == "withdrawn"
    assert district.ask("briefing", period=WEEK, format="text", lang="zh") == page
    verdict = district.ask("verify", period=WEEK)
    assert (verdict["equal"], verdict["withdrawn"]) == (True, True)
    notice = f"{WEEK}-r0.withdrawn.json"
    assert wait_until(lambda: notice in received(district, tmp_path), 60)
    files = received(district, tmp_path)
    public = district.ask("briefing", period=WEEK, edition="public")
    assert files[f"{WEEK}-r0.json"] == public
    assert json.loads(files[notice])["public_digest"] == json.loads(public)["digest"]
    assert json.loads(files[notice])["reason"] == REASON

    # Nothing is in force, so that the revision may say the same.
    do(district, "revise_briefing", OFFICE, reason={"zh": "重新印发"})
    do(district, "approve_briefing", HEAD, read=True)
    assert do(district, "publish_briefing", HEAD)["status"] == "published"
    assert (state(district)["revision"], state(district, revision=0)["status"]) == (1, "withdrawn")
    changes = district.ask("revision_changes", period=WEEK, revision=1)
    assert (changes["changes"], changes["changed_parts"]) == ([], [])
    assert district.ask("verify", period=WEEK)["equal"]
