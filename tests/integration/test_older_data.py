"""What version 0.1.0 stored: the services start on it, its issues verify, its work goes on."""

import json

import pytest

from services.supervision.indicators import INDICATORS
from shared.domain.periods import Period, parse_instant
from shared.domain.service_names import NAMES
from shared.service.rpc_client import RpcClient
from tests.support import older_data
from tests.support.running import Running

WEEK = "2017-W06"
NOW = "2017-02-20T12:00:00+08:00"


@pytest.fixture(scope="module")
def upgraded(stack, tmp_path_factory):
    stack.reset()
    stored = older_data.restore(stack.mongodb_uri, "0.1.0")
    assert {database for database, _ in stored} == {f"warm_{name}" for name in NAMES}
    with RpcClient(stack.amqp_uri) as rpc:
        services = Upgraded(stack, rpc, older_data.keys(tmp_path_factory.mktemp("keys")))
        services.set_clock(parse_instant(NOW))
        services.start()
        yield services
        services.close()
    stack.stop_services()


class Upgraded(Running):
    """With the keys of the version that stored the data."""

    def __init__(self, stack, rpc, keys):
        super().__init__(stack, rpc)
        self._keys = keys

    @property
    def environment(self):
        return super().environment | self._keys


def test_every_service_is_ready(upgraded):
    assert {upgraded.health(name)["status"] for name in NAMES} == {"ready"}


def issue(upgraded, revision):
    asked = {"period": WEEK, "revision": revision}
    return json.loads(upgraded.ask("supervision", "briefing", **asked))


@pytest.fixture(scope="module")
def added(upgraded):
    """The indicators that the older version didn't have."""
    known = {row["indicator"] for row in issue(upgraded, 0)["notes"]["definitions"]}
    return INDICATORS.keys() - known


@pytest.mark.parametrize("revision", [0, 1])
def test_its_issues_verify(upgraded, added, revision):
    """An issue is computed by the present rules: only an added indicator may make a difference."""
    verdict = upgraded.ask("supervision", "verify", period=WEEK, revision=revision)
    assert (verdict["signature"], verdict["failure"]) == ("valid", None)
    assert verdict["equal"] == (not added)
    assert {row["indicator"] for row in verdict["figures"]} == added


def test_its_issues_are_shown_as_they_were_published(upgraded):
    first, revised = (issue(upgraded, revision) for revision in (0, 1))
    assert (first["issue"], revised["issue"], revised["revision"]) == (1, 1, 1)
    assert first["content_digest"].startswith("2edb24d185bce482")


def test_a_rebuild_finds_its_figures_equal(upgraded, added):
    job = upgraded.do("supervision", "rebuild_figures")

    def progress():
        return upgraded.ask("supervision", "rebuild_progress", id=job["id"])

    upgraded.wait(lambda: progress()["state"] in ("done", "failed", "died"))
    differences = progress()["differences"]
    # None: how many events were seen, which an added indicator may change too.
    assert {row["indicator"] for row in differences["named"]} <= added | {None}
    assert added or not differences["cells"] + differences["levels"]


def test_an_order_that_was_under_way_goes_on_and_counts(upgraded):
    [order] = [
        event
        for event in upgraded.ask("relief", "events", after=0, limit=1000)["events"]
        if event["type"] == "relief.order.raised" and event["time"].startswith("2017-02-16")
    ]
    claim = {"department": "民政局", "time": "2017-02-17T09:30:00+08:00"}
    assert upgraded.do("relief", "claim_items", id=order["subject"], **claim)["status"] == "claimed"
    upgraded.settled()
    assert upgraded.live("relief.orders_claimed", week=Period(2017, 7)) == "1"


def test_a_command_of_the_older_version_repeated_has_no_second_effect(upgraded):
    log = upgraded.health("relief")["log_last"]
    visits = {"value": "40", "qualifier": "over", "unit": "visit", "stated": None}
    repeated = upgraded.ask(
        "relief",
        "record_visits",
        command_id="late-visit",
        actor="person:tester",
        orgunit="410103016009",
        kind="household",
        visits=visits,
        time="2017-02-08T00:00:00+08:00",
        timeprecision="day",
    )
    assert repeated["version"] == 1
    assert upgraded.health("relief")["log_last"] == log
