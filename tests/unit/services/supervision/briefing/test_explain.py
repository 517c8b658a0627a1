"""Explaining a figure of a subject with very many events takes as long as there are events."""

from collections import Counter

from services.supervision.briefing.explain import explain
from services.supervision.indicators import PRESENT
from tests.unit.services.supervision.proof.test_verify import VISITS, WEEK, event

EVENTS = 2000


class Read(dict):
    """An event that counts how often its attributes are read."""

    count: Counter = Counter()

    def __getitem__(self, name):
        Read.count[name] += 1
        return super().__getitem__(name)


def test_each_event_of_a_subject_is_compared_with_the_last_one_only():
    events = [Read(event("relief.visit.recorded", n, VISITS)) for n in range(1, EVENTS + 1)]
    Read.count.clear()
    found = explain(WEEK, "relief.visits_household", "410103006", PRESENT, [events])
    assert [it["id"] for it in found["included"]] == [events[-1]["id"]]
    reasons = {it["reason"] for it in found["left_out"]}
    assert reasons == {f"superseded by {events[-1]['id']} (relief.visit.recorded)"}
    assert max(Read.count.values()) < 20 * EVENTS
