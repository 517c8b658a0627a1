"""What the office knows of an issue at a subscriber, on a real broker, from its publication to its
receipt; and one issue sent again to one subscriber."""

import json
import subprocess
import sys
import uuid
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from shared.domain.errors import NotFound
from shared.platform.topology import SERVICES
from tests.support import plain_amqp
from tests.support.running import SECONDS
from tests.support.stack import stack_name

WEEK, PUBLISHED = "2017-W06", "supervision.briefing.published"
QUEUE, KEPT, RECEIPTS = "sub.archive.reports", "sub.archive.undelivered", "supervision.receipts"
SUBSCRIBER = ROOT / "deploy" / "subscriber" / "subscriber.py"


@pytest.fixture(scope="module")
def published(started):
    """The week's issue."""
    started.issue(WEEK)
    return started


@pytest.fixture
def issue(published, running):
    """Alone in the subscriber's queue, sent just now, with nothing said of it."""
    running.pass_time(minutes=1)
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        for queue in (QUEUE, KEPT, RECEIPTS):
            channel.queue_purge(queue)
    sent_again(running)
    running.pass_time(minutes=1)
    return running


def sent_again(running, **more):
    return running.do("supervision", "send_again", period=WEEK, subscriber="archive", **more)


def row(running, week=WEEK):
    (found,) = running.ask("supervision", "receipts", period=week)["subscribers"]
    return found


def state(running):
    return row(running)["state"]


@contextmanager
def as_archive(running):
    """A channel of the subscriber, with its permissions alone."""
    with plain_amqp.channel(running.stack.amqp_uri_of("archive")) as channel:
        yield channel


def take(channel):
    found = []

    def there():
        found[:] = channel.basic_get(QUEUE)
        return found[0] is not None

    assert wait_until(there, SECONDS, every=0.01)
    return found


# Of an issue: as long as two versions of its event are published.
VERSIONS = 2


def take_all(channel):
    """The messages of the issue, each with its tag."""
    return [take(channel) for _ in range(VERSIONS)]


def acknowledge_all(running):
    with as_archive(running) as channel:
        for method, _, _ in take_all(channel):
            channel.basic_ack(method.delivery_tag)


def say(running, body, name="archive"):
    with as_archive(running) as channel:
        channel.confirm_delivery()
        channel.basic_publish(RECEIPTS, name, body, mandatory=True)


def receipt(running, outcome="accepted", **changes):
    """As the subscriber would send it for the issue."""
    document = json.loads(public(running))
    with running.service_db("supervision") as database:
        known = database["sent_issues"].find_one({"period": WEEK})
    (event, *_) = (it["id"] for it in known["events"] if it["type"] == PUBLISHED)
    given = {"event": event, "digest": document["digest"], "outcome": outcome}
    return json.dumps(given | changes).encode()


def public(running):
    return running.ask("supervision", "briefing", period=WEEK, edition="public")


def archive(running, out, count):
    """The example subscriber until it has `count` new briefings."""
    options = ["--queue", QUEUE, "--out", str(out), "--receipts", "--count", str(count)]
    uri = running.stack.amqp_uri_of("archive")
    return subprocess.run(
        [sys.executable, str(SUBSCRIBER), "--uri", uri, *options, "--timeout", "3"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_issue_waits_from_its_publication_on(published, running):
    found = running.ask("supervision", "receipts", period=WEEK)
    (of_archive,) = found["subscribers"]
    assert (found["notice"], found["sent"]) == ("published", of_archive["since"])
    assert (of_archive["state"], of_archive["late"]) == ("waiting", False)
    counts = of_archive["queue"]
    # Published at least once.
    assert counts.pop("waiting") >= 1
    assert counts == {"oldest": found["sent"], "consumers": 0, "undelivered": 0}
    assert of_archive["last_acknowledged"] is None


def test_taken_and_not_acknowledged_isnt_acknowledged(issue):
    """The broker doesn't say which: neither do we."""
    with as_archive(issue) as channel:
        take_all(channel)
        assert state(issue) == "left"
    # Its connection is closed: the message is in the queue again.
    assert wait_until(lambda: state(issue) == "waiting", SECONDS)
    acknowledge_all(issue)
    assert state(issue) == "left"


def test_asking_takes_nothing_and_counts_as_no_delivery(issue):
    for _ in range(5):
        assert state(issue) == "waiting"
    with as_archive(issue) as channel:
        _, properties, _ = take(channel)
    assert properties.headers.get("x-delivery-count", 0) == 0


def test_the_example_subscriber_sends_a_receipt_when_the_issue_is_on_disk(issue, tmp_path):
    done = archive(issue, tmp_path, count=1)
    assert done.returncode == 0, done.stdout + done.stderr
    found = row(issue)
    assert (found["state"], found["reason"]) == ("acknowledged", None)
    assert found["last_acknowledged"] == {"period": WEEK, "revision": 0, "at": found["since"]}
    assert (tmp_path / f"{WEEK}-r0.json").read_text("utf-8") == public(issue)
    # Sent again it is the same event, so it is taken once, and acknowledged once more.
    issue.pass_time(minutes=1)
    sent_again(issue)
    assert state(issue) == "waiting"
    assert "already have it" in archive(issue, tmp_path, count=1).stdout
    assert row(issue)["since"] > found["since"]
    assert len(list(tmp_path.glob("*.json"))) == 1


def all_arrived(running):
    """A stream tells its length a little later than it has a message."""
    logged = sum(running.health(name)["log_last"] for name in SERVICES)
    return running.depth("warm.log") >= logged and running.depth("reports") >= VERSIONS


def test_sent_again_is_the_event_as_it_was_published_to_one_queue_alone(issue):
    assert wait_until(lambda: all_arrived(issue), SECONDS)
    before = {queue: issue.depth(queue) for queue in ("warm.log", "reports")}
    command = {"command_id": str(uuid.uuid4())}
    assert sent_again(issue, **command) == sent_again(issue, **command) == {"messages": VERSIONS}
    issue.settled()
    assert {queue: issue.depth(queue) for queue in before} == before
    with as_archive(issue) as channel:
        (_, first, body), _, (method, again, copy), _ = (*take_all(channel), *take_all(channel))
        assert channel.basic_get(QUEUE)[0] is None
    with issue.service_db("supervision") as database:
        logged = database["log"].find_one({"id": again.message_id})
    assert copy == body == logged["event"].encode()
    assert (method.routing_key, again.type) == (
        "briefing.published",
        "supervision.briefing.published",
    )
    names = ("message_id", "type", "app_id", "content_type", "content_encoding", "timestamp")
    assert [getattr(again, name) for name in names] == [getattr(first, name) for name in names]
    newest = issue.ask("supervision", "dead_letter_audit", limit=10)[0]
    wanted = {"action": "replay", "queue": QUEUE, "period": WEEK, "revision": 0} | {
        "messages": VERSIONS
    }
    assert wanted.items() <= newest.items()


def test_a_rejected_issue_is_refused_until_it_is_returned(issue):
    with as_archive(issue) as channel:
        for method, _, _ in take_all(channel):
            channel.basic_reject(method.delivery_tag, requeue=False)
        assert wait_until(lambda: issue.depth(KEPT) == VERSIONS, SECONDS)
    found = row(issue)
    assert (found["state"], found["reason"]) == ("refused", "came back too often")
    assert found["queue"]["undelivered"] == VERSIONS
    assert [it["period"] for it in found["refused"]] == [WEEK]
    issue.pass_time(minutes=1)
    issue.do("supervision", "return_undelivered", queue=KEPT, limit=10)
    found = row(issue)
    assert (found["state"], found["refused"]) == ("waiting", [])


def test_a_subscriber_says_why_it_refuses(issue):
    say(issue, receipt(issue, "refused", reason="签名无效"))
    found = row(issue)
    assert (found["state"], found["reason"]) == ("refused", "签名无效")


@pytest.mark.parametrize(
    "changes",
    [{"event": "no-such-event"}, {"digest": "0" * 64}, {"outcome": "taken"}, {"digest": None}],
)
def test_a_receipt_that_fits_no_issue_counts_for_nothing(issue, changes):
    say(issue, receipt(issue, **changes))
    found = row(issue)
    assert found["state"] == "waiting"
    assert found["invalid_receipts"]["last"] >= found["since"]
    assert issue.depth(RECEIPTS) == 0


def test_a_message_that_is_no_issue_has_no_receipt(published, running):
    with pytest.raises(NotFound):
        running.ask("supervision", "receipts", period="2017-W05")
    with pytest.raises(NotFound):
        sent_again(running, revision=7)
    with pytest.raises(NotFound):
        running.do("supervision", "send_again", period=WEEK, subscriber="nobody")


def warm(*arguments):
    done = CliRunner().invoke(app, [*arguments, "--stack", stack_name()])
    return done.exit_code, " ".join(done.output.split())


def problems(running):
    health = running.health("supervision")
    assert health["status"] == "ready"
    return {it["code"]: it["detail"] for it in health["problems"]}


@pytest.mark.problem("issue_not_taken")
def test_what_isnt_taken_in_time_is_reported_to_the_office(issue, tmp_path):
    assert "issue_not_taken" not in problems(issue)
    since = row(issue)["since"]
    issue.pass_time(hours=24)
    # Without anybody asking for it.
    assert wait_until(lambda: "issue_not_taken" in problems(issue), SECONDS, every=1)
    assert problems(issue)["issue_not_taken"] == f"archive: {WEEK} R0 waits since {since}"
    assert "issue_not_taken: supervision has sent an issue" in warm("status")[1]
    status, shown = warm("briefing", "receipts", WEEK)
    assert (status, "LATE" in shown) == (4, True)
    assert archive(issue, tmp_path, count=1).returncode == 0
    status, shown = warm("briefing", "receipts", WEEK)
    assert (status, "acknowledged by its receipt" in shown) == (0, True)
    assert "issue_not_taken" not in problems(issue)
    # From now on a receipt is expected of it.
    issue.pass_time(minutes=1)
    assert warm("briefing", "send-again", WEEK, "archive", "--actor", "person:li")[0] == 0
    # The example subscriber has left the second version of the issue there.
    with as_archive(issue) as channel:
        for _ in range(2 * VERSIONS - 1):
            channel.basic_ack(take(channel)[0].delivery_tag)
    issue.pass_time(hours=24)
    assert row(issue)["late"]
    assert "left its queue without a receipt" in problems(issue)["issue_not_taken"]
