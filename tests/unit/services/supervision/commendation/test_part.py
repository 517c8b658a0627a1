"""The part of a year's report on whom it commends, from facts."""

import json

import pytest

from services.supervision.briefing.assemble import content, document, draft
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.revisions import changed_parts
from services.supervision.indicators import PRESENT
from shared.domain.periods import Week
from shared.domain.report_periods import Year
from shared.platform.topology import SERVICES
from tests.support.district import naive
from tests.unit.services.supervision.briefing.test_week_parts import event

DISTRICT, STREET, VILLAGE = "410103", "410103001", "410103001001"
YEAR = Year(2017)
GROUNDS, REASON = (
    {"zh": "全年走访最多"},
    {"zh": "有安全问题未整改", "en": "a safety finding is open"},
)
OFFICE = {"zh": "督导组组长", "en": "head of the supervision group"}
HOURS = "volunteering.hours_verified"


def unit(code, parent, level, name):
    dates = {"valid_from": None, "valid_to": None, "successor": None, "retired": False}
    data = {"code": code, "parent": parent, "level": level, "name": name, **dates}
    return event("supervision.orgunit.registered", code, 1, "2017-01-01", code, **data)


REGISTRY = [
    unit(DISTRICT, None, "district", "二七区"),
    unit(STREET, DISTRICT, "subdistrict", "淮河路街道"),
    unit(VILLAGE, STREET, "community", "绿云社区"),
]


def nomination(subject, status="nominated", version=1, day="2018-01-05", **data):
    """By a person, unless `data` say otherwise."""
    verb = {"nominated": "made"}.get(status, status)
    decided = None if status == "nominated" else {"actor": "person:li", "office": OFFICE}
    usual = {
        "status": status,
        "year": 2017,
        "category": "communities",
        "kind": "community",
        "subject": subject,
        "name": None,
        "by": "person",
        "rules_version": "2017-1",
        "figure": None,
        "grounds": GROUNDS,
        "evidence": ["e-1"],
        "more": 0,
        "nominated_by": {"actor": "person:wang", "office": None},
        "decided_by": decided,
        "reason": REASON if status == "passed_over" else None,
    }
    kind = f"supervision.nomination.{verb}"
    return event(kind, f"n-{subject}", version, day, VILLAGE, **usual | data)


def of_volunteer(subject, status="nominated", value="120", **data):
    quantity = {"value": value, "qualifier": "exact", "unit": "hour", "stated": None}
    by_rule = {
        "category": "volunteers",
        "kind": "volunteer",
        "by": "rule",
        "figure": {"indicator": HOURS, "figure": quantity},
        "grounds": None,
    }
    return nomination(subject, status, **by_rule | data)


def verified(volunteer, value, id, day="2017-05-03"):
    hours = {"value": value, "qualifier": "exact", "unit": "hour", "stated": None}
    data = {"status": "verified", "volunteer": volunteer, "activity": "a", "hours": hours}
    return event("volunteering.hours.verified", id, 1, day, VILLAGE, **data)


def folded(*events, period=YEAR):
    year = FoldedWeek(period, PRESENT)
    for history in naive.by_subject([*REGISTRY, *events]):
        year.add(history)
    return year


def part(*events):
    found = content(folded(*events))["commendation"]
    return {it["code"]: it for it in found["categories"]} | {"undecided": found["undecided"]}


def issue(*events, period=YEAR):
    """A whole document of a period."""
    year = folded(*events, period=period)
    freeze = {"sources": dict.fromkeys(SERVICES, 1), "incomplete": {}, "parked": {}}
    masthead = {"issue": 1, "revision": 0, "replaces": None, "status": "final"}
    return document(draft(year, freeze), masthead)


def test_chosen_and_considered_are_apart_each_with_its_grounds_and_office():
    found = part(
        nomination(VILLAGE, "chosen", 2, name="绿云社区"), nomination("x", "passed_over", 2)
    )
    [chosen], [considered] = (found["communities"][it] for it in ("chosen", "considered"))
    assert (chosen["subject"], chosen["name"], chosen["unit"]) == (
        *(VILLAGE, "绿云社区", "淮河路街道绿云社区"),
    )
    assert chosen["grounds"] == {"zh": "全年走访最多", "en": "全年走访最多"}
    assert chosen["evidence"] == {"events": ["e-1"], "more": 0}
    assert chosen["nominated_by"] == {"actor": "person:wang", "office": None}
    assert chosen["decided_by"] == {"actor": "person:li", "office": OFFICE}
    assert (chosen["figure"], chosen["stands"], chosen["reason"]) == (None, None, None)
    assert considered["reason"] == REASON
    assert found["undecided"] == 0


def test_the_last_decision_counts_whenever_it_was_taken():
    events = [
        nomination(VILLAGE, day="2017-12-20"),
        nomination(VILLAGE, "chosen", 2, day="2018-01-03"),
        nomination(VILLAGE, "passed_over", 3, day="2018-01-09"),
    ]
    found = part(*events)["communities"]
    assert found["chosen"] == []
    assert [row["status"]["code"] for row in found["considered"]] == ["passed_over"]


def test_a_nomination_is_of_the_year_that_it_names():
    other = nomination("other", day="2017-12-20", year=2018)
    assert part(nomination(VILLAGE), other)["undecided"] == 1
    assert part(other) == {"undecided": 0}


def test_other_reports_have_no_such_part():
    assert "commendation" not in content(folded(nomination(VILLAGE), period=Week(2018, 1)))
    assert "commendation" in content(folded(period=YEAR))


def test_a_nomination_by_rule_has_the_figure_and_the_events_of_the_report():
    rows = [verified("v-1", "60", "h-1"), verified("v-1", "65", "h-2", "2017-04-01")]
    [row] = part(of_volunteer("v-1", "chosen", version=2), *rows)["volunteers"]["chosen"]
    assert (row["figure"]["indicator"], row["figure"]["value"]) == (HOURS, "125")
    assert row["evidence"]["events"] == ["h-2-1", "h-1-1"]
    assert row["stands"] is True


def test_whom_the_rule_does_not_nominate_any_more_is_marked_with_the_figure_known_then():
    [row] = part(of_volunteer("v-1", "chosen", version=2), verified("v-1", "60", "h-1"))[
        "volunteers"
    ]["chosen"]
    assert (row["stands"], row["figure"]["value"]) == (False, "120")


def test_whom_the_rules_nominate_and_nobody_has_nominated_is_named():
    events = [nomination(VILLAGE), verified("v-1", "120", "h-1"), verified("v-2", "20", "h-2")]
    [row] = part(*events)["volunteers"]["not_nominated"]
    assert (row["subject"], row["unit"], row["figure"]["value"]) == (
        *("v-1", "淮河路街道绿云社区", "120"),
    )


def test_hours_of_another_year_nominate_nobody():
    events = [nomination(VILLAGE), verified("v-1", "120", "h-1", "2018-01-02")]
    assert part(*events)["volunteers"]["not_nominated"] == []


def test_the_highest_figure_is_first():
    found = part(of_volunteer("v-1", value="110"), of_volunteer("v-2", value="300"))
    assert [row["subject"] for row in found["volunteers"]["considered"]] == ["v-2", "v-1"]
    assert found["undecided"] == 2


def test_the_rules_are_in_the_document_as_they_were_shipped():
    found = content(folded(nomination(VILLAGE)))["commendation"]
    assert found["rules"]["version"] == "2017-1"
    assert [it["code"] for it in found["categories"]] == [
        it["code"] for it in found["rules"]["categories"]
    ]


def test_a_decision_changes_the_content_that_is_approved():
    before, after = issue(nomination(VILLAGE)), issue(nomination(VILLAGE, "chosen", 2))
    assert before["content_digest"] != after["content_digest"]
    assert changed_parts(before, after) == ["commendation"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_facts_does_not_matter(seed):
    events = [
        *(nomination(f"{VILLAGE}{n}", name=f"社区{n}") for n in range(3)),
        *(verified(f"v-{n % 2}", "70", f"h-{n}") for n in range(4)),
        of_volunteer("v-0"),
    ]
    shuffled = events[seed:] + events[:seed]
    one, two = (content(folded(*it))["commendation"] for it in (events, shuffled[::-1]))
    assert json.dumps(one) == json.dumps(two)
