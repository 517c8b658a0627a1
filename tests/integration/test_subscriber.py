"""The example subscriber against a real broker: what it keeps, refuses and outlives."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import pika
import pytest

from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from shared.domain import canonical
from tests.support import plain_amqp

QUEUE = "sub.archive.reports"
SECONDS = 30


@pytest.fixture
def out(tmp_path):
    # Deep enough for a path that leads upwards to end below `tmp_path`.
    folder = tmp_path / "one" / "two" / "archive"
    folder.mkdir(parents=True)
    return folder


def test_a_briefing_is_kept_byte_for_byte(clean_stack, out):
    data = issue("2017-W06")
    publish(clean_stack, data)
    assert receive(clean_stack, out, count=1).returncode == 0
    assert kept(out) == {"2017-W06-r0.json": data["document"].encode()}


def test_a_repetition_is_kept_once(clean_stack, out):
    publish(clean_stack, issue("2017-W06"), issue("2017-W06"), issue("2017-W07"))
    lines = receive(clean_stack, out, count=2).stdout
    assert list(kept(out)) == ["2017-W06-r0.json", "2017-W07-r0.json"]
    assert "已有 2017-W06-r0.json / already have it" in lines
    assert refused(out) == []


def test_a_revision_stands_beside_what_it_replaces(clean_stack, out):
    publish(clean_stack, issue("2017-W06"), issue("2017-W06", revision=1))
    receive(clean_stack, out, count=2)
    assert list(kept(out)) == ["2017-W06-r0.json", "2017-W06-r1.json"]


def test_other_content_for_a_known_issue_is_refused(clean_stack, out):
    first, other = issue("2017-W06"), issue("2017-W06", title="另一份")
    publish(clean_stack, first, other, issue("2017-W07"))
    receive(clean_stack, out, count=2)
    assert kept(out)["2017-W06-r0.json"] == first["document"].encode()
    assert refused(out) == [event_body(other)]


def tampered(data):
    return data | {"document": data["document"].replace("温暖", "冷淡")}


def digest_of_another(data):
    return data | {"digest": issue("2017-W08")["digest"]}


def spaced(data):
    return data | {"document": json.dumps(json.loads(data["document"]), ensure_ascii=False)}


def key_given_twice(data):
    return data | {"document": data["document"].replace("{", '{"title":"冷淡二七",', 1)}


def period_of_another(data):
    return data | {"period": "2017-W08"}


def no_document(data):
    return {key: value for key, value in data.items() if key != "document"}


@pytest.mark.parametrize(
    "spoil",
    [tampered, digest_of_another, spaced, key_given_twice, period_of_another, no_document],
)
def test_an_invalid_briefing_is_saved_as_it_came(clean_stack, out, spoil):
    bad = spoil(issue("2017-W06"))
    publish(clean_stack, bad, issue("2017-W07"))
    lines = receive(clean_stack, out, count=1).stdout
    assert list(kept(out)) == ["2017-W07-r0.json"]
    assert refused(out) == [event_body(bad)]
    assert "refused (" in lines


@pytest.mark.parametrize(
    "period, revision",
    [("../../x", 0), ("2017-W06", "0/../../../x"), ("/x", 0), ("2017-W06\n", 0), ([], {})],
)
def test_no_period_or_revision_leads_out_of_the_folder(
    clean_stack, out, tmp_path, period, revision
):
    publish(clean_stack, issue(period, revision=revision), issue("2017-W07"))
    receive(clean_stack, out, count=1)
    assert len(refused(out)) == 1
    written = [path.parent for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(written) == [out, out / "refused"]


GARBAGE = [
    b"",
    b"\xff\xfe not text",
    b"null",
    b'{"specversion":"1.0"}',
    b'{"specversion":"1.0","type":"supervision.briefing.published","data":{"period":"\\ud800"}}',
    b"[" * 100_000,
]


def test_garbage_is_put_aside_and_the_next_briefing_kept(clean_stack, out):
    publish_bodies(clean_stack, *GARBAGE, event_body(issue("2017-W06")))
    receive(clean_stack, out, count=1)
    assert list(kept(out)) == ["2017-W06-r0.json"]
    assert refused(out) == sorted(GARBAGE)
    assert depth(clean_stack) == 0


def test_events_of_other_types_are_ignored(clean_stack, out):
    other = event_body({"period": "2017-W06"}, "supervision.briefing.renamed")
    publish_bodies(clean_stack, other, event_body(issue("2017-W07")))
    lines = receive(clean_stack, out, count=1).stdout
    assert "ignored, of another type: 'supervision.briefing.renamed'" in lines
    assert refused(out) == []


def test_a_crash_between_delivery_and_ack_brings_the_briefing_again(clean_stack, out):
    # Nobody reads this pipe, so that writing to it holds the subscriber in the middle.
    pipe = out / ".2017-W06-r0.json.tmp"
    os.mkfifo(pipe)
    data = issue("2017-W06")
    publish(clean_stack, data)
    with running(clean_stack, out) as subscriber:
        assert wait_until(lambda: depth(clean_stack) == 0, SECONDS)
        subscriber.kill()
    pipe.unlink()
    assert wait_until(lambda: depth(clean_stack) == 1, SECONDS)
    assert receive(clean_stack, out, count=1).stdout.count("saved") == 1
    assert kept(out) == {"2017-W06-r0.json": data["document"].encode()}
    assert depth(clean_stack) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked_to(clean_stack, out, number):
    with running(clean_stack, out) as subscriber:
        subscriber.send_signal(number)
        assert subscriber.wait(SECONDS) == 0
        assert subscriber.stderr.read() == ""


def test_silence_has_an_exit_status_of_its_own(clean_stack, out):
    assert receive(clean_stack, out, timeout=0.5).returncode == 3


def test_a_missing_queue_is_named_and_waited_for(clean_stack, out):
    ended = receive(clean_stack, out, queue="sub.nobody.reports", timeout=1)
    assert "no queue 'sub.nobody.reports'" in ended.stdout
    assert ended.returncode == 3


def test_it_goes_on_after_the_broker_was_away(clean_stack, out):
    with running(clean_stack, out, "--count", "1") as subscriber:
        clean_stack.kill_broker()
        assert "interrupted" in subscriber.stdout.readline()
        clean_stack.resume_infrastructure()
        publish(clean_stack, issue("2017-W06"))
        assert subscriber.wait(SECONDS) == 0
    assert list(kept(out)) == ["2017-W06-r0.json"]


def test_with_an_unwritable_folder_it_waits_and_asks_for_nothing(clean_stack, out):
    out.rmdir()
    out.write_text("in its place")
    publish(clean_stack, issue("2017-W06"))
    with alive(clean_stack, out, "--count", "1") as subscriber:
        assert "不能写入" in (line := subscriber.stderr.readline()) and "can't write" in line
        assert depth(clean_stack) == 1
        assert consumers(clean_stack) == 0
        out.unlink()
        assert subscriber.wait(SECONDS) == 0
        assert "可以写入了，继续接收 / can write again" in subscriber.stderr.read()
    assert list(kept(out)) == ["2017-W06-r0.json"]


def test_with_a_full_disk_an_issue_goes_back_once_and_is_saved_when_there_is_room(clean_stack, out):
    publish(clean_stack, issue("2017-W06", title="长" * 3000))
    with alive(clean_stack, out, "--count", "1") as subscriber:
        # As with a full disk: the folder takes files, but not as large ones.
        largest = resource.prlimit(subscriber.pid, resource.RLIMIT_FSIZE, (1000, -1))
        for _ in range(3):
            assert "can't write" in subscriber.stderr.readline()
        assert wait_until(lambda: depth(clean_stack) == 1, SECONDS)
        assert consumers(clean_stack) == 0
        assert returned(clean_stack) == 1
        resource.prlimit(subscriber.pid, resource.RLIMIT_FSIZE, largest)
        assert subscriber.wait(SECONDS) == 0
    assert list(kept(out)) == ["2017-W06-r0.json"]
    assert not list(out.glob(".*"))


def test_a_folder_that_stays_unwritable_has_an_exit_status_of_its_own(clean_stack, out):
    out.rmdir()
    out.write_text("in its place")
    publish(clean_stack, issue("2017-W06"))
    assert receive(clean_stack, out, timeout=1).returncode == 4


def issue(period, revision=0, title="“温暖二七”工作周通报"):
    document = {"issue": 1, "period": period, "revision": revision, "title": title, "cells": []}
    digest = canonical.sha256(document)
    signed = document | {"digest": digest, "signature": "c2lnbmF0dXJl"}
    return {
        "period": period,
        "revision": revision,
        "digest": digest,
        "document": canonical.dumps(signed).decode(),
    }


def event_body(data, kind="supervision.briefing.published"):
    event = {"specversion": "1.0", "id": "1", "source": "/warm/supervision", "type": kind}
    return json.dumps(event | {"data": data}, ensure_ascii=False).encode()


def publish(stack, *issues):
    publish_bodies(stack, *map(event_body, issues))


def publish_bodies(stack, *bodies):
    properties = pika.BasicProperties(content_type="application/json", content_encoding="utf-8")
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.confirm_delivery()
        for body in bodies:
            channel.basic_publish("supervision.events", "briefing.published", body, properties)


def command(stack, out, *options, queue=QUEUE):
    script = ROOT / "deploy" / "subscriber" / "subscriber.py"
    place = ["--uri", stack.amqp_uri, "--queue", queue, "--out", str(out)]
    return [sys.executable, str(script), *place, *options]


def receive(stack, out, queue=QUEUE, count=None, timeout=SECONDS):
    """Run it until it has `count` briefings or hears nothing for `timeout` seconds."""
    options = ["--timeout", str(timeout), *(["--count", str(count)] if count else [])]
    return subprocess.run(
        command(stack, out, *options, queue=queue), capture_output=True, text=True, check=False
    )


@contextmanager
def running(stack, out, *options):
    """It, listening; killed at the end if it still runs."""
    with alive(stack, out, *options) as subscriber:
        assert "listening" in subscriber.stdout.readline()
        yield subscriber


@contextmanager
def alive(stack, out, *options):
    """It; killed at the end if it still runs."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(stack, out, *options), **pipes) as subscriber:
        try:
            yield subscriber
        finally:
            subscriber.kill()


def depth(stack):
    return declared(stack).message_count


def consumers(stack):
    return declared(stack).consumer_count


def declared(stack):
    with plain_amqp.channel(stack.amqp_uri) as channel:
        return channel.queue_declare(QUEUE, passive=True).method


def returned(stack):
    """How often the first message came back. Reading it here counts too, afterwards."""
    with plain_amqp.channel(stack.amqp_uri) as channel:
        _, properties, _ = channel.basic_get(QUEUE)
        return properties.headers["x-delivery-count"]


def kept(out):
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.json"))}


def refused(out):
    return sorted(path.read_bytes() for path in out.glob("refused/*"))


WEEKS = [f"2017-W{number:02}" for number in range(6, 18)]


def published_before(stack):
    """All but the last three weeks are in the stream alone; the others wait in the queue too."""
    publish(stack, *map(issue, WEEKS[:-3]))
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.queue_purge(QUEUE)
    publish(stack, *map(issue, WEEKS[-3:]))


def test_who_comes_late_saves_each_issue_once_and_in_order(clean_stack, out):
    published_before(clean_stack)
    done = subprocess.run(
        command(clean_stack, out, "--since", "1", "--timeout", "3"),
        capture_output=True,
        text=True,
        check=False,
    )
    saved = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("已保存")]
    assert saved == [f"{week}-r0.json" for week in WEEKS]
    assert done.stdout.count("already have it") == 3
    assert (refused(out), depth(clean_stack)) == ([], 0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_it_ends_with_one_of_each(clean_stack, out, seed):
    published_before(clean_stack)
    moments = random.Random(seed)
    for _ in range(8):
        it = alive(clean_stack, out, "--since", "1")
        with suppress(subprocess.TimeoutExpired), it as subscriber:
            subscriber.wait(moments.uniform(0.1, 2.5))
    subprocess.run(command(clean_stack, out, "--since", "1", "--timeout", "3"), check=False)
    assert kept(out) == {f"{week}-r0.json": issue(week)["document"].encode() for week in WEEKS}
    assert (refused(out), depth(clean_stack)) == ([], 0)
