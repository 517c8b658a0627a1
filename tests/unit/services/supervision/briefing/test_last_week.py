"""Last week's figures are marked where last week's issue printed others, and nowhere else."""

import copy
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.facts.fact_store import fact_of
from services.supervision.forms import rendering
from services.supervision.indicators import INDICATORS, PRESENT
from services.supervision.proof.verify import Verification
from shared.domain import canonical
from shared.domain.errors import NotFound
from shared.domain.periods import Week
from tests.support.district import histories, naive
from tests.unit.services.supervision.briefing.test_revisions import split
from tests.unit.services.supervision.briefing.test_table import DISTRICT, REGISTRY, printed
from tests.unit.services.supervision.briefing.test_week_parts import visits
from tests.unit.services.supervision.forms.test_rendering import FREEZE, MASTHEAD, signer
from tests.unit.services.supervision.proof import test_verify as proof

HOUSEHOLDS = "relief.visits_household"


def issue(events, week, last_week=None):
    named = last_week and {"urn": "urn:warm:briefing:x", "revision": 0, "digest": "d"}
    folded = fold_week(week, PRESENT, naive.by_subject(events))
    made = document(draft(folded, FREEZE | {"last_week": named}, last_week), MASTHEAD)
    return json.loads(canonical.dumps(made))


def marked(made):
    found = made["headline_table"]
    return {row["indicator"]: row["last"]["issued"] for row in found if row["last"]["issued"]}


@settings(max_examples=40, deadline=None)
@given(histories.histories(), st.sampled_from(histories.WEEKS[:-1]), st.data())
def test_exactly_the_figures_that_differ_are_marked(events, week, data):
    _, known, everything = split(events, data)
    made = issue(everything, week.next(), issue(known, week))
    found = marked(made)
    for code in INDICATORS:
        old, new = (
            printed(code, naive.cell(facts, code, DISTRICT, week)) for facts in (known, everything)
        )
        expected = old != new and not made["notes"]["first_week"]
        assert (code in found) == expected
        if expected:
            assert found[code]["qualifier"] == old[1]


def corrected():
    """130 visits, of which the issue of W05 knew, and their correction in W06."""
    late = "2017-02-08T09:00:00+08:00"
    first, second = visits(130), visits(150, version=2, recorded=late, reason="漏记一栋楼")
    w06 = Week(2017, 6)
    printed_then = issue([*REGISTRY, first], w06.previous())
    return issue([*REGISTRY, first, second], w06, printed_then)


def test_the_mark_says_what_was_printed_and_what_it_is_now():
    made = corrected()
    [(code, issued)] = marked(made).items()
    assert (code, issued["value"], issued["zh"]) == (HOUSEHOLDS, "130", "130次")
    text = rendering.render(made, "text", "zh")
    assert "上周 150次※；" in text
    assert "：上期印发 130次，现为 150次" in text
    assert text.count("※") == 2
    english = rendering.render(made, "text", "en")
    assert "last week 150 visits*;" in english
    assert "printed 130 visits, now 150 visits" in english
    page = rendering.render(made, "html", "zh")
    assert "150次<sup>※</sup>" in page


def test_without_an_issue_of_last_week_nothing_is_marked():
    told = [*REGISTRY, visits(130)]
    made = issue(told, Week(2017, 6))
    assert (marked(made), made["freeze"]["last_week"]) == ({}, None)
    assert "※" not in rendering.render(made, "text", "zh")


def test_two_reasons_for_no_figure_are_not_two_figures():
    told = [*REGISTRY, visits(130)]
    printed_then = issue(told, Week(2017, 5))
    for cell in printed_then["cells"]:
        if cell["status"] == "none":
            cell["status"] = "not_stated"
    assert marked(issue(told, Week(2017, 6), printed_then)) == {}


# --- verified with the issue that is named


def last_issue(value="130"):
    """The issue of W05, in which a figure was printed that isn't that of the facts."""
    plain = rendering.without_signature(proof.ISSUE)
    cells = [
        cell | ({"value": value} if cell["indicator"] == HOUSEHOLDS else {})
        for cell in copy.deepcopy(plain["cells"])
    ]
    return rendering.signed(plain | {"cells": cells}, signer())


def verdict(named):
    """On an issue that names `last_issue()`, where `named` is what is found of it."""
    stored = proof.StoredFacts([fact_of(earlier), *proof.FACTS])
    sources = proof.SOURCES | {"relief": 4}
    last = last_issue()
    sealed = proof.sealed_facts(stored, sources=sources)
    chains = sealed.digests(sources, sealed.check(sources)).chains
    freeze = FREEZE | {"sources": sources, "facts": chains}
    freeze |= {"last_week": {"urn": "urn", "revision": 0, "digest": last["digest"]}}
    folded = fold_week(proof.WEEK, PRESENT, stored.frozen(sources, ()))
    plain = document(draft(folded, freeze, last), MASTHEAD)
    made = rendering.signed(plain | {"keyid": signer().keyid}, signer())
    assert set(marked(made)) == {HOUSEHOLDS}
    beside = proof.stored_beside(made) | {"renderings": rendering.renderings(made)}
    briefing = SimpleNamespace(**beside, document=canonical.dumps(made).decode(), manifest={})
    return Verification(
        briefing, proof.WEEK, stored, sealed, signer(), named=lambda freeze, period: named()
    ).verdict()


# In the week before, so that there is one.
earlier = proof.event("relief.visit.recorded", 4, proof.VISITS, subject="earlier") | {
    "time": "2017-02-01T00:00:00+08:00"
}


def gone():
    raise NotFound({"kind": "briefing", "id": "x"})


def test_an_issue_is_verified_with_the_issue_that_it_names():
    found = verdict(last_issue)
    assert (found["failure"], found["bytes"]) == (None, "equal")


@pytest.mark.parametrize("named", [lambda: last_issue("140"), lambda: None, gone])
def test_another_issue_than_the_named_one_is_found(named):
    found = verdict(named)
    assert not found["equal"]
    assert found["failure"] == "the issue of the period before isn't the one that is named"
    assert proof.named(found, "last_week") == ["urn"]
