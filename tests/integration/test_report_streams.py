"""Which edition is in which stream, and the step that an operator takes at an upgrade."""

import json
from itertools import islice

import pytest

from deploy.local.waiting import wait_until
from shared.platform import topology
from tests.support import plain_amqp
from tests.support.running import SECONDS

WEEK = "2017-W06"
FIRST = {"x-stream-offset": "first"}


@pytest.fixture(scope="module")
def published(started):
    """The week's issue."""
    started.issue(WEEK)
    return started


def read(uri, stream, count):
    """The first messages of a stream, as events."""
    with plain_amqp.channel(uri) as channel:
        channel.basic_qos(prefetch_count=10)
        messages = channel.consume(stream, arguments=FIRST, inactivity_timeout=SECONDS)
        return [json.loads(body) for _, _, body in islice(messages, count)]


def editions(events):
    """(version of the event, edition of its document)"""
    return [
        (
            event["dataschema"].removeprefix("urn:warm:supervision.briefing."),
            json.loads(event["data"]["document"]).get("edition", "internal"),
        )
        for event in events
    ]


def test_each_stream_has_its_edition(published, running):
    archive = running.stack.amqp_uri_of("archive")
    assert editions(read(archive, "reports", 2)) == [
        ("published:1", "public"),
        ("published:2", "public"),
    ]
    reader = running.stack.amqp_uri_of("reader")
    assert editions(read(reader, "reports.internal", 1)) == [("published_internal:1", "internal")]
    # A stream tells its length a little later.
    for stream, count in (("reports", 2), ("reports.internal", 1)):
        assert wait_until(lambda it=stream, n=count: running.depth(it) == n, SECONDS)


def test_a_small_notice_goes_before_each_issue(published, running):
    """And in no stream of reports, where subscribers expect documents."""
    running.settled()
    with running.service_db("supervision") as database:
        sent = [json.loads(it["event"]) for it in database["log"].find({}, sort=[("_id", 1)])]
    sent = [it for it in sent if "issue" in it["data"]]
    verbs = ["announced", "published_internal", "published", "published"]
    assert [it["type"].rsplit(".", 1)[1] for it in sent] == verbs
    notice, _, _, issue = (it["data"] for it in sent)
    assert notice.items() <= (issue | {"urn": issue["manifest"]["urn"]}).items()


def test_a_stream_that_was_removed_is_declared_again_empty_and_takes_what_comes(published, running):
    """As docs/operations.md says: what was published before there were editions is gone then."""
    running.stack.broker_control("delete_queue", "reports")
    topology.apply(running.stack.amqp_uri)
    assert running.depth("reports") == 0
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.basic_publish("supervision.events", "briefing.published", b"{}")
    assert wait_until(lambda: running.depth("reports") == 1, SECONDS)
