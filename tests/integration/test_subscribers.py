"""Subscribers that are added, tested, given a new password and removed by an operator's command, on
a real broker; and the keys that they read."""

import base64
import hashlib
import json
import subprocess
import sys
from itertools import islice

import pika
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from marshmallow import EXCLUDE
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ProbableAuthenticationError,
    StreamLostError,
)
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from deploy.subscriber import subscriber
from shared.contracts.issue_files import FORM, FormHeaders
from shared.domain.errors import Conflict, ValidationFailed
from shared.platform import topology
from tests.support import plain_amqp
from tests.support.forbidden import bind, consume, publish, take
from tests.support.running import SECONDS
from tests.support.stack import stack_name

WEEK = "2017-W06"
NAME = "website"
QUEUE, KEPT = f"sub.{NAME}.reports", f"sub.{NAME}.undelivered"
# It is added for one test, which removes it or gives it another password.
BUREAU = "bureau"
QUEUE_OF_BUREAU, KEPT_OF_BUREAU = f"sub.{BUREAU}.reports", f"sub.{BUREAU}.undelivered"
REFUSED = 403
SUBSCRIBER = ROOT / "deploy" / "subscriber" / "subscriber.py"


@pytest.fixture(scope="module")
def published(started):
    started.issue(WEEK)
    return started


@pytest.fixture(scope="module")
def added(published, tmp_path_factory):
    file = add(tmp_path_factory.mktemp("addresses"))
    yield file.read_text().strip()
    warm("remove", NAME, "--yes")


@pytest.fixture
def website(added, running):
    """The address of `website`. Nothing waits in its queue."""
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge(QUEUE)
    return added


@pytest.fixture
def bureau(published, running, tmp_path):
    """The address of `bureau`, added just now."""
    file = add(tmp_path, BUREAU)
    yield file.read_text().strip()
    warm("remove", BUREAU, "--yes")


def warm(*arguments):
    done = CliRunner().invoke(app, ["subscriber", *arguments, "--stack", stack_name()])
    return done.exit_code, f"{done.output} {done.exception or ''}"


def add(folder, name=NAME, *options):
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.amqp"
    status, said = warm("add", name, *options, "--out", str(file))
    assert (status, "./warm key export" in said) == (0, True), said
    return file


def listed(running, name=NAME):
    return {it["name"]: it for it in running.ask("supervision", "subscribers")}.get(name)


def read(uri, stream, count):
    """The first messages of a stream, as events."""
    with subscriber.stream(plain_amqp.parameters(uri), stream) as bodies:
        return [json.loads(body) for body in islice(bodies, count)]


def got(channel, queue):
    found = []

    def there():
        found[:] = channel.basic_get(queue, auto_ack=True)
        return found[0] is not None

    assert wait_until(there, SECONDS, every=0.05)
    return found


def example(uri, out, *options):
    """The example subscriber until nothing comes any more."""
    return subprocess.run(
        [sys.executable, str(SUBSCRIBER), "--uri", uri, "--out", str(out), *options],
        capture_output=True,
        text=True,
        check=False,
    )


def sent_again(running, name=NAME):
    return running.do("supervision", "send_again", period=WEEK, subscriber=name)


def test_what_is_added_receives_reads_and_is_listed(website, running, tmp_path):
    assert listed(running)["is_there"]
    assert listed(running)["queue"]["waiting"] == 0
    sent_again(running)
    options = ("--queue", QUEUE, "--receipts", "--count", "1", "--timeout", "5")
    assert example(website, tmp_path / "out", *options).returncode == 0
    assert (tmp_path / "out" / f"{WEEK}-r0.json").exists()
    assert wait_until(lambda: listed(running)["last_acknowledged"], SECONDS, every=0.2)
    status, said = warm("list")
    assert (status, NAME in said, f"{WEEK} R0" in said) == (0, True, True)
    # It has a delivery limit, and a place for what comes back too often.
    policies = running.stack.broker_control("list_policies", "--no-table-headers")
    [line] = [it for it in policies.splitlines() if QUEUE in it]
    assert f'"dead-letter-routing-key":"{KEPT}"' in line.replace(" ", "")
    assert running.stack.check_broker().endswith("/complete")


def test_the_present_key_is_on_the_stream_of_keys(website, running):
    [event] = read(website, "keys", 1)
    key = event["data"]
    assert event["type"] == "supervision.key.announced"
    assert key["keyid"] == running.ask("supervision", "signing_key")["keyid"]
    issue = json.loads(running.ask("supervision", "briefing", period=WEEK, edition="public"))
    public = load_der_public_key(base64.b64decode(key["public_key"]))
    public.verify(base64.b64decode(issue["signature"]), issue["digest"].encode())


FORBIDDEN = {
    "read the internal reports": consume("reports.internal"),
    "read the log": consume("warm.log"),
    "take another's reports": take("sub.archive.reports"),
    "take its undelivered": take(KEPT),
    "hear what it didn't ask for": bind(QUEUE, "supervision.events", "finding.reported"),
    "hear of internal reports": bind(QUEUE, "supervision.events", "briefing.published_internal"),
    "send another's receipt": publish("supervision.receipts", "archive"),
    "publish an event": publish("supervision.events", "briefing.published"),
    "make a queue": lambda channel: channel.queue_declare("sub.other.reports", durable=True),
    "put a key on the stream": publish("", "keys"),
    "ask a service": publish("nameko-rpc", "supervision.health"),
}


def test_it_may_do_nothing_else(website):
    with pika.BlockingConnection(plain_amqp.parameters(website)) as connection:
        for what, act in FORBIDDEN.items():
            with pytest.raises(ChannelClosedByBroker) as refused:
                act(connection.channel())
            assert refused.value.reply_code == REFUSED, what


@pytest.mark.long
def test_adding_twice_is_refused_and_changes_nothing(bureau, running, tmp_path):
    status, said = warm("add", BUREAU, "--out", str(tmp_path / "another"))
    assert (status, "Conflict" in said) == (1, True)
    assert not (tmp_path / "another").exists()
    with plain_amqp.channel(bureau) as channel:
        channel.queue_declare(QUEUE_OF_BUREAU, passive=True)


@pytest.mark.parametrize("name", ["office", "supervision", "keeper", "warm", "archive"])
def test_a_name_of_the_house_is_refused(running, name):
    given = {"password_hash": "A" * 48, "reports": "public"}
    with pytest.raises(Conflict):
        running.do("supervision", "add_subscriber", name=name, **given)


@pytest.mark.parametrize(
    "pattern", ["supervision.briefing.*", "supervision.subscriber.*", "relief.nothing.*", "*.*.*"]
)
def test_only_declared_events_that_are_for_all_can_be_asked_for(running, pattern):
    with pytest.raises(ValidationFailed):
        given = {"password_hash": "A" * 48, "events": [pattern]}
        running.do("supervision", "add_subscriber", name="events", **given)


def test_a_test_message_comes_back_with_its_receipt_and_is_no_issue(website, running, tmp_path):
    before = listed(running)["last_acknowledged"]
    assert warm("test", NAME)[0] == 0
    out = tmp_path / "out"
    done = example(website, out, "--queue", QUEUE, "--receipts", "--timeout", "2")
    assert "test message" in done.stdout
    assert list(out.glob("*.json")) == []
    assert list((out / "refused").iterdir()) == []
    assert wait_until(lambda: listed(running)["test"]["acknowledged"], SECONDS, every=0.2)
    # Nobody else has it, and it doesn't disturb what is known of issues.
    archive = running.stack.amqp_uri_of("archive")
    with plain_amqp.channel(archive) as channel:
        while message := channel.basic_get("sub.archive.reports", auto_ack=True)[2]:
            assert b"subscriber.tested" not in message
    assert listed(running)["queue"]["waiting"] == 0
    assert listed(running)["last_acknowledged"] == before


@pytest.mark.long
def test_the_archive_can_be_tested_too_and_is_not_removed(published, running):
    assert warm("test", "archive")[0] == 0
    for command in (("rotate", "archive"), ("remove", "archive", "--yes")):
        status, said = warm(*command)
        assert (status, "the deployment's own" in said) == (1, True)
    assert listed(running, "archive")["own"]


@pytest.mark.long
def test_a_new_password_closes_what_is_open_and_loses_nothing(bureau, running, tmp_path):
    sent_again(running, BUREAU)
    waiting = running.depth(QUEUE_OF_BUREAU)
    new = tmp_path / "new.amqp"
    with pika.BlockingConnection(plain_amqp.parameters(bureau)) as open_connection:
        assert warm("rotate", BUREAU, "--out", str(new))[0] == 0
        with pytest.raises((StreamLostError, AMQPConnectionError)):
            wait_until(lambda: open_connection.process_data_events(0.1), SECONDS)
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(plain_amqp.parameters(bureau))
    with plain_amqp.channel(new.read_text().strip()) as channel:
        assert channel.queue_declare(QUEUE_OF_BUREAU, passive=True).method.message_count == waiting


@pytest.mark.long
def test_what_is_removed_is_gone_and_can_come_again(bureau, running, tmp_path):
    sent_again(running, BUREAU)
    status, said = warm("remove", BUREAU, "--yes")
    assert (status, "2 waiting" in said) == (0, True)
    control = running.stack.broker_control
    assert BUREAU not in control("list_users")
    assert f"sub.{BUREAU}." not in control("list_queues", "name") + control("list_policies")
    assert listed(running, BUREAU) is None
    again = add(tmp_path / "again", BUREAU, "--reports", "internal")
    [event] = read(again.read_text().strip(), "reports.internal", 1)
    assert event["data"]["edition"] == "internal"
    sent_again(running, BUREAU)
    with plain_amqp.channel(again.read_text().strip()) as channel:
        event = json.loads(got(channel, QUEUE_OF_BUREAU)[2])
    assert event["type"] == "supervision.briefing.published_internal"
    assert listed(running, BUREAU)["last_acknowledged"] is None


@pytest.mark.long
def test_other_events_come_to_a_queue_of_their_own(published, running, tmp_path):
    uri = add(tmp_path, "counter", "--events", "relief.order.*").read_text().strip()
    try:
        running.raise_order()
        with plain_amqp.channel(uri) as channel:
            event = json.loads(got(channel, "sub.counter.events")[2])
            assert event["type"] == "relief.order.raised"
        with plain_amqp.channel(uri) as channel, pytest.raises(ChannelClosedByBroker):
            consume("reports")(channel)
        assert warm("test", "counter")[0] == 0
    finally:
        assert warm("remove", "counter", "--yes")[0] == 0


@pytest.mark.problem("subscriber_missing")
@pytest.mark.long
def test_a_broker_that_has_lost_its_subscribers_is_given_them_again(bureau, running):
    control = running.stack.broker_control
    control("delete_user", BUREAU)
    control("clear_policy", QUEUE_OF_BUREAU)
    # The broker's own check notices it too.
    assert running.stack.check_broker().endswith(f"/{QUEUE_OF_BUREAU}")
    for name in (QUEUE_OF_BUREAU, KEPT_OF_BUREAU):
        control("delete_queue", name)

    def problems():
        return {it["code"]: it["detail"] for it in running.health("supervision")["problems"]}

    assert wait_until(lambda: problems().get("subscriber_missing") == BUREAU, SECONDS, every=0.5)
    assert "subscriber_missing: supervision has subscribers" in CliRunner().invoke(
        app, ["status", "--stack", stack_name()]
    ).output.replace("\n", " ")
    # The others are looked after all the same.
    assert listed(running, "archive")["is_there"]
    for _ in range(2):
        assert warm("apply")[0] == 0
    # With the password that it had.
    with plain_amqp.channel(bureau) as channel:
        channel.queue_declare(QUEUE_OF_BUREAU, passive=True)
    assert wait_until(lambda: "subscriber_missing" not in problems(), SECONDS, every=0.5)


def test_the_next_key_is_announced_signed_with_the_present_one(published, running, tmp_path):
    key, pem = tmp_path / "next.key", tmp_path / "next.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", pem], check=True)
    command = ["key", "announce", str(pem), "--used-from", "2017-03-01T00:00:00+08:00"]
    done = CliRunner().invoke(app, [*command, "--stack", stack_name()])
    assert done.exit_code == 0, done.output
    events = read(running.stack.amqp_uri_of("archive"), "keys", 2)
    present, following = (event["data"] for event in events)
    assert following["previous"] == present["keyid"]
    message = hashlib.sha256(following["public_key"].encode()).hexdigest().encode()
    signer = load_der_public_key(base64.b64decode(present["public_key"]))
    signer.verify(base64.b64decode(following["signature"]), message)
    listing = CliRunner().invoke(app, ["key", "list", "--stack", stack_name()]).output
    assert following["keyid"] in listing


def exported(*keyid):
    return CliRunner().invoke(app, ["key", "export", *keyid, "--stack", stack_name()])


def test_a_key_is_exported_for_a_subscriber(running):
    present = running.ask("supervision", "signing_key")
    assert exported().output == exported(present["keyid"]).output == present["pem"]
    unknown = exported("0" * 16)
    assert (unknown.exit_code, unknown.output) == (1, "")
    assert "key list" in str(unknown.exception)


def names(folder):
    return sorted(it.name for it in folder.glob("*.json"))


def test_who_comes_late_has_everything_once_and_goes_on_live(website, running, tmp_path):
    """What is in the stream and in the queue is saved once."""
    out = tmp_path / "out"
    sent_again(running)
    options = ("--queue", QUEUE, "--receipts", "--since", "1", "--timeout", "3")
    done = example(website, out, *options)
    assert names(out) == [f"{WEEK}-r0.json"]
    assert done.stdout.count("已保存") == 1
    assert done.stdout.index("catching up") < done.stdout.index("listening")
    assert running.depth(QUEUE) == 0
    late = example(website, tmp_path / "late", "--queue", QUEUE, "--since", "2", "--timeout", "2")
    assert (late.returncode, names(tmp_path / "late")) == (3, [])


@pytest.mark.long
def test_signatures_are_checked_with_the_keys_that_follow_from_one(website, running, tmp_path):
    key, wrong = tmp_path / "key.pem", tmp_path / "wrong.pem"
    key.write_text(running.ask("supervision", "signing_key")["pem"])
    private = Ed25519PrivateKey.generate()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    wrong.write_bytes(private.public_key().public_bytes(*form))
    for file, saved in ((wrong, []), (key, [f"{WEEK}-r0.json"])):
        out = tmp_path / file.stem
        options = ("--queue", QUEUE, "--since", "1", "--timeout", "3", "--key", str(file))
        said = example(website, out, *options).stdout
        assert names(out) == saved
        assert ("not signed with a trusted key" in said) is not bool(saved)


def forms_of(body_of):
    """urn → digest, of messages of the stream of forms."""
    return {properties.headers["urn"]: properties.headers["sha256"] for properties, _ in body_of}


def read_forms(uri, count):
    """The first messages of the stream of forms, with their properties."""
    parameters = plain_amqp.parameters(uri)
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=count)
        given = {"arguments": {"x-stream-offset": "first"}, "inactivity_timeout": SECONDS}
        messages = channel.consume("reports.forms", **given)
        return [(properties, body) for _, properties, body in islice(messages, count)]


def test_the_forms_of_the_public_edition_are_on_their_stream(website, running):
    stated = json.loads(
        running.ask("supervision", "issue_manifest", period=WEEK, edition="public")["manifest"]
    )["renderings"]
    assert wait_until(lambda: running.depth("reports.forms") >= len(stated), SECONDS, every=0.5)
    found = read_forms(website, len(stated))
    assert forms_of(found) == {it["urn"]: it["sha256"] for it in stated}
    for properties, body in found:
        head = properties.headers
        assert FormHeaders(unknown=EXCLUDE).validate(head) == {}
        assert properties.type == FORM
        assert hashlib.sha256(body).hexdigest() == head["sha256"]
        assert (head["edition"], head["period"], head["revision"]) == ("public", WEEK, "0")
    media = {it["urn"]: it["media_type"] for it in stated}
    assert all(it.content_type == media[it.headers["urn"]] for it, _ in found)


@pytest.mark.long
def test_a_stream_that_has_lost_its_forms_gets_them_again(website, running):
    assert wait_until(lambda: running.depth("reports.forms") > 0, SECONDS, every=0.5)
    running.stack.broker_control("delete_queue", "reports.forms")
    topology.apply(running.stack.amqp_uri)
    assert running.depth("reports.forms") == 0
    assert wait_until(lambda: running.depth("reports.forms") > 0, SECONDS, every=0.5)
