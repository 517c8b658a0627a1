"""The Node client against a real broker and the services."""

import hashlib
import json
import random
import subprocess
from contextlib import contextmanager

import pika
import pytest

from deploy.local.waiting import wait_until
from shared.platform.broker_alarm import AlarmWatch
from tests.support import doc_pages, golden, golden_issues, node, plain_amqp
from tests.support.running import COMMUNITY, SECONDS
from tests.support.signed_issues import (
    WITHDRAWN,
    announcement,
    event,
    issue,
    retirement,
    withdrawal,
)

QUEUE = "sub.archive.reports"
README = "clients/node/README.md"
PEM = golden_issues.signer().public_pem()

ARCHIVE = """
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Subscriber } from "warm-district-client";

const options = JSON.parse(process.argv[2]);
const handle = async (report) => {
  if (existsSync("broken")) throw new Error("broken on purpose");
  writeFileSync("begun", "");
  while (existsSync("slow")) await sleep(10);
  appendFileSync("handled", `${report.kind} ${report.name}\\n`);
};
const subscriber = new Subscriber({ name: "archive", folder: "state", handle, ...options });
process.once("SIGTERM", () => subscriber.stop());
await subscriber.run();
"""
CALL = """
import { RpcClient } from "warm-district-client";

const [service, method, given, options] = process.argv.slice(2).map((it) => JSON.parse(it));
const rpc = new RpcClient(options);
try {
  console.log(JSON.stringify({ result: await rpc.services[service][method](given) }));
} catch ({ name, data, tryAgain, commandId }) {
  console.log(JSON.stringify({ name, data, tryAgain, commandId: Boolean(commandId) }));
} finally {
  await rpc.close();
}
"""

MANY = """
import { RpcClient } from "warm-district-client";

const rpc = new RpcClient({ seconds: 60, ...JSON.parse(process.argv[2]) });
const orgunit = process.argv[3];
const visits = { value: "3", qualifier: "exact", unit: "visit" };
const about = { orgunit, time: "2017-02-06T09:30:00+08:00", kind: "household", visits };
const one = () => rpc.services.relief.record_visits(about);
for (let round = 0; round < 30; round++) {
  const made = await Promise.all(Array.from({ length: 10 }, one));
  console.log(made.map(({ id }) => id).join("\\n"));
}
await rpc.close();
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of a user's, with the packed client installed."""
    folder = tmp_path_factory.mktemp("project")
    node.run("npm", "pack", "--pack-destination", str(folder), cwd=node.CLIENT)
    (packed,) = folder.glob("*.tgz")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    node.run("npm", "install", "--prefer-offline", "--no-audit", str(packed), cwd=folder)
    return folder


@pytest.fixture
def place(project):
    """An empty folder in it."""
    number = len(list(project.glob("place-*")))
    folder = project / f"place-{number}"
    folder.mkdir()
    (folder / "archive.mjs").write_text(ARCHIVE)
    (folder / "call.mjs").write_text(CALL)
    return folder


@contextmanager
def archive(stack, place, script="archive.mjs", **options):
    """The subscriber with the rights of the user `archive`; killed at the end if it still runs."""
    given = json.dumps({"uri": stack.amqp_uri_of("archive"), "keys": [PEM], **options})
    log = (place / "log").open("ab")
    environment = node.environment() | {"AMQP_URI": stack.amqp_uri_of("archive")}
    command = ["node", script, given]
    with log, subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log) as it:
        try:
            yield it
        finally:
            it.kill()


def stopped(process):
    process.terminate()
    return process.wait(SECONDS) == 0


def publish(stack, *events, key="briefing.published"):
    given = pika.BasicProperties(content_type="application/json", content_encoding="utf-8")
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.confirm_delivery()
        for body in events:
            channel.basic_publish("supervision.events", key, body, given)


def to_stream(stack, *events, stream="reports"):
    """As if they had been published before the queue was made."""
    with plain_amqp.channel(stack.amqp_uri) as channel:
        channel.confirm_delivery()
        for body in events:
            channel.basic_publish("", stream, body)


def handled(place):
    file = place / "handled"
    return file.read_text().splitlines() if file.exists() else []


def waited_for(place, *lines):
    assert wait_until(lambda: len(handled(place)) >= len(lines), SECONDS), log(place)
    assert handled(place) == list(lines), log(place)


def log(place):
    return (place / "log").read_text()


def depth(stack, queue=QUEUE):
    with plain_amqp.channel(stack.amqp_uri) as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


def published(*periods):
    return [event(issue(period)) for period in periods]


def names(*periods):
    return [f"published {period}-r0" for period in periods]


def test_each_report_is_handled_once_and_acknowledged(clean_stack, place):
    first = issue("2017-W06")
    body = event(first)
    notice = event(withdrawal(first), WITHDRAWN, 1)
    older = event({name: it for name, it in first.items() if name != "manifest"}, version=1)
    with archive(clean_stack, place) as it:
        publish(clean_stack, older, body, body, *published("2017-W07"), notice)
        waited_for(place, *names("2017-W06", "2017-W07"), "withdrawn 2017-W06-r0")
        assert wait_until(lambda: depth(clean_stack) == 0, SECONDS)
        assert stopped(it)
    assert depth(clean_stack) == 0


def test_who_starts_late_reads_the_stream_and_goes_on_with_the_queue(clean_stack, place):
    earlier, both, after = published("2017-W05", "2017-W06", "2017-W07")
    to_stream(clean_stack, earlier)
    publish(clean_stack, both)
    with archive(clean_stack, place, **{"from": "first"}) as it:
        waited_for(place, *names("2017-W05", "2017-W06"))
        assert wait_until(lambda: "listening" in log(place), SECONDS)
        publish(clean_stack, after)
        waited_for(place, *names("2017-W05", "2017-W06", "2017-W07"))
        assert stopped(it)
    assert json.loads((place / "state" / "state.json").read_text())["catchUp"]["done"]


@pytest.mark.long
def test_it_begins_at_the_issue_that_is_wanted(clean_stack, place):
    to_stream(clean_stack, *published("2017-W05", "2017-W06", "2017-W07"))
    with archive(clean_stack, place, **{"from": "2017-W06"}):
        waited_for(place, *names("2017-W06", "2017-W07"))


@pytest.mark.long
def test_killed_again_and_again_it_has_each_issue_once_in_order(clean_stack, place, seed):
    chance = random.Random(seed)
    weeks = [f"2017-W{number:02}" for number in range(1, 21)]
    to_stream(clean_stack, *published(*weeks[:10]))
    publish(clean_stack, *published(*weeks[10:]))
    for _ in range(3):
        seen = len(handled(place))
        wanted = min(seen + chance.randrange(1, 6), len(weeks))
        with archive(clean_stack, place, **{"from": "first"}) as it:
            assert wait_until(lambda n=wanted: len(handled(place)) >= n, SECONDS, every=0.01)
            it.kill()
    with archive(clean_stack, place, **{"from": "first"}) as it:
        assert wait_until(lambda: names(weeks[-1])[0] in handled(place), SECONDS), log(place)
        assert wait_until(lambda: depth(clean_stack) == 0, SECONDS)
        assert stopped(it)
    # Killed between the handler and the state, a report may come a second time, at once.
    found = [line for n, line in enumerate(handled(place)) if line not in handled(place)[:n]]
    assert found == names(*weeks)
    assert len(handled(place)) <= len(weeks) + 3


def test_asked_to_stop_it_finishes_the_report_that_it_handles(clean_stack, place):
    (place / "slow").touch()
    publish(clean_stack, *published("2017-W06", "2017-W07"))
    with archive(clean_stack, place) as it:
        assert wait_until((place / "begun").exists, SECONDS)
        it.terminate()
        (place / "slow").unlink()
        assert it.wait(SECONDS) == 0
    assert handled(place) == names("2017-W06")
    assert depth(clean_stack) == 1


@pytest.mark.long
def test_with_an_unwritable_folder_it_asks_for_nothing(clean_stack, place):
    (place / "state").write_text("in its place")
    publish(clean_stack, *published("2017-W06"))
    with archive(clean_stack, place) as it:
        assert wait_until(lambda: log(place).count("interrupted") >= 2, SECONDS)
        assert depth(clean_stack) == 1
        (place / "state").unlink()
        waited_for(place, *names("2017-W06"))
        assert stopped(it)


def test_a_key_that_a_trusted_one_signed_is_trusted(clean_stack, place):
    """The office changes its key while the subscriber is listening."""
    former, another = golden_issues.signer(b"2" * 32), golden_issues.signer(b"3" * 32)
    with archive(clean_stack, place, keys=[former.public_pem()]) as it:
        assert wait_until(lambda: "listening" in log(place), SECONDS)
        announced = [announcement(another, another), announcement(golden_issues.signer(), former)]
        to_stream(clean_stack, *announced, stream="keys")
        publish(clean_stack, *published("2017-W07"))
        waited_for(place, *names("2017-W07"))
        assert stopped(it)


def test_what_a_retired_key_signed_later_is_put_aside(clean_stack, place):
    present = golden_issues.signer()
    to_stream(clean_stack, retirement(present, 10), stream="keys")
    publish(clean_stack, event(issue("2017-W06"), sequence=9))
    publish(clean_stack, event(issue("2017-W07"), sequence=11))
    with archive(clean_stack, place) as it:
        assert wait_until(lambda: reasons(place), SECONDS), log(place)
        assert stopped(it)
    assert handled(place) == names("2017-W06")
    assert reasons(place) == [f"the key {present.keyid} was retired before\n"]


def test_a_key_that_is_retired_meanwhile_is_not_trusted_any_more(clean_stack, place):
    weeks = (f"2017-W{number:02}" for number in range(1, 53))

    def one_is_refused():
        publish(clean_stack, event(issue(next(weeks)), sequence=11))
        return reasons(place)

    with archive(clean_stack, place) as it:
        publish(clean_stack, *published(next(weeks)))
        waited_for(place, *names("2017-W01"))
        to_stream(clean_stack, retirement(golden_issues.signer(), 10), stream="keys")
        assert wait_until(one_is_refused, SECONDS), log(place)
        assert stopped(it)


def reasons(place):
    """Why something was put aside."""
    return [it.read_text() for it in place.glob("state/aside/*.txt")]


@pytest.mark.long
def test_it_goes_on_after_the_broker_was_killed(clean_stack, place):
    with archive(clean_stack, place) as it:
        publish(clean_stack, *published("2017-W06"))
        waited_for(place, *names("2017-W06"))
        clean_stack.kill_broker()
        assert wait_until(lambda: "interrupted" in log(place), SECONDS)
        clean_stack.resume_infrastructure()
        publish(clean_stack, *published("2017-W07"))
        waited_for(place, *names("2017-W06", "2017-W07"))
        assert stopped(it)


def test_what_fails_is_tried_again_put_aside_and_handled_later(clean_stack, place):
    (place / "broken").touch()
    publish(clean_stack, *published("2017-W06"), b"not JSON")
    with archive(clean_stack, place, tries=2) as it:
        assert wait_until(lambda: len(list(place.glob("state/aside/*.json"))) == 2, SECONDS)
        (place / "broken").unlink()
        publish(clean_stack, *published("2017-W07"))
        waited_for(place, *names("2017-W07"))
        assert stopped(it)
    assert "broken on purpose" in log(place)
    again = ARCHIVE.replace(
        "await subscriber.run();", "console.log(await subscriber.handleAside());"
    )
    (place / "again.mjs").write_text(again)
    with archive(clean_stack, place, "again.mjs") as it:
        assert it.wait(SECONDS) == 0
    assert handled(place) == names("2017-W07", "2017-W06")
    assert len(list(place.glob("state/aside/*.json"))) == 1


def test_receipts_say_what_was_taken_and_what_was_refused(clean_stack, place):
    good, bad = issue("2017-W06"), issue("2017-W07")
    tested = golden.text("events", "supervision.subscriber.tested.1").encode()
    wrong = event(bad | {"digest": "0" * 64}, identity="bad")
    publish(clean_stack, event(good, identity="good"), wrong, tested)
    with archive(clean_stack, place, receipts=True) as it:
        assert wait_until(lambda: depth(clean_stack, "supervision.receipts") == 3, SECONDS)
        assert stopped(it)
    with plain_amqp.channel(clean_stack.amqp_uri) as channel:
        said = [channel.basic_get("supervision.receipts", auto_ack=True)[2] for _ in range(3)]
    assert [json.loads(body) for body in said] == [
        {"event": "good", "outcome": "accepted", "digest": good["digest"]},
        {"event": "bad", "outcome": "refused", "reason": "the digest doesn't match"},
        {
            "event": json.loads(tested)["id"],
            "outcome": "accepted",
            "digest": json.loads(tested)["data"]["digest"],
        },
    ]


BLOCKS = doc_pages.blocks(doc_pages.text(README))
# By the name that the text gives each, in its order.
CODES = [code for language, code, _ in BLOCKS if language == "js"]
EXAMPLES = dict(zip(("archive", "files", "visits"), CODES, strict=True))


def test_the_example_of_a_subscriber_runs(clean_stack, place):
    present, before = golden_issues.signer(), golden_issues.signer(b"2" * 32)
    assert present.keyid in EXAMPLES["archive"]
    to_stream(clean_stack, announcement(present, before), stream="keys")
    (place / "example.mjs").write_text(EXAMPLES["archive"])
    first = issue("2017-W06")
    publish(clean_stack, event(first))
    with archive(clean_stack, place, "example.mjs") as it:
        assert wait_until(lambda: "published 2017-W06-r0" in log(place), SECONDS), log(place)
        assert stopped(it)
    assert (place / "2017-W06-r0.json").read_text("utf-8") == first["document"]


def call(running, place, service, method, given, **options):
    """The result of a method by the client, or its error; as the office, unless `uri` says who."""
    uri = running.stack.amqp_uri_of("office")
    whole = json.dumps({"uri": uri, "actor": "person:clerk-7", **options})
    done = node.run(
        "node", "call.mjs", *map(json.dumps, (service, method, given)), whole, cwd=place
    )
    return json.loads(done.stdout)


def raised(running, place, command_id):
    given = {
        "orgunit": COMMUNITY,
        "time": "2017-02-06T09:30:00+08:00",
        "category": "daily_necessities",
        "channel": "phone",
        "items": ["大米"],
        "command_id": command_id,
    }
    return call(running, place, "relief", "raise_order", given)


def test_a_command_has_its_effect_once_and_a_query_shows_it(running, place):
    first, second = (raised(running, place, "from-node-1") for _ in range(2))
    assert first == second
    found = call(running, place, "relief", "order", {"id": first["result"]["id"]})
    assert found["result"]["items"][0]["item"] == "大米"
    known = call(running, place, "relief", "command", {"command_id": "from-node-1"})
    assert known["result"]["actor"] == "person:clerk-7"


def test_an_error_has_its_type_its_data_and_whether_trying_again_helps(running, place):
    wrong = call(running, place, "relief", "raise_order", {"category": 5})
    assert (wrong["name"], wrong["tryAgain"]) == ("ValidationFailed", "no")
    assert {"category", "orgunit", "items"} <= wrong["data"].keys()
    missing = call(running, place, "relief", "order", {"id": "nowhere"})
    assert missing["name"] == "NotFound"


def test_a_method_that_the_broker_forbids_is_forbidden(running, place):
    uri = running.stack.amqp_uri_of("clinics")
    found = call(running, place, "relief", "order", {"id": "nowhere"}, uri=uri)
    assert (found["name"], found["data"]["rule"]) == ("Forbidden", "broker_permission")


def test_who_may_not_act_for_another_is_forbidden(running, place):
    given = {"command_id": "as-another", "id": "o-1", "time": "2017-02-06T09:30:00+08:00"}
    found = call(running, place, "relief", "confirm_order", given, actor="service:clinics")
    assert (found["name"], found["data"]["rule"]) == ("Forbidden", "actor_of_another")


@pytest.mark.long
def test_under_the_brokers_alarm_nothing_is_waited_for(running, place):
    control, watch = running.stack.broker_control, AlarmWatch(running.stack.amqp_uri)
    control("set_disk_free_limit", "90000GB")
    try:
        running.wait(lambda: watch.alarm() == "low on disk")
        found = call(running, place, "relief", "order", {"id": "o-1"}, seconds=30)
        assert found["name"] in ("DeadlineExceeded", "Unavailable")
        assert found["data"]["problem"] == "broker_alarm"
    finally:
        control("set_disk_free_limit", "500MB")
        running.wait(lambda: watch.alarm() == "")
        watch.close()


@pytest.mark.long
def test_a_command_that_was_cut_off_has_its_effect_once(running, place):
    """The connections are closed while calls are made, again and again."""
    (place / "many.mjs").write_text(MANY)
    given = json.dumps({"uri": running.stack.amqp_uri_of("office"), "actor": "person:clerk-7"})
    before = running.health("relief")["log_last"]
    command = ["node", "many.mjs", given, COMMUNITY]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=place, env=node.environment(), **pipes) as it:
        while it.poll() is None:
            running.stack.broker_control("close_all_user_connections", "office", "on purpose")
        ids, said = it.communicate()
        assert it.returncode == 0, said
    assert len(set(ids.split())) == 300
    running.settled()
    assert running.health("relief")["log_last"] == before + 300


def test_the_files_of_an_issue_are_kept_as_they_were_signed(running, place):
    running.issue("2017-W06")
    key = running.ask("supervision", "signing_key")["keyid"]
    (place / "files.mjs").write_text(EXAMPLES["files"].replace("24aa2a5589edcb57", key))
    manifest = place / "2017-W06-r0.manifest.json"

    def kept():
        files = set(place.glob("2017-W06-r0.*")) - {manifest}
        return {hashlib.sha256(it.read_bytes()).hexdigest() for it in files}

    def named():
        return {it["sha256"] for it in json.loads(manifest.read_text())["renderings"]}

    with archive(running.stack, place, "files.mjs") as it:
        assert wait_until(lambda: manifest.exists() and kept() == named(), SECONDS), log(place)
        assert stopped(it)
    assert kept()


def test_without_an_answer_a_command_may_have_been_carried_out(running, place):
    running.stack.kill_service("relief")
    options = {"seconds": 1, "repeats": 0}
    found = call(running, place, "relief", "declare_stock", {}, **options)
    assert (found["name"], found["tryAgain"], found["commandId"]) == (
        "DeadlineExceeded",
        "same_id",
        True,
    )
    assert found["data"]["carried_out"] == "unknown"
    assert found["data"]["ask"]["method"] == "command"


def test_the_example_of_a_call_runs(running, place):
    (place / "visits.mjs").write_text(EXAMPLES["visits"])
    environment = node.environment() | {"AMQP_URI": running.stack.amqp_uri_of("office")}
    done = node.run("node", "visits.mjs", cwd=place, env=environment)
    assert done.stdout == "recorded, version 1\n"
