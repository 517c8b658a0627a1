"""Data of the version before: upgraded, backed up and restored."""

import json

import pytest

from deploy.composed.secretfolder import KEEP_PERSONAL_DATA, SERVICE_USER
from deploy.local import secretfiles
from tests.composed.deployment import Deployment
from tests.support import older_data

BEFORE = "0.1.0"
WEEK = "2017-W06"
REVISIONS = (0, 1)


@pytest.fixture
def older(docker, tmp_path):
    """A deployment beside the other one, with the secrets and data of the version before."""
    docker_host, images = docker
    made = Deployment(tmp_path, docker_host, images, "warmolder")
    keep_keys(tmp_path / "secrets")
    made.install()
    made.start_database()
    assert made.script("store_older_data", BEFORE, service="restore") > 0
    made.compose("up", "-d")
    yield made
    made.compose("down", "--volumes")


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
