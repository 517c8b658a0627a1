"""A publication uses sealed figures only where every fact is as it was sealed."""

from types import SimpleNamespace

import pytest

from services.supervision.indicators import PRESENT
from services.supervision.proof.sealed_facts import Checked
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from tests.unit.services.supervision.proof.test_verify import FACTS, SOURCES, WEEK, StoredFacts

FREEZE = {"sources": SOURCES, "rules": PRESENT.version, "first_week": None}
WHOLE = Checked({}, {}, set(), set())
SEALED = ("the week", "its causes")


def week(checked, found=SEALED):
    figures = SimpleNamespace(week=lambda period, rules, sources, since: found)
    projection = SimpleNamespace(facts=StoredFacts(FACTS), sealed_figures=figures)
    issues = SimpleNamespace(repository=None, projection=projection, signer=None)
    lifecycle = BriefingLifecycle(issues, editions=None)
    return lifecycle._sealed_week(WEEK, FREEZE, None, checked)


def test_with_facts_as_they_were_sealed_the_sealed_figures_are_used():
    assert week(WHOLE) == SEALED


@pytest.mark.parametrize(
    "damage",
    [
        {"damaged": {"x": "problem"}},
        {"evidence": {"relief|0": "gone"}},
        {"untrusted": {"relief-1"}},
    ],
    ids=lambda it: next(iter(it)),
)
def test_with_any_damage_all_facts_are_folded(damage):
    found, _ = week(WHOLE._replace(**damage))
    assert found.units.keys() == {"410103", "410103006"}


def test_where_sealed_figures_are_no_help_all_facts_are_folded():
    found, causes = week(WHOLE, found=None)
    assert found.counted_events("relief.visits_household")
    assert causes.since == SOURCES
