"""Data of the version before: upgraded, backed up and restored. Its broker, with its subscribers:
upgraded in place."""

import json

import pytest

from deploy.broker_definitions import AT_START, with_passwords
from deploy.composed.secretfolder import (
    KEEP_PERSONAL_DATA,
    SERVER_USER,
    SERVICE_USER,
    SecretFolder,
    amqp_uri,
)
from deploy.local import secretfiles
from deploy.local.waiting import wait_until
from shared.platform import permissions
from shared.platform.permissions import ALL, KEEPER, Rights
from tests.composed import programs
from tests.composed.deployment import HEALTHY_SECONDS, Deployment
from tests.support import older_broker, older_data
from tests.support.older_broker import WEBSITE

BEFORE = "0.1.0"
WEEK, NEXT, LATER = "2017-W06", "2017-W08", "2017-W09"
REVISIONS = (0, 1)
WAITING = [f"{WEEK}-r{it}" for it in REVISIONS]
RECEIVE_SECONDS = 120


@pytest.fixture
def begun(docker, tmp_path):
    """A deployment beside the other one, with the secrets and data of the version before; its
    services aren't started yet."""
    docker_host, images = docker
    made = Deployment(tmp_path, docker_host, images, "warmolder")
    keep_keys(tmp_path / "secrets")
    made.install()
    made.start_database()
    assert made.script("store_older_data", BEFORE, service="restore") > 0
    yield made
    made.remove()


@pytest.fixture
def older(begun):
    """With a broker of this version."""
    begun.compose("up", "-d")
    return begun


@pytest.fixture
def with_its_broker(begun):
    """With the broker as 0.2.0 had it, upgraded in place by the operators' guide."""
    secrets = begun.folder / "secrets"
    secretfiles.write_private(secrets / f"{WEBSITE}.amqp", amqp_uri(WEBSITE), SERVICE_USER, 0o400)
    text = json.dumps(read_at_start(SecretFolder(secrets).broker_password))
    secretfiles.write_private(secrets / "definitions.json", text.encode(), SERVER_USER, 0o400)
    begun.compose("up", "-d", "broker")
    assert wait_until(lambda: begun.health("broker") == ["healthy"], HEALTHY_SECONDS, 0.5)
    assert begun.script("begin_older_broker", BEFORE, service="topology") == len(WAITING)
    begun.init_deploy()
    begun.compose("up", "-d", "--no-deps", "--force-recreate", "broker")
    begun.compose("up", "-d")
    begun.wait_healthy()
    begun.settle()
    return begun


def read_at_start(password_of):
    """What the broker of that release read when it started, with users of this deployment."""
    found = older_broker.with_a_second_subscriber()
    kept = {part: found[part] for part in AT_START if part in found}
    kept["users"].append(permissions.user(KEEPER))
    kept["permissions"].append(permissions.permission(KEEPER, Rights(ALL, ALL, ALL, {})))
    return with_passwords(kept, password_of)


def keep_keys(secrets):
    """Those that the data were signed and encrypted with."""
    secrets.mkdir(mode=0o700)
    kept = {"signing.key": older_data.signing_key()}
    kept |= {f"{name}.field.key": older_data.field_key() for name in KEEP_PERSONAL_DATA}
    for name, content in kept.items():
        secretfiles.write_private(secrets / name, content, SERVICE_USER, 0o400)


def test_data_of_the_version_before_go_on_and_come_back_from_a_backup(older):
    older.wait_healthy()
    older.settle()
    issues = issues_that_verify(older)
    order = claimed(older, "2017-02-16")

    backup = older.back_up()
    older.compose("down", "--volumes")
    older.restore(backup)
    older.compose("up", "-d")
    older.wait_healthy()
    older.settle()
    assert issues_that_verify(older) == issues
    assert older.ask("relief", "order", id=order)["status"] == "claimed"


def issues_that_verify(deployment):
    """Both issues of the week, as they were published."""
    each = [{"period": WEEK, "revision": revision} for revision in REVISIONS]
    verdicts = deployment.ask_each(*(("supervision", "verify", issue) for issue in each))
    for verdict in verdicts:
        assert (verdict["equal"], verdict["signature"]) == (True, "valid"), verdict
    issues = deployment.ask_each(*(("supervision", "briefing", issue) for issue in each))
    assert [json.loads(issue)["revision"] for issue in issues] == list(REVISIONS)
    return issues


def claimed(deployment, day):
    """The order raised on `day` under the version before, claimed under this one."""
    [order] = [
        event["subject"]
        for event in deployment.ask("relief", "events", after=0, limit=1000)["events"]
        if event["type"] == "relief.order.raised" and event["time"].startswith(day)
    ]
    deployment.ask(
        "relief",
        "claim_items",
        command_id="claimed-after-upgrade",
        actor="person:tester",
        id=order,
        department="民政局",
        time="2017-02-17T09:30:00+08:00",
    )
    return order


@pytest.mark.long
def test_subscribers_of_the_version_before_get_what_waited_and_the_next_issue(with_its_broker):
    it = with_its_broker
    address = (it.folder / "secrets" / f"{WEBSITE}.amqp").read_text()
    it.start("subscriber")
    it.publish(NEXT)
    got = programs.receive(it, address, f"{NEXT}-r0", RECEIVE_SECONDS)
    assert got == {"reports": [*WAITING, f"{NEXT}-r0"]}
    assert wait_until(lambda: archived(it) >= {*WAITING, f"{NEXT}-r0"}, HEALTHY_SECONDS)

    # Added again, it is one of the subscribers: what waits stays, the password is another one.
    it.publish(LATER)
    it.warm("subscriber", "add", WEBSITE)
    assert "error" in programs.receive(it, address, "", 0)
    address = programs.address(it, WEBSITE)
    got = programs.receive(it, address, f"{LATER}-r0", RECEIVE_SECONDS)
    assert got == {"reports": [f"{LATER}-r0"]}
    [listed] = [
        one for one in json.loads(it.warm("subscriber", "list", "--json")) if one["name"] == WEBSITE
    ]
    assert listed["last_acknowledged"]["period"] == LATER


def archived(deployment):
    """The reports that the deployment's own archive has saved."""
    kept = programs.files(deployment, "subscriber", "/briefings")
    return {name.removesuffix(".json") for name in kept}
