"""No suppressed figure follows from everything that public editions print."""

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from services.supervision.editions import cells
from services.supervision.editions.protection import Threshold, Tree
from services.supervision.editions.published import Published
from tests.support.attacker import Attacker
from tests.unit.services.supervision.editions.weeks import (
    COMMUNITIES,
    DISTRICT,
    PEOPLE,
    SUBDISTRICTS,
    UNITS,
    editions,
    internal,
)

NUMBERS = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 30])
S1, S2, S3 = SUBDISTRICTS
C = COMMUNITIES


def full(reported):
    return dict.fromkeys(UNITS, 0) | reported


def given_back(stories, threshold=5):
    """What the attacker gets of the stories, in the order of their publication. A story is week,
    revision, and what was reported. (document, unit) → the range that is too narrow."""
    stories = [(week, revision, full(reported)) for week, revision, reported in stories]
    documents = editions([internal(it, week, rev) for week, rev, it in stories], threshold)
    truth = {
        (document["period"], document["revision"]): reported
        for document, (_, _, reported) in zip(documents, stories, strict=True)
    }
    attacker = Attacker(documents, PEOPLE, truth)
    found = {}
    for document in documents:
        key = (document["period"], document["revision"])
        listed = {it["orgunit"]: it for it in document["cells"] if it["indicator"] == PEOPLE}
        for unit in UNITS:
            value = sum(truth[key][code] for code in UNITS if code.startswith(unit))
            suppressed = unit in listed and listed[unit]["status"] == "suppressed"
            if suppressed or (0 < value < threshold):
                low, high = attacker.range(key, unit)
                assert low <= value and (high is None or value <= high), "the attacker is wrong"
                least = max(1, threshold - 2) if suppressed else 1
                if high is not None and high - low < least:
                    found[key, unit] = (low, high)
    return found


@st.composite
def stories(draw):
    """Some weeks, with revisions of earlier ones between them."""
    found, last = [], {}
    for week in range(1, draw(st.integers(1, 3)) + 1):
        reported = draw(st.dictionaries(st.sampled_from(UNITS), NUMBERS, max_size=9))
        found.append((week, 0, reported))
        last[week] = (0, reported)
        if draw(st.booleans()):
            revised = draw(st.sampled_from(sorted(last)))
            revision, before = last[revised]
            changes = draw(st.dictionaries(st.sampled_from(UNITS), NUMBERS, max_size=2))
            last[revised] = (revision + 1, before | changes)
            found.append((revised, *last[revised]))
    return found


@seed(18)
@settings(max_examples=20)
@given(stories(), st.sampled_from([3, 5]))
def test_no_suppressed_figure_is_given_back(history, threshold):
    assert given_back(history, threshold) == {}


@pytest.mark.long
@settings(max_examples=1000)
@given(stories(), st.sampled_from([3, 5, 10]))
def test_no_suppressed_figure_is_given_back_by_many_histories(history, threshold):
    assert given_back(history, threshold) == {}


# Each of these gives a figure back when one of the rules is missing.
BESIDE_ONE = [(1, 0, {C[0]: 2, C[1]: 20, C[2]: 30})]
ALL_ONE = [(1, 0, dict.fromkeys(C[:5], 1))]
LATE = [(1, 0, {C[0]: 20}), (1, 1, {C[0]: 20, C[1]: 2})]
SUM = [(1, 0, {C[0]: 20}), (2, 0, {C[0]: 3})]
BECAME_SMALL = [(1, 0, {C[0]: 20, C[1]: 30}), (1, 1, {C[0]: 20, C[1]: 3})]
GREW = [
    (1, 0, {C[0]: 3, C[1]: 10, C[3]: 40}),
    (1, 1, {C[0]: 8, C[1]: 10, C[3]: 40}),
]


@pytest.mark.parametrize("history", [BESIDE_ONE, ALL_ONE, LATE, SUM, BECAME_SMALL, GREW])
def test_the_known_ways_are_closed(history):
    assert given_back(history) == {}


def test_without_secondary_suppression_the_attacker_succeeds(monkeypatch):
    monkeypatch.setattr(Threshold, "hides", lambda *_: True)
    [((_, unit), found)] = given_back(BESIDE_ONE).items()
    assert (unit, found) == (C[0], (2, 2))


def test_without_counting_the_suppressed_cells_the_attacker_succeeds(monkeypatch):
    monkeypatch.setattr(
        Threshold, "leaves_open", lambda self, remainder, _: remainder >= self.least
    )
    assert given_back([(1, 0, dict.fromkeys((*C[:3], S2, S3), 1))])


@pytest.mark.parametrize("history", [LATE, BECAME_SMALL, GREW])
def test_a_revision_that_forgets_the_issue_before_gives_figures_back(monkeypatch, history):
    monkeypatch.setattr(Tree, "repeated", lambda self, root, _: self.pattern(root))
    assert given_back(history)


def test_the_true_figures_of_the_trend_would_give_a_week_back(monkeypatch):
    history = [(1, 0, {C[0]: 3}), (2, 0, {C[0]: 20})]
    assert given_back(history) == {}
    true = {"value": "3", "qualifier": "exact", "status": "complete"}
    monkeypatch.setattr(
        Published, "recent", lambda self, indicator, unit, periods: [true] * periods
    )
    assert given_back(history)[("2017-W01", 0), DISTRICT] == (3, 3)


def test_the_true_sum_since_the_beginning_would_give_a_week_back(monkeypatch):
    true = {"value": "23", "qualifier": "exact", "status": "complete"}
    printed = Published.since_the_beginning

    def sums(self, indicator, unit, this, is_first_week):
        if unit == DISTRICT and indicator == PEOPLE and not is_first_week:
            return true
        return printed(self, indicator, unit, this, is_first_week)

    monkeypatch.setattr(cells.Published, "since_the_beginning", sums)
    assert given_back(SUM)[("2017-W02", 0), DISTRICT] == (3, 3)
