"""The assessment of a half-year's document: from facts, and from what people have said."""

import pytest

from services.supervision.assessment.rubrics import rubric_of
from services.supervision.briefing.assemble import WEEK_PARTS, content_of, draft
from services.supervision.briefing.assessment_inputs import inputs_of
from services.supervision.briefing.assessment_part import assessment_part
from services.supervision.briefing.revisions import changed_parts
from shared.domain import canonical
from shared.domain.canonical import sha256
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Week
from tests.support.assessment.half_year import (
    FREEZE,
    NEW,
    OCCASION,
    ONE,
    PERIOD,
    TWO,
    WANG,
    announced,
    appeal,
    declared,
    exclusion,
    findings,
    folded,
    observation,
)
from tests.support.assessment.made import line, sheet

RUBRIC = rubric_of("2017-1")
REPORTED, CLOSED = "supervision.findings_reported", "supervision.findings_closed"
VISITS = [[observation(ONE, 1, "80")], [observation(ONE, 2, "90.5")]]
FACTS = [*findings(ONE, 10, 9), *findings(TWO, 10, 5), *VISITS]


def part(*subjects, **more):
    return assessment_part(folded(*subjects, **more))


def figure(document, code, source):
    return next(it for it in sheet(document, code)["figures"] if it["source"] == source)


def test_figures_of_the_half_year_are_scored_by_the_rubric_in_force():
    made = part(*FACTS)
    assert made["rubric"]["version"] == "2017-1" and made["period"] == "2017-H1"
    assert line(made, ONE, "findings_closed")["value"] == "90"
    assert line(made, TWO, "findings_closed")["value"] == "50"
    [urban, outer] = made["groups"]
    assert [(it["orgunit"], it["rank"]) for it in urban["rows"]] == [(ONE, 1), (TWO, 2)]
    assert outer["rows"] == []


def test_a_figure_has_number_and_digest_of_its_events():
    made = part(*FACTS)
    found = figure(made, ONE, CLOSED)
    assert (found["value"], found["events"]) == ("9", 9)
    assert found["evidence"] == sha256([f"finding-{ONE}-{number}-2" for number in range(9)])
    assert figure(made, ONE, REPORTED)["events"] == 10


def test_events_of_a_community_are_evidence_of_its_sub_district():
    community = f"{ONE}001"
    half_year = folded(*findings(community, 3, 3), units=(ONE, TWO, community))
    found = inputs_of(half_year, RUBRIC).figures
    ids = {(it.orgunit, it.source): it.event_ids for it in found}
    assert ids[ONE, CLOSED] == [f"finding-{community}-{number}-2" for number in range(3)]
    assert ids[TWO, CLOSED] == []


def test_what_happened_in_another_half_year_is_in_no_figure():
    made = part(*findings(ONE, 4, 4, day="2017-07-03"), *findings(TWO, 4, 4))
    assert figure(made, ONE, REPORTED)["value"] == "0"
    assert figure(made, TWO, REPORTED)["value"] == "4"


def test_nothing_to_state_is_0_and_of_nothing_there_is_no_median():
    made = part()
    assert figure(made, ONE, "clinics.clinics_held")["value"] == "0"
    assert figure(made, ONE, "relief.days_to_deliver_median")["qualifier"] == "not_stated"
    assert line(made, ONE, "days_to_deliver")["points"] == "0"


def test_observations_of_the_half_year_are_scored_with_who_saw_what_when():
    made = part(*FACTS)
    assert line(made, ONE, "on_site")["value"] == "85.25"
    assert line(made, TWO, "on_site")["standing"]["code"] == "few_visits"
    first = sheet(made, ONE)["observations"][0]
    assert (first["observers"], first["occasion"], first["day"]) == ([WANG], OCCASION, "2017-05-12")
    assert first["evidence"] == [f"visit-{ONE}-1-1"]


def test_a_corrected_observation_has_its_last_score():
    visit = [observation(ONE, 1, "10"), observation(ONE, 1, "70", 2, verb="corrected")]
    assert line(part(visit, VISITS[1]), ONE, "on_site")["value"] == "80.25"
    gone = [visit[0], observation(ONE, 1, "10", 2, verb="corrected", status="withdrawn")]
    assert len(sheet(part(gone, VISITS[1]), ONE)["observations"]) == 1


def test_an_observation_moved_to_another_half_year_counts_there():
    moved = observation(ONE, 1, "70", 2, day="2017-07-02", verb="corrected", period="2017-H2")
    visit = [observation(ONE, 1, "10"), moved]
    assert sheet(part(visit), ONE)["observations"] == []
    later = part(visit, period=PERIOD.next())
    assert [it["score"] for it in sheet(later, ONE)["observations"]] == ["70"]


def test_a_declared_figure_is_the_one_that_was_stated_last():
    made = part([declared(ONE, "41000"), declared(ONE, "41200", version=2)])
    found = figure(made, ONE, "declared.residents")
    assert (found["value"], found["events"]) == ("41200", 1)
    assert figure(made, TWO, "declared.residents")["qualifier"] == "not_stated"


def test_a_figure_in_another_unit_than_the_rubric_s_is_not_stated():
    quantity = {"value": "3", "qualifier": "exact", "unit": "household", "stated": None}
    made = part([declared(ONE, "3", quantity=quantity)])
    assert figure(made, ONE, "declared.residents")["qualifier"] == "not_stated"


def test_only_an_approved_exclusion_counts():
    made = part(*FACTS, exclusion(TWO, "proposed", "approved"))
    [found] = made["excluded"]
    assert (found["orgunit"], found["approved_by"]) == (TWO, WANG)
    assert len(found["evidence"]) == 2
    assert [it["orgunit"] for it in made["sheets"]] == [ONE]
    for statuses in (["proposed"], ["proposed", "approved", "withdrawn"]):
        assert part(*FACTS, exclusion(TWO, *statuses))["excluded"] == []


def test_an_upheld_appeal_changes_the_points_and_everything_is_recorded():
    before = part(*FACTS)
    made = part(*FACTS, [announced()], appeal(TWO, "findings_closed", "12.5"))
    assert line(before, TWO, "findings_closed")["points"] != "12.5"
    assert line(made, TWO, "findings_closed")["points"] == "12.5"
    [found] = sheet(made, TWO)["appeals"]
    assert found["answer"]["computed"] == line(before, TWO, "findings_closed")["points"]
    assert found["evidence"] == [f"appeal-{TWO}-findings_closed-{number}" for number in (1, 2)]
    assert made["appeal_window"]["last_day"] == "2017-07-15"


def test_what_was_said_before_or_after_counts_for_the_half_year_that_it_names():
    facts = [[announced()], appeal(TWO, "findings_closed", "12.5"), [declared(ONE, "41000")]]
    later = part(*facts, period=PERIOD.next())
    assert later["appeal_window"] is None and sheet(later, TWO)["appeals"] == []
    assert figure(later, ONE, "declared.residents")["qualifier"] == "not_stated"


def test_an_appeal_of_a_unit_that_is_excluded_since_is_left_out():
    facts = [[announced()], appeal(TWO, "findings_closed"), exclusion(TWO, "proposed", "approved")]
    assert [it["orgunit"] for it in part(*facts)["sheets"]] == [ONE]


def test_points_that_a_line_cant_have_are_refused_by_the_appeal():
    with pytest.raises(ValidationFailed) as refused:
        part(*FACTS, [announced()], appeal(TWO, "findings_closed", "99"))
    assert list(refused.value.data) == [f"appeals.appeal-{TWO}-findings_closed.answer.points"]


def test_a_sub_district_in_no_group_is_listed():
    made = part(*FACTS, units=(ONE, NEW))
    assert [it["orgunit"] for it in made["not_in_a_group"]] == [NEW]
    assert [it["orgunit"] for it in made["sheets"]] == [ONE]
    excluded = part(*FACTS, exclusion(NEW, "proposed", "approved"), units=(ONE, NEW))
    assert excluded["not_in_a_group"] == []
    assert [it["orgunit"] for it in excluded["excluded"]] == [NEW]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_facts_in_any_order_give_the_same_bytes(seed):
    facts = [
        *FACTS,
        [announced()],
        appeal(TWO, "findings_closed", "12.5"),
        [declared(ONE, "41000")],
    ]
    assert canonical.dumps(part(*facts, seed=seed)) == canonical.dumps(part(*facts))


def renamed(events):
    """The same, entered again: with other ids, in another order of them."""
    return [
        one | {"id": f"again-{one['id'][::-1]}", "subject": f"again-{one['subject'][::-1]}"}
        for one in events
    ]


def test_the_same_entered_again_has_the_same_content():
    once = [list(it) for it in (*FACTS, [announced()], appeal(TWO, "findings_closed", "12.5"))]
    one, again = (draft(folded(*it), FREEZE) for it in (once, [renamed(it) for it in once]))
    assert one["assessment"] != again["assessment"]
    assert one["content_digest"] == again["content_digest"]
    assert content_of(one) == content_of(again) and changed_parts(one, again) == []


def test_a_draft_of_a_half_year_has_the_part_and_others_dont():
    made = draft(folded(*FACTS), FREEZE)
    assert made["series"] == "assessment" and "assessment" in WEEK_PARTS
    assert made["assessment"] == part(*FACTS)
    week = folded(*FACTS, period=Week(2017, 19))
    assert "assessment" not in draft(week, FREEZE)


def test_an_upheld_appeal_is_a_change_although_no_figure_changes():
    before = draft(folded(*FACTS), FREEZE)
    after = draft(folded(*FACTS, [announced()], appeal(TWO, "findings_closed", "12.5")), FREEZE)
    assert changed_parts(before, after) == ["assessment"]
    assert before["cells"] == after["cells"]
