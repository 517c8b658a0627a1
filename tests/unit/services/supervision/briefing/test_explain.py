"""Explaining a figure of a subject with very many events takes as long as there are events."""

from collections import Counter

from services.supervision.briefing.explain import explain
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from shared.domain.report_periods import Month
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


def test_days_of_the_first_month_before_the_first_week_are_in_no_sum():
    rules = PRESENT.beginning_in(Week(2017, 6))
    early, later = (
        event("relief.visit.recorded", number, VISITS)
        | {"subject": f"v{day}", "time": f"{day}T09:30:00+08:00"}
        for number, day in enumerate(("2017-02-03", "2017-02-07"), 1)
    )
    found = explain(
        Month(2017, 2), "relief.visits_household", "410103006", rules, [[early], [later]]
    )
    assert [it["id"] for it in found["included"]] == [later["id"]]
    assert [(it["id"], it["reason"]) for it in found["left_out"]] == [
        (early["id"], "before the programme's first week")
    ]
