"""A request of a partner, before it reaches a service."""

import json

import pytest

from deploy.bridge.gate import Gate, Quota, is_command
from deploy.bridge.partners import Partner, checked
from shared.contracts.limits import REQUEST_BYTES
from shared.domain.errors import Forbidden, Unavailable, ValidationFailed

SCHOOL = checked(Partner("school", ("relief.record_visits", "supervision.briefing")))
JSON = "application/json"


def body(**arguments):
    return json.dumps({"args": [], "kwargs": arguments}).encode()


@pytest.fixture
def gate():
    return Gate(SCHOOL, Quota(100))


def test_an_allowed_request_passes(gate):
    given = {"actor": "service:school", "command_id": "1"}
    assert gate.admit("relief.record_visits", body(**given), JSON) == given


def test_a_method_that_is_not_allowed_is_refused_by_name(gate):
    for method in ("relief.raise_order", "relief.erase_beneficiary", "relief.nothing", ""):
        with pytest.raises(Forbidden) as refused:
            gate.admit(method, body(), JSON)
        assert refused.value.data == {"rule": "method_not_allowed", "method": method}


def test_nobody_poses_as_somebody_else(gate):
    for actor in ("person:leader", "service:relief", "service:school2", None, 5, {}):
        with pytest.raises(Forbidden) as refused:
            gate.admit("relief.record_visits", body(actor=actor), JSON)
        assert refused.value.data["rule"] == "actor_of_another"


def test_of_two_equal_keys_none_is_believed(gate):
    twice = b'{"args": [], "kwargs": {"actor": "service:school", "actor": "person:leader"}}'
    with pytest.raises(ValidationFailed):
        gate.admit("relief.record_visits", twice, JSON)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b'{"args": ["relief"], "kwargs": {}}', JSON),
        (body(), "application/x-python-serialize"),
        (body(), None),
        (body(note="x" * REQUEST_BYTES), JSON),
    ],
)
def test_what_a_service_would_not_read_is_refused(gate, sent, kind):
    with pytest.raises(ValidationFailed):
        gate.admit("supervision.briefing", sent, kind)


def test_over_the_quota_the_answer_says_when_to_try_again():
    now = [0.0]
    quota = Quota(60, lambda: now[0])
    for _ in range(60):
        quota.take()
    with pytest.raises(Unavailable) as refused:
        quota.take()
    assert refused.value.data["calls_per_minute"] == 60
    now[0] += refused.value.data["retry_after_seconds"]
    quota.take()
    with pytest.raises(Unavailable):
        quota.take()


def test_a_quota_never_holds_more_than_a_minute_s_calls():
    now = [0.0]
    quota = Quota(3, lambda: now[0])
    now[0] = 86_400.0
    for _ in range(3):
        quota.take()
    with pytest.raises(Unavailable):
        quota.take()


def test_refused_requests_count_too():
    gate = Gate(SCHOOL, Quota(1))
    with pytest.raises(Forbidden):
        gate.admit("relief.raise_order", body(), JSON)
    with pytest.raises(Unavailable):
        gate.admit("supervision.briefing", body(), JSON)


def test_a_command_is_not_taken_for_a_query():
    assert is_command("relief.record_visits")
    assert not is_command("supervision.briefing")
    assert not is_command("relief.from_an_older_release")
