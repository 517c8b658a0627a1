"""What is asked about an assessment: sheets, the events in a line, a draft rubric."""

import json
from types import SimpleNamespace

import pytest

from services.supervision.assessment.rubrics import FOLDER
from services.supervision.briefing.assemble import draft
from services.supervision.documents import Briefing
from services.supervision.indicators import PRESENT
from services.supervision.workflow import assessment_evidence
from services.supervision.workflow.assessment_evidence import AssessmentEvidence
from services.supervision.workflow.assessment_queries import AssessmentQueries
from shared.domain.canonical import sha256
from shared.domain.errors import Conflict, ValidationFailed
from shared.platform.topology import SERVICES
from tests.support.assessment.half_year import (
    DISTRICT,
    ONE,
    PERIOD,
    TWO,
    announced,
    appeal,
    findings,
    folded,
    observation,
    unit,
)

SOURCES = dict.fromkeys(SERVICES, 9)
SUBJECTS = [
    *findings(ONE, 10, 9),
    *findings(TWO, 10, 5),
    [observation(ONE, 1, "80")],
    [announced()],
    appeal(ONE, "findings_closed", "12"),
]
RUBRIC = (FOLDER / "2017-1.yaml").read_text(encoding="utf-8")
CLOSED = [f"finding-{ONE}-{number}-2" for number in range(9)]


class Kept:
    """As much of a collection as evidence is kept in."""

    def __init__(self):
        self.documents = {}

    def bulk_write(self, changes):
        for change in changes:
            self.documents[change._filter["_id"]] = change._doc

    def find(self, query):
        return [it for name, it in self.documents.items() if name in query["_id"]["$in"]]


class Asked:
    """Queries about the issue of a half-year with these facts."""

    def __init__(self, subjects=SUBJECTS):
        self.facts = [unit(DISTRICT), unit(ONE), unit(TWO), *subjects]
        self.folds, self.kept = 0, Kept()
        freeze = {"sources": SOURCES, "incomplete": {}, "parked": {}, "rules": PRESENT.version}
        self.issue = Briefing(
            id=f"assessment:{PERIOD}:r0",
            period=str(PERIOD),
            freeze=freeze,
            drafted=json.dumps(draft(folded(*subjects), freeze)),
        )
        projection = SimpleNamespace(
            frozen=self.read, source_states=lambda: [SimpleNamespace(source="relief", mark=9)]
        )
        issues = SimpleNamespace(issue=lambda period, revision: self.issue, projection=projection)
        self.queries = AssessmentQueries(issues, AssessmentEvidence(self.kept), PRESENT)

    def read(self, sources):
        self.folds += 1
        return self.facts

    def events(self, criterion="findings_closed", after=0, limit=100):
        page = {"after": after, "limit": limit}
        return self.queries.events(PERIOD, ONE, criterion, None, **page)


@pytest.fixture
def asked():
    return Asked()


def test_a_sheet_comes_with_its_row_and_the_criteria(asked):
    found = asked.queries.sheet(PERIOD, ONE, None)
    assert (found["row"]["orgunit"], found["sheet"]["orgunit"]) == (ONE, ONE)
    assert found["row"]["score"] == found["sheet"]["score"]
    assert found["rubric"] == "2017-1" and found["status"] == "draft"
    assert [it["code"] for it in found["criteria"]][0] == "findings_closed"


def test_a_unit_without_a_score_is_refused_by_name(asked):
    with pytest.raises(ValidationFailed, match=f"such as {ONE}"):
        asked.queries.sheet(PERIOD, DISTRICT, None)
    with pytest.raises(ValidationFailed) as refused:
        asked.events("others")
    assert list(refused.value.data) == ["criterion"]


def test_the_ids_of_a_line_have_the_digest_of_the_document(asked):
    closed, reported = asked.events()["figures"]
    assert (closed["source"], closed["ids"]) == ("supervision.findings_closed", CLOSED)
    assert closed["digest"] == sha256(CLOSED)
    assert (reported["events"], len(reported["ids"])) == (10, 10)


def test_the_ids_are_kept_once_found(asked):
    first = asked.events()
    asked.facts = []
    assert asked.events() == first and asked.folds == 1


def test_ids_come_in_pages(asked):
    assert asked.events(after=2, limit=3)["figures"][0]["ids"] == CLOSED[2:5]
    assert asked.events(after=9)["figures"][0]["ids"] == []


def test_many_ids_are_kept_in_chunks(asked, monkeypatch):
    monkeypatch.setattr(assessment_evidence, "CHUNK", 4)
    assert asked.events()["figures"][0]["ids"] == CLOSED
    assert [len(asked.kept.documents[f"{sha256(CLOSED)}|{at}"]["ids"]) for at in (0, 4, 8)] == [
        4,
        4,
        1,
    ]


def test_changed_evidence_is_found_again_in_the_facts(asked):
    asked.events()
    asked.kept.documents[f"{sha256(CLOSED)}|0"]["ids"] = ["somebody's"]
    assert asked.events()["figures"][0]["ids"] == CLOSED and asked.folds == 2


def test_changed_facts_are_no_evidence(asked):
    asked.facts = asked.facts[:3]
    with pytest.raises(Conflict, match="verify names them"):
        asked.events()


def test_observations_and_appeals_of_the_line_are_named(asked):
    found = asked.events("on_site")
    assert (found["figures"], found["observations"]) == ([], [[f"visit-{ONE}-1-1"]])
    assert found["appeals"] == []
    ids = [f"appeal-{ONE}-findings_closed-{number}" for number in (1, 2)]
    assert asked.events()["appeals"] == [ids]


def test_a_draft_rubric_is_compared_on_the_facts_of_now(asked):
    text = RUBRIC.replace("weight: 15", "weight: 20", 1).replace("weight: 15", "weight: 10", 1)
    found = asked.queries.compare(PERIOD, text.replace("version: 2017-1", "version: 2017-2"))
    assert [it["version"] for it in found["rubric"]] == ["2017-1", "2017-2"]
    assert [it["orgunit"] for it in found["units"]] == [ONE, TWO]
    assert found["units"][0]["score_change"] != "0"


def test_a_draft_that_lacks_a_unit_doesnt_assess_it(asked):
    found = asked.queries.compare(PERIOD, RUBRIC.replace(f'"{ONE}", ', ""))
    assert [it["group"] for it in found["units"]] == [["urban", None], ["urban", "urban"]]


def test_the_problems_of_a_draft_rubric_have_their_places(asked):
    with pytest.raises(ValidationFailed) as refused:
        asked.queries.compare(PERIOD, RUBRIC.replace("weight: 15", "weight: 16", 1))
    assert refused.value.data["rubric"][0].startswith("total: Must be the sum of the weights")
    with pytest.raises(ValidationFailed) as refused:
        asked.queries.compare(PERIOD, RUBRIC.replace("formula: observed", "formula: seen"))
    assert refused.value.data["rubric"][0].startswith("criteria.9.formula: Must be one of")
    with pytest.raises(ValidationFailed, match="Must be YAML"):
        asked.queries.compare(PERIOD, "a: b: c")


def test_an_issue_of_before_there_were_assessments_has_none(asked):
    asked.issue.drafted = "{}"
    with pytest.raises(Conflict, match="draft it again"):
        asked.events()
