"""Comparing a projection with its source: what is missing, what is in flight, what went back."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.problems import PROBLEMS
from shared.domain.clock import Clock
from shared.domain.errors import DeadlineExceeded
from shared.domain.periods import parse_instant
from shared.platform import topology
from shared.service import comparison
from shared.service.comparison import GRACE_SECONDS, JITTER, Comparison, Numbers

NOW = parse_instant("2017-02-13T12:00:00+08:00")
INTERVAL = 30


class Copy:
    """A copy of a registry: unit → version, here and there. `helps`: whether a repair helps."""

    name, code = "registry", "registry_gap"

    def __init__(self, here, there, helps=True):
        self.here, self.there, self.helps = dict(here), dict(there), helps
        self.answers, self.repairs = True, []

    def differing(self):
        if not self.answers:
            raise DeadlineExceeded
        numbers = {
            it: Numbers(self.here.get(it, 0), self.there.get(it, 0))
            for it in self.here.keys() | self.there.keys()
        }
        return {it: n for it, n in numbers.items() if n.here != n.there}

    def repair(self, missing):
        self.repairs.append(sorted(missing))
        if self.helps:
            self.here |= {it: max(n, self.here.get(it, 0)) for it, n in self.there.items()}


@pytest.fixture
def bound(monkeypatch):
    """The services whose bindings were made again."""
    services = []
    monkeypatch.setattr(topology, "check", lambda uri, service: services.append(service) or [])
    return services


@pytest.fixture
def ticks(monkeypatch):
    """The monotonic clock, which stands still."""
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(comparison.time, "monotonic", lambda: now.seconds)
    return now


def context():
    return SimpleNamespace(
        settings=SimpleNamespace(compare_seconds=INTERVAL, amqp_uri="amqp://"),
        clock=Clock(lambda: NOW),
        container=SimpleNamespace(service_name="clinics"),
        backpressure=False,
        following={},
        problems={},
    )


def compared(copy):
    own = context()
    return Comparison(copy, own), own


def test_what_is_equal_is_compared_again_after_the_interval(bound):
    check, own = compared(Copy({"a": 1}, {"a": 1}))
    assert INTERVAL * (1 - JITTER) <= check.compare() <= INTERVAL
    assert (own.problems, bound) == ({}, [])


def test_what_is_missing_for_the_time_of_grace_is_repaired_bound_again_and_said(bound):
    copy = Copy({"a": 1}, {"a": 1, "410103001801": 2})
    check, own = compared(copy)
    assert check.compare() == GRACE_SECONDS
    assert (own.problems, copy.repairs) == ({}, [])
    assert check.compare() == GRACE_SECONDS
    assert own.problems == {
        "registry_gap": "410103001801 since 2017-02-13T12:00:00+08:00, has 0 of 2"
    }
    assert (copy.repairs, bound) == ([["410103001801"]], ["clinics"])
    check.compare()
    assert own.problems == {}
    [said] = comparison.state(own.following)
    assert (said["missing"], said["repaired"]["number"]) == (0, 1)
    assert said["repaired"]["names"] == ["410103001801"]


def test_what_was_only_in_flight_is_no_gap(bound):
    copy = Copy({"a": 1}, {"a": 2})
    check, own = compared(copy)
    check.compare()
    # It has arrived, and the next change is in flight.
    copy.here["a"], copy.there["a"] = 2, 3
    assert check.compare() == GRACE_SECONDS
    assert (own.problems, copy.repairs) == ({}, [])


def test_a_gap_that_stays_is_said_and_not_repaired_without_a_pause(bound):
    copy = Copy({}, {"a": 1}, helps=False)
    check, own = compared(copy)
    check.compare()
    assert check.compare() == GRACE_SECONDS
    assert check.compare() > GRACE_SECONDS
    assert "registry_gap" in own.problems


def test_many_units_are_counted_and_the_first_are_named(bound):
    check, own = compared(Copy({}, {f"4101030{n:02}": 1 for n in range(20)}))
    check.compare()
    check.compare()
    detail = own.problems["registry_gap"]
    assert detail.startswith("410103000 since") and detail.endswith("and 15 more")
    assert len(detail) < 500


def test_a_source_that_went_back_is_no_gap_and_is_not_silent(bound):
    copy = Copy({"a": 3}, {"a": 2})
    check, own = compared(copy)
    check.compare()
    check.compare()
    assert (own.problems, copy.repairs) == ({}, [])
    [said] = comparison.state(own.following)
    assert said["ahead"] == ["a: has 3 of 2"]


def test_while_the_inbox_is_full_nothing_is_a_gap(bound, ticks):
    copy = Copy({}, {"a": 1})
    check, own = compared(copy)
    own.backpressure = True
    for _ in range(5):
        check.compare()
    assert (own.problems, copy.repairs) == ({}, [])


def test_a_source_without_an_answer_for_long_is_said_and_leaves_the_service_ready(bound, ticks):
    copy = Copy({}, {})
    check, own = compared(copy)
    copy.answers = False
    check.compare()
    assert own.problems == {}
    ticks.seconds += 10 * INTERVAL
    check.compare()
    assert own.problems == {"not_compared": "registry since 2017-02-13T12:00:00+08:00"}
    assert not PROBLEMS["not_compared"].degrades
    copy.answers = True
    check.compare()
    assert own.problems == {}


def test_gaps_of_several_sources_are_one_problem(bound):
    own = context()
    for name in ("relief", "clinics"):
        copy = Copy({}, {name: 7}, helps=False)
        copy.name, copy.code = name, "source_gap"
        check = Comparison(copy, own)
        check.compare()
        check.compare()
    since = "since 2017-02-13T12:00:00+08:00, has 0 of 7"
    assert own.problems == {"source_gap": f"relief {since}; clinics {since}"}


versions = st.dictionaries(st.sampled_from("abc"), st.integers(1, 3))


@given(versions, versions)
def test_two_comparisons_and_a_repair_bring_here_all_that_the_source_has(here, there):
    own, copy = context(), Copy(here, there)
    check = Comparison(copy, own)
    check._bind = lambda: None
    for _ in range(3):
        check.compare()
    assert all(copy.here[it] >= version for it, version in there.items())
    assert own.problems == {}
    behind = {it for it, version in there.items() if here.get(it, 0) < version}
    assert copy.repairs == ([sorted(behind)] if behind else [])
