"""The report of `./warm status` from the answers of services, or without answers."""

import hashlib

import pytest

from deploy.broker_definitions import FILE
from deploy.local import broker_status, status

SINCE = "2017-02-06T09:30:00+08:00"


def parts(**states):
    return {part: {"state": state, "since": SINCE} for part, state in states.items()}


@pytest.mark.parametrize(
    "progress, expected",
    [
        (None, None),
        (parts(inbox="idle", outbox="idle"), "idle"),
        (parts(inbox="moving", outbox="idle"), "moving: inbox"),
        (parts(inbox="moving", outbox="stalled"), "stalled: outbox"),
    ],
)
def test_progress_is_that_of_the_worst_part(progress, expected):
    assert status._progress(progress) == expected


@pytest.mark.parametrize(
    "lag, expected",
    [
        ({"inbox": 0, "outbox": 0}, "0"),
        ({"inbox": 12, "outbox": 0, "retries": 3}, "inbox 12, retries 3"),
        ({"inbox": None}, "inbox ?"),
    ],
)
def test_lag_is_shown_where_there_is_any(lag, expected):
    assert status._lag(lag) == expected


def hint(service):
    [hint] = status.hints({"services": {"relief": service}})
    return hint


def test_a_problem_is_shown_with_its_details_its_costs_and_what_ends_it():
    problem = {"code": "line", "detail": "not_json 1001"}
    shown = hint({"status": "degraded", "problems": [problem]})
    assert shown.startswith("line: relief stopped taking events")
    assert "(not_json 1001); events wait at the broker" in shown
    assert "./warm deadletters resume relief" in shown


def test_a_problem_of_a_newer_service_is_shown_by_its_code():
    problem = {"code": "from_the_future", "detail": "since Monday"}
    assert hint({"status": "degraded", "problems": [problem]}) == (
        "from_the_future: relief since Monday"
    )


def test_a_service_that_gives_no_health_is_a_problem():
    assert hint({"status": "silent"}).startswith("silent: relief gives no answer")
    assert "./warm up" in hint({"status": "stopped"})


def test_the_brokers_alarm_is_said_once_for_all_services():
    alarm = {"status": "degraded", "problems": [{"code": "broker_alarm", "detail": "low on disk"}]}
    [hint] = status.hints({"services": {"clinics": alarm, "relief": alarm}})
    assert hint.startswith("broker_alarm: clinics, relief can't send messages")


def test_undelivered_messages_are_shown_also_while_their_service_is_stopped():
    waiting = {"undelivered": {"relief.undelivered": 3}}
    assert "(relief.undelivered 3)" in hint({"status": "ready", "problems": [], **waiting})
    stopped = list(status.hints({"services": {"relief": {"status": "stopped", **waiting}}}))
    assert [line.split(":")[0] for line in stopped] == ["stopped", "undelivered"]


@pytest.mark.parametrize(
    "answer, shown",
    [
        ("complete", []),
        ("sub.archive.reports", ["sub.archive.reports"]),
        (None, [broker_status.UNKNOWN]),
    ],
)
def test_queues_without_their_policy_are_a_problem_of_the_broker(answer, shown):
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()[:12]
    name = f"warm/{digest}/{answer}" if answer else "rabbit@localhost"
    problems = broker_status._problems(name)
    assert [it["detail"] for it in problems] == shown
    for line in status.hints({"services": {}, "problems": problems}):
        assert line.startswith("limits: broker isn't known to have the delivery limits")
        assert "init-deploy" in line


@pytest.mark.problem("clock")
def test_a_wrong_clock_and_a_programme_without_a_first_week_are_shown():
    """Services before 0.3 give no problems, only checks."""
    answering = {"status": "degraded", "checks": {"clock": False}, "first_week": None}
    clock, first_week = sorted(status.hints({"services": {"supervision": answering}}))
    assert clock.startswith("clock: supervision has a clock that differs")
    assert "WARM_PROGRAMME_FIRST_WEEK" in first_week
    fine = {"status": "ready", "checks": {"clock": True}, "first_week": "2017-W06"}
    assert not list(status.hints({"services": {"supervision": fine}}))


class Two:
    """Answers for two instances, in this order."""

    def __init__(self, *order):
        self.order = list(order)

    def call(self, *_, **__):
        instance, answer = self.order.pop(0)
        return {"instance": instance, "version": "1", "status": "ready"} | answer


def test_requests_are_repeated_until_all_instances_have_answered():
    rpc = Two(("a", {}), ("a", {}), ("b", {"version": "2", "status": "degraded"}))
    answer = status._worst(rpc, "relief", instances=2)
    assert (answer["status"], answer["versions"]) == ("degraded", ["1", "2"])
    assert rpc.order == []


def test_the_number_of_requests_is_limited():
    rpc = Two(*[("a", {})] * 2 * status.REQUESTS_PER_INSTANCE)
    assert status._worst(rpc, "relief", instances=2)["versions"] == ["1"]
    assert rpc.order == []


def test_a_service_that_waits_for_the_registry_shows_what_to_do():
    waiting = {"status": "starting", "pid": 1, "checks": {"registry": False, "broker": True}}
    report = {"services": {"relief": {**waiting, "queue_depth": 0}}}
    assert status._status(waiting) == "starting (registry)"
    assert "./warm import orgunits" in "".join(status.hints(report))
    ready = {"status": "ready", "checks": {"registry": True}}
    assert status._status(ready) == "ready"
    assert not list(status.hints({"services": {"relief": ready}}))
