"""The system as operators run it: up, used, stopped, killed, scaled, upgraded."""

import json
import time

import pytest

from deploy.local.waiting import wait_until
from shared.platform.topology import SERVICES
from shared.platform.version import project_version
from tests.composed.deployment import HEALTHY_SECONDS, SERVERS
from tests.support.expected_week import core_cells, expected_cells

WEEK = "2017-W06"
ORDERS = "relief.orders_raised"


def test_from_nothing_every_container_is_healthy_and_the_set_up_has_ended(deployment):
    deployment.wait_healthy()
    for name in ("setup", "topology"):
        [one] = deployment.docker(
            "ps",
            "--all",
            "--quiet",
            "--filter=label=com.docker.compose.project=warmtest",
            f"--filter=label=com.docker.compose.service={name}",
        ).split()
        state = deployment.inspect(one)["State"]
        assert (state["Status"], state["ExitCode"]) == ("exited", 0)


def test_the_briefing_is_the_one_that_was_derived_by_hand(deployment, published):
    assert core_cells(json.loads(published)) == expected_cells()
    assert "equal" in deployment.office("briefing", "verify", WEEK)


def test_the_subscriber_has_the_public_edition_byte_for_byte(deployment, published):
    [subscriber] = deployment.containers("subscriber")
    read = ("exec", subscriber, "cat", f"/briefings/{WEEK}-r0.json")
    assert wait_until(lambda: "saved" in deployment.docker("logs", subscriber), HEALTHY_SECONDS)
    assert deployment.docker(*read) == deployment.public(WEEK)


def test_one_command_shows_what_operators_check_first(deployment, published):
    told = deployment.status_when_well()["overview"]
    assert (told["up"], told["behind"], told["parked"]) == ({"ready": 5, "of": 5}, 0, 0)
    assert told["version"] == [project_version()]
    assert told["full"]["database_own"] > 0 and told["full"]["database_disk"] > 0
    assert told["full"]["broker"]["disk_free"] > told["full"]["broker"]["disk_least"] > 0
    assert told["full"]["broker"]["version"].startswith("4.0")


@pytest.mark.parametrize(
    "names",
    [
        *([name] for name in SERVERS),
        SERVICES,
        *(pytest.param([name], marks=pytest.mark.long) for name in SERVICES),
    ],
    ids=lambda names: "all services" if names == SERVICES else names[0],
)
def test_a_container_that_dies_comes_back_healthy_and_nothing_is_lost(deployment, published, names):
    before = int(deployment.live(ORDERS))

    def kill():
        victims = [victim for name in names for victim in deployment.containers(name)]
        known = {victim: deployment.restarts(victim) for victim in victims}
        for victim in victims:
            deployment.crash(victim)
        for victim in victims:
            assert wait_until(
                lambda it=victim: deployment.restarts(it) > known[it], HEALTHY_SECONDS
            )
        deployment.wait_healthy()

    raised = deployment.orders_during(f"kill-{names[0]}-{time.time_ns()}", kill)
    deployment.settle()
    assert raised["acknowledged"] > 0
    assert int(deployment.live(ORDERS)) == before + raised["acknowledged"]


@pytest.mark.long
def test_scaled_it_counts_the_same(deployment, published):
    before = int(deployment.live(ORDERS))
    scale = ("up", "-d", "--no-recreate", "--scale", "relief=3", "--scale", "supervision=2")

    def act():
        deployment.compose(*scale)
        deployment.wait_healthy(relief=3, supervision=2)
        report = json.loads(deployment.office("status", "--json"))["services"]
        assert {name: report[name]["instances"] for name in ("relief", "supervision")} == {
            "relief": 3,
            "supervision": 2,
        }
        deployment.compose("up", "-d", "--no-recreate")
        deployment.wait_healthy()

    raised = deployment.orders_during(f"scale-{time.time_ns()}", act)
    deployment.settle()
    assert int(deployment.live(ORDERS)) == before + raised["acknowledged"]


@pytest.mark.long
def test_one_service_is_upgraded_while_the_others_run(deployment, published):
    """Rolling: the new one is healthy beside the old one before that goes."""
    before = int(deployment.live(ORDERS))
    new = f"{project_version()}-next"
    deployment.compose("build", "--quiet", "--build-arg", f"VERSION={new}", version=new)
    [old] = deployment.containers("relief")
    beside = ("up", "-d", "--no-deps", "--no-recreate", "--scale", "relief=2", "relief")

    def act():
        deployment.compose(*beside, version=new)
        deployment.wait_healthy(relief=2)
        told = json.loads(deployment.office("status", "--json"))
        assert told["services"]["relief"]["versions"] == [project_version(), new]
        deployment.docker("stop", old)
        assert deployment.inspect(old)["State"]["ExitCode"] == 0
        deployment.docker("rm", old)
        deployment.wait_healthy()

    raised = deployment.orders_during(f"upgrade-{time.time_ns()}", act)
    deployment.settle()
    assert int(deployment.live(ORDERS)) == before + raised["acknowledged"]
    assert json.loads(deployment.office("status", "--json"))["overview"]["version"] == [
        project_version(),
        new,
    ]


@pytest.mark.long
@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_stopped_and_started_it_is_the_same(deployment, published, time):
    orders = deployment.live(ORDERS)
    deployment.compose("stop")
    for name in (*SERVERS, *SERVICES):
        assert deployment.containers(name) == []
    deployment.compose("up", "-d")
    deployment.wait_healthy()
    deployment.settle()
    assert deployment.live(ORDERS) == orders
    assert "equal" in deployment.office("briefing", "verify", WEEK)


def test_said_again_nothing_is_made_anew(deployment):
    known = {name: deployment.containers(name) for name in (*SERVERS, *SERVICES)}
    deployment.compose("up", "-d")
    assert {name: deployment.containers(name) for name in known} == known
