"""The facts of an issue are given out once it is published, up to its freeze."""

from types import SimpleNamespace

import pytest

from services.supervision.documents import Briefing
from services.supervision.workflow.issue_queries import IssueQueries
from shared.domain.errors import Conflict
from shared.domain.periods import Week
from tests.support.tampering import Stored
from tests.unit.services.supervision.proof.test_verify import FACTS, SOURCES, evidence_of

WEEK = Week(2017, 6)


def facts(after, limit, source="relief", **changes):
    stored = Stored([*FACTS, dict(FACTS[-1], _id="later", seq=SOURCES["relief"] + 1)])
    projection = SimpleNamespace(
        facts=SimpleNamespace(collection=stored), evidence=evidence_of(stored)
    )
    state = {"id": "briefing:2017-W06:r0", "status": "published", "document": "{}"}
    issue = Briefing(**state | {"freeze": {"sources": SOURCES}} | changes)
    repository = SimpleNamespace(get=lambda kind, identity: issue)
    queries = IssueQueries(repository, projection, None, {})
    return queries.facts(WEEK, 0, source, after, limit)


def test_facts_come_in_pages_up_to_the_freeze():
    assert [[it["number"] for it in facts(after, 2)["facts"]] for after in (0, 2, 3)] == [
        [1, 2],
        [3],
        [],
    ]
    assert facts(0, 2)["last"] == SOURCES["relief"]
    assert facts(0, 2)["facts"][0]["text"] == FACTS[2]["event"]


def test_a_service_without_facts_has_an_empty_page():
    assert facts(0, 2, "clinics") == {"facts": [], "last": 0}


def test_a_draft_has_no_facts_yet():
    with pytest.raises(Conflict, match="published"):
        facts(0, 2, status="draft", document=None)
