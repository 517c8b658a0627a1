"""What is copied while the services work is whole, and what was restored from it is the same."""

import gzip
import json
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import bson
import pytest
from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

from deploy import mongodb_users
from deploy.composed import backup
from deploy.composed.archive import Archive, digest, read_documents
from deploy.composed.restore import MARK, restore
from deploy.composed.setup import ROLES
from deploy.local import republish
from deploy.local.errors import CannotRun
from deploy.local.purge import purge_queues
from shared.domain.errors import Conflict
from shared.messaging.log_guard import RESTORED
from shared.platform import broker
from shared.platform.database import database_name
from shared.platform.topology import SERVICES
from tests.support.running import SECONDS

WEEK = "2017-W06"
PASSWORD = "of the backup's own user"


@pytest.fixture(scope="module")
def uri(stack):
    """The database, with the rights of backups alone."""
    if not stack.owns_servers:
        pytest.skip("MONGODB_URI names a server whose users aren't ours")
    with MongoClient(stack.mongodb_uri) as client:
        mongodb_users.create_or_update(client, {"backup": (PASSWORD, ROLES["backup"])})
    known = parse_uri(stack.mongodb_uri)
    [(host, port)] = known["nodelist"]
    login = f"backup:{quote(PASSWORD)}@{host}:{port}"
    return f"mongodb://{login}/?replicaSet={known['options']['replicaSet']}&authSource=admin"


@pytest.fixture
def secrets(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "signing.key").write_text("a key")
    return folder


def publish(running):
    """The week's issue, unless a test before has."""
    with suppress(Conflict):
        running.issue(WEEK)


@pytest.fixture
def taken(running, uri, secrets, tmp_path):
    """A backup made while orders came in, some of them after an issue was published."""
    running.raise_order()
    running.settled()
    publish(running)
    stopped = threading.Event()

    def give():
        while not stopped.is_set():
            running.raise_order()

    giving = threading.Thread(target=give)
    giving.start()
    try:
        folder = backup.take(uri, secrets, tmp_path)
    finally:
        stopped.set()
        giving.join()
    return folder


def documents(folder, service, collection):
    path = folder / "databases" / database_name(service) / f"{collection}.bson.gz"
    return [bson.decode(one) for batch in read_documents(path) for one in batch]


def test_all_databases_are_of_one_instant(taken):
    manifest = Archive(taken).check()
    for service in SERVICES:
        log = {entry["_id"]: entry["id"] for entry in documents(taken, service, "log")}
        assert sorted(log) == list(range(1, manifest["logs"][service] + 1))
        versions = {it["_id"]: it["version"] for it in documents(taken, service, "aggregates")}
        events = [json.loads(entry["event"]) for entry in documents(taken, service, "log")]
        # No event without the state that it carries.
        assert all(event["subjectsequence"] <= versions[event["subject"]] for event in events)
    ahead = [fact for fact in documents(taken, "supervision", "facts") if not known(taken, fact)]
    assert ahead == []


def known(taken, fact):
    """Does its source's log have the event that this fact was made of?"""
    source = fact["source"].removeprefix("/warm/")
    return fact["seq"] <= Archive(taken).manifest()["logs"][source]


def test_a_damaged_file_is_named(taken):
    file = taken / "databases" / "warm_relief" / "log.bson.gz"
    content = gzip.decompress(file.read_bytes())
    file.write_bytes(gzip.compress(content[:-1] + b"\x01"))
    with pytest.raises(CannotRun, match="log.bson.gz is damaged"):
        Archive(taken).check()
    file.unlink()
    with pytest.raises(CannotRun, match="log.bson.gz is missing"):
        Archive(taken).check()


def test_one_that_was_interrupted_is_none(running, uri, secrets, tmp_path):
    secrets.joinpath("signing.key").unlink()
    secrets.rmdir()
    with pytest.raises(FileNotFoundError):
        backup.take(uri, secrets, tmp_path)
    [left] = tmp_path.iterdir()
    with pytest.raises(CannotRun, match="holds no backup"):
        Archive(left).check()


def test_a_database_with_data_is_refused(running, taken, uri):
    with pytest.raises(CannotRun, match="warm_clinics holds data|holds data already"):
        restore(uri, taken)
    running.raise_order()


def wipe(running):
    running.stack.stop_services()
    purge_queues(running.stack.amqp_uri)
    with MongoClient(running.stack.mongodb_uri) as client:
        for service in SERVICES:
            client.drop_database(database_name(service))


def test_after_everything_was_lost_it_is_the_same_again(running, taken, uri, monkeypatch):
    wipe(running)
    with MongoClient(running.stack.mongodb_uri) as client:
        # As if an earlier attempt had been interrupted.
        client["warm_relief"]["log"].insert_one({"_id": 1})
        for service in SERVICES:
            client[database_name(service)][MARK].insert_one({"_id": "earlier"})
    restore(uri, taken)
    running.start()
    monkeypatch.setenv("AMQP_URI", running.stack.amqp_uri)
    republish.republish(None)
    running.settled()
    logs = Archive(taken).manifest()["logs"]
    facts = running.ask("supervision", "health")["facts"]
    for service in SERVICES:
        assert facts[service] >= logs[service]
    # What the broker keeps for those who come later is there again. A count isn't enough: events
    # that go out now make up for some that are missing.
    in_logs = {entry["id"] for name in SERVICES for entry in documents(taken, name, "log")}
    running.wait(lambda: in_logs <= in_stream(running))
    assert running.ask("supervision", "verify", period=WEEK)["equal"]
    # Also those whose event had no number yet at the backup's instant: they go out now.
    kept = [
        it["_id"]
        for it in documents(taken, "relief", "aggregates")
        if "order" in it["_cls"].lower()
    ]
    assert running.live("relief.orders_raised") == str(len(kept))
    assert running.raise_order()["status"] == "raised"


def in_stream(running):
    """The ids of all events that `warm.log` holds now."""
    ids, left = set(), running.depth("warm.log")
    # Not by pika: it rejects what it has prefetched, which a stream doesn't allow.
    with broker.connection(running.stack.amqp_uri) as connection:
        channel = connection.default_channel

        def take(message):
            nonlocal left
            ids.add(message.properties["message_id"])
            channel.basic_ack(message.delivery_tag)
            left -= 1

        channel.basic_qos(0, 500, False)
        first = {"x-stream-offset": "first"}
        channel.basic_consume("warm.log", callback=take, arguments=first)
        while left > 0:
            connection.drain_events(timeout=SECONDS)
    return ids


def test_one_database_is_restored_alone_and_brought_forward(running, taken, uri):
    running.raise_order()
    running.settled()
    before = running.live("relief.orders_raised")
    running.stack.stop_services(["relief"])
    with pytest.raises(CannotRun, match="holds data already"):
        restore(uri, taken)
    restore(uri, taken, ["relief"])
    with running.service_db("relief") as database:
        assert database["log_state"].find_one({"_id": RESTORED})
        assert database["log"].count_documents({}) == Archive(taken).manifest()["logs"]["relief"]
    running.log_check_seconds = "1"
    running.start("relief")
    running.wait(lambda: running.health("relief")["problems"])
    while running.ask("relief", "bring_forward")["to_do"]:
        pass
    running.wait(lambda: running.health("relief")["status"] == "ready")
    running.settled()
    assert running.live("relief.orders_raised") == before
    running.raise_order()


def test_what_is_published_again_changes_nothing(running, monkeypatch):
    running.raise_order()
    running.settled()
    before = running.live("relief.orders_raised"), running.counts("supervision")
    monkeypatch.setenv("AMQP_URI", running.stack.amqp_uri)
    republish.republish(None)
    running.settled()
    assert (running.live("relief.orders_raised"), running.counts("supervision")) == before
    assert running.ask("relief", "republish", after=10**9, limit=5)["last"] == 10**9


def test_a_digest_is_of_the_whole_file(tmp_path):
    file = Path(tmp_path, "one")
    file.write_bytes(b"abc")
    assert digest(file).startswith("ba7816bf")
