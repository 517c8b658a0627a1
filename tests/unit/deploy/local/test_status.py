"""The report of `./warm status` from the answers of services, or without answers."""

import pytest

from deploy.local import status

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


def test_a_stalled_part_is_shown_with_its_time_and_the_log():
    service = {"status": "degraded", "progress": parts(inbox="moving", outbox="stalled")}
    assert list(status.hints({"services": {"relief": service}})) == [
        f"progress: relief's outbox has not moved since {SINCE}: ./warm logs relief"
    ]


def test_an_open_circuit_breaker_is_shown_with_its_reasons_and_what_to_do():
    service = {
        "status": "degraded",
        "checks": {"registry": True, "line": False},
        "line": {"invalid_in_a_row": {"not_json": 1001}, "limit": 1000},
    }
    [hint] = status.hints({"services": {"relief": service}})
    assert "not_json 1001" in hint
    assert "./warm deadletters resume relief" in hint


def test_a_wrong_clock_and_a_programme_without_a_first_week_are_shown():
    answering = {"checks": {"clock": False}, "first_week": None}
    clock, first_week = sorted(status.hints({"services": {"supervision": answering}}))
    assert clock.startswith("clock: supervision's")
    assert "WARM_PROGRAMME_FIRST_WEEK" in first_week
    fine = {"checks": {"clock": True}, "first_week": "2017-W06"}
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
