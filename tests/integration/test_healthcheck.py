"""A container's health check tells whether its service is connected and consumes, and not merely
that it lives."""

import os
import signal
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from tests.support import plain_amqp
from tests.support.restoring import restore

NAME = "relief"
# A slow machine elects a primary, and refuses what came too late meanwhile, for a while.
SECONDS = 180


class Checked:
    """One service with a health socket, and its health check as a container runs it."""

    def __init__(self, running, socket):
        self.running = running
        self.environment = {"WARM_HEALTH_SOCKET": str(socket)}
        self.start()

    def start(self):
        self.running.stack.start_service(NAME, self.running.environment | self.environment)
        self.says(0, "ready")

    def stop(self):
        self.running.stack.stop_services([NAME])

    def check(self):
        """Exit status and what was said."""
        done = subprocess.run(
            [sys.executable, "-m", "shared.service.health_client"],
            env=os.environ | self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr
        return done.returncode, done.stdout.strip()

    def says(self, status, text):
        """Wait until that is the answer."""
        found = []
        self.running.wait(
            lambda: found.append(self.check()) or found[-1] == (status, text), SECONDS, found
        )


@pytest.fixture
def checked(running, tmp_path):
    running.stack.stop_services([NAME])
    yield Checked(running, tmp_path / "health.sock")
    running.stack.stop_services([NAME])


def test_a_service_that_waits_for_the_registry_is_well(running, checked):
    with running.service_db(NAME) as service_db:
        kept = list(service_db.orgunits.find())
        service_db.orgunits.delete_many({})
        try:
            assert checked.check() == (0, "starting registry")
        finally:
            service_db.orgunits.insert_many(kept)
    checked.says(0, "ready")


def test_with_the_broker_away_it_is_not_well_until_it_is_back(running, checked):
    pid = running.stack.process(NAME).pid
    running.stack.kill_broker()
    checked.says(1, "degraded broker inbox")
    running.stack.resume_infrastructure()
    checked.says(0, "ready")
    assert running.stack.process(NAME).pid == pid


def test_with_the_database_away_it_is_not_well_until_it_is_back(running, checked):
    running.stack.kill_database()
    running.wait(lambda: checked.check()[0] == 1)
    assert "database" in checked.check()[1]
    running.stack.resume_infrastructure()
    checked.says(0, "ready")


def test_an_inbox_that_cannot_consume_is_not_well(running, checked):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_delete("relief.inbox")
    checked.says(1, "degraded broker inbox")
    restore(running)
    checked.says(0, "ready")


def test_requests_that_nobody_takes_are_not_well(running, checked):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_delete("rpc-relief")
    running.wait(lambda: checked.check()[0] == 1)
    restore(running)
    checked.says(0, "ready")


def test_a_process_that_hangs_or_is_gone_is_not_well(running, checked):
    os.kill(running.stack.process(NAME).pid, signal.SIGSTOP)
    assert checked.check() == (1, "no answer: TimeoutError")
    os.kill(running.stack.process(NAME).pid, signal.SIGCONT)
    checked.says(0, "ready")
    running.stack.kill_service(NAME)
    assert checked.check() == (1, "no answer: ConnectionRefusedError")
    # The socket that the killed process left doesn't hinder the next one.
    checked.start()
    checked.stop()
    assert checked.check()[0] == 1
