"""Everything is lost but the backup, which was made while the system worked."""

import json
import shutil
import time

from deploy.composed.archive import Archive
from deploy.local.waiting import wait_until
from tests.composed.deployment import HEALTHY_SECONDS

WEEK = "2017-W06"
ORDERS = "relief.orders_raised"
BOTH = ("--profile", "subscriber")
PUBLIC = ("--edition", "public")


def test_from_a_backup_everything_comes_back(deployment, published):
    made = []
    public = deployment.office("briefing", "show", WEEK, "--format", "json", *PUBLIC)
    deployment.orders_during(f"backup-{time.time_ns()}", lambda: made.append(deployment.back_up()))
    [backup] = made
    logs = Archive(backup).check()["logs"]

    deployment.compose(*BOTH, "down", "--volumes")
    shutil.move(deployment.folder / "secrets", deployment.folder / "secrets.lost")

    deployment.init_deploy("--from", backup)
    deployment.restore(backup)
    deployment.compose(*BOTH, "up", "-d")
    deployment.wait_healthy()
    deployment.office("bring-forward")
    deployment.office("republish")
    deployment.settle()

    assert "equal" in deployment.office("briefing", "verify", WEEK)
    assert deployment.office("briefing", "show", WEEK, "--format", "json") == published
    facts = deployment.ask("supervision", "health")["facts"]
    assert all(facts[service] >= last for service, last in logs.items())
    raised = deployment.ask("relief", "tally", period=WEEK)["events"]["relief.order.raised"]
    assert deployment.live(ORDERS) == str(raised)
    assert deployment.office("briefing", "show", WEEK, "--format", "json", *PUBLIC) == public
    assert the_subscribers_copy(deployment) == public
    report = json.loads(deployment.office("status", "--json"))
    assert (report["status"], report["overview"]["parked"]) == ("ready", 0)


def the_subscribers_copy(deployment):
    """It had lost everything too, and got the issue again."""
    [subscriber] = deployment.containers("subscriber")
    assert wait_until(lambda: "saved" in deployment.docker("logs", subscriber), HEALTHY_SECONDS)
    return deployment.docker("exec", subscriber, "cat", f"/briefings/{WEEK}-r0.json")
