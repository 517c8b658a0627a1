"""Problems of one service or server: `./warm status` shows each, and what docs/operations.md says
ends it. Those with a cause of their own are tested where that is; see the marker `problem`."""

import os
import re
import signal

import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.local.purge import purge_queues
from shared.platform.database import database_name
from shared.platform.topology import SERVICES
from tests.support import plain_amqp
from tests.support.restoring import restore
from tests.support.stack import stack_name


def warm(*arguments):
    return CliRunner().invoke(app, [*arguments, "--stack", stack_name()])


def shows(code, service="relief"):
    """Does `status` show the problem of the service?"""
    lines = warm("status").stdout.splitlines()
    return any(re.match(rf"{code}: .*\b{service}\b", line) for line in lines)


@pytest.fixture(autouse=True)
def well_before_and_after(running):
    running.wait(lambda: warm("status").exit_code == 0)
    yield
    running.wait(lambda: warm("status").exit_code == 0)


@pytest.mark.problem("stopped")
def test_a_stopped_service_is_started(running):
    running.stack.stop_services(["relief"])
    assert shows("stopped")
    running.start("relief")
    assert not shows("stopped")


@pytest.mark.problem("silent")
def test_a_service_that_hangs_is_started_again(running):
    os.kill(running.stack.process("relief").pid, signal.SIGSTOP)
    assert shows("silent")
    running.stack.kill_service("relief")
    running.start("relief")
    assert not shows("silent")


@pytest.mark.problem("broker", "database")
@pytest.mark.parametrize("server", ["broker", "database"])
def test_without_a_server_every_service_says_so_until_it_is_started(running, server):
    getattr(running.stack, f"kill_{server}")()
    running.wait(lambda: all(shows(server, name) for name in SERVICES))
    running.stack.resume_infrastructure()
    running.wait(lambda: not shows(server))


@pytest.mark.problem("inbox")
def test_an_inbox_whose_queue_is_gone_is_shown_until_the_queue_is_there(running):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_delete("relief.dead")
    running.wait(lambda: shows("inbox"))
    restore(running)
    running.wait(lambda: not shows("inbox"))


@pytest.mark.problem("registry")
def test_without_org_units_every_service_waits_for_their_import(running):
    running.stack.stop_services()
    purge_queues(running.stack.amqp_uri)
    with MongoClient(running.stack.mongodb_uri) as client:
        for service in SERVICES:
            client.drop_database(database_name(service))
    running.start()
    running.wait(lambda: all(shows("registry", name) for name in SERVICES))
    assert warm("import", "orgunits").exit_code == 0
    running.wait(lambda: not shows("registry"))
