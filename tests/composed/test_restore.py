"""Everything is lost but the backup, which was made while the system worked; or the broker's data
alone."""

import json
import shutil
import time

import pytest

from deploy.composed.archive import Archive
from deploy.local.errors import CannotRun
from deploy.local.waiting import wait_until
from tests.composed import programs
from tests.composed.deployment import HEALTHY_SECONDS

WEEK, AFTER_BACKUP, AFTER_LOSS = "2017-W06", "2017-W08", "2017-W09"
ORDERS = "relief.orders_raised"
LIVE = ("supervision", "live", json.dumps({"period": WEEK}))
RECEIVE_SECONDS = 120


def test_from_a_backup_everything_comes_back(deployment, published):
    made = []
    public = deployment.public(WEEK)
    deployment.orders_during(f"backup-{time.time_ns()}", lambda: made.append(deployment.back_up()))
    [backup] = made
    logs = Archive(backup).check()["logs"]

    lose_everything(deployment)
    bring_back(deployment, backup)
    deployment.start("subscriber")

    assert "equal" in deployment.office("briefing", "verify", WEEK)
    assert deployment.office("briefing", "show", WEEK, "--format", "json") == published
    facts = deployment.ask("supervision", "health")["facts"]
    assert all(facts[service] >= last for service, last in logs.items())
    raised = deployment.ask("relief", "tally", period=WEEK)["events"]["relief.order.raised"]
    assert deployment.live(ORDERS) == str(raised)
    assert deployment.public(WEEK) == public
    assert the_subscribers_copy(deployment) == public
    report = json.loads(deployment.office("status", "--json"))
    assert (report["status"], report["overview"]["parked"]) == ("ready", 0)


def lose_everything(deployment):
    """But the backups, and what others have of their own."""
    deployment.remove()
    lost = deployment.folder / f"secrets.lost-{time.time_ns()}"
    shutil.move(deployment.folder / "secrets", lost)


def bring_back(deployment, backup):
    """As the operators' guide says."""
    deployment.init_deploy("--from", backup)
    deployment.restore(backup)
    deployment.compose("up", "-d")
    deployment.wait_healthy()
    deployment.office("bring-forward")
    deployment.warm("subscriber", "apply")
    deployment.office("republish")
    deployment.settle()


def the_subscribers_copy(deployment):
    """It had lost everything too, and got the issue again."""
    [subscriber] = deployment.containers("subscriber")
    assert wait_until(lambda: "saved" in deployment.docker("logs", subscriber), HEALTHY_SECONDS)
    return deployment.docker("exec", subscriber, "cat", f"/briefings/{WEEK}-r0.json")


class Outsiders:
    """A subscriber somewhere, a program of a subscriber beside the services, and a partner; with
    what each was given before anything was lost."""

    def __init__(self, deployment):
        self._deployment = deployment
        deployment.warm("subscriber", "add", "website", "--reports", "public")
        self._website = programs.address(deployment, "website")
        programs.add(deployment, "full-archive")
        allowed = ("--methods", "supervision.live", "--events", "relief.order.*")
        deployment.warm("partner", "add", "school", *allowed)
        self._school = (deployment.folder / "secrets" / "partner.school.amqp").read_text()
        self.known = self.listed()

    def listed(self):
        """Who there is, with what it may have."""
        subscribers = json.loads(self._deployment.warm("subscriber", "list", "--json"))
        partner = self._partner()
        return [
            *({it: found[it] for it in ("name", "reports", "since")} for found in subscribers),
            {it: partner[it] for it in ("name", "methods", "events", "actors")},
        ]

    def have(self, week):
        """Whether the week's issue reaches each subscriber, and the partner calls and hears."""
        report = f"{week}-r0"
        got = programs.receive(self._deployment, self._website, report, RECEIVE_SECONDS)
        assert got["reports"][-1] == report
        self.have_archived(report)
        assert "result" in self._deployment.script("call_as_partner", self._school, *LIVE)
        before = self._heard()
        self._deployment.script("raise_orders", f"heard-{time.time_ns()}", 1)
        assert wait_until(lambda: self._heard() > before, HEALTHY_SECONDS)

    def have_archived(self, report):
        assert wait_until(lambda: programs.archived(self._deployment, report), HEALTHY_SECONDS)

    def _heard(self):
        return self._partner()["passed_on"]

    def _partner(self):
        """As soon as the bridge is connected for it."""

        def listed():
            try:
                return json.loads(self._deployment.warm("partner", "list", "--json"))
            except CannotRun:
                return None

        [partner] = wait_until(listed, HEALTHY_SECONDS, 1)["partners"]
        return partner

    def remove(self):
        programs.remove(self._deployment, "full-archive")
        self._deployment.warm("subscriber", "remove", "website", "--yes")
        self._deployment.warm("partner", "remove", "school")
        self._deployment.stop("partners")


@pytest.fixture(scope="module")
def outsiders(deployment, published):
    made = Outsiders(deployment)
    yield made
    made.remove()


@pytest.mark.long
def test_subscribers_and_partners_come_back_from_a_backup(deployment, outsiders):
    backup = deployment.back_up()
    lose_everything(deployment)
    bring_back(deployment, backup)
    deployment.start("subscriber", "full-archive", "partners")
    assert outsiders.listed() == outsiders.known
    # The program had lost everything too.
    outsiders.have_archived(f"{WEEK}-r0")
    deployment.publish(AFTER_BACKUP)
    outsiders.have(AFTER_BACKUP)


@pytest.mark.long
def test_subscribers_and_partners_come_back_to_a_broker_that_lost_everything(deployment, outsiders):
    deployment.compose("rm", "--force", "--stop", "broker")
    deployment.docker("volume", "rm", f"{deployment.name}_broker")
    deployment.compose("up", "-d")
    deployment.wait_healthy()
    assert wait_until(lambda: "subscriber_missing" in problems(deployment), HEALTHY_SECONDS)
    deployment.warm("subscriber", "apply")
    deployment.office("republish")
    deployment.settle()
    assert outsiders.listed() == outsiders.known
    deployment.publish(AFTER_LOSS)
    outsiders.have(AFTER_LOSS)
    assert wait_until(lambda: not problems(deployment), HEALTHY_SECONDS)


def problems(deployment):
    """Of supervision, which looks after subscribers."""
    return [it["code"] for it in deployment.ask("supervision", "health")["problems"]]
