"""What is asked about assessments: a unit's sheet, the events in a line, a draft rubric."""

import json
from collections.abc import Iterator
from typing import Any

from services.supervision.assessment.compare import what_if
from services.supervision.assessment.rubrics import read_rubric, rubric_for, rubric_from
from services.supervision.briefing.assemble import ASSESSMENT, fold_week
from services.supervision.briefing.assessment_inputs import inputs_of
from services.supervision.documents import Briefing
from services.supervision.indicators import rules_of
from services.supervision.indicators.rules import Rules
from services.supervision.workflow.assessment_evidence import AssessmentEvidence
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.publication_checks import require_known_rules
from shared.contracts.fields import one_of
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period
from shared.domain.report_periods import parse_period
from shared.domain.types import Json


class AssessmentQueries:
    """`present` are the rules by which figures are counted now."""

    def __init__(self, issues: IssueQueries, evidence: AssessmentEvidence, present: Rules) -> None:
        self.issues = issues
        self.evidence = evidence
        self.present = present

    def sheet(self, period: Period, orgunit: str, revision: int | None) -> Json:
        """Why a unit has its score in an issue, or in the draft of one. Raises NotFound, and
        ValidationFailed for a unit that has no score."""
        issue, part = self._part(period, revision)
        rows = (row for group in part["groups"] for row in group["rows"])
        return {
            **self._about(issue, part),
            "row": next((row for row in rows if row["orgunit"] == orgunit), None),
            "sheet": _sheet(part, orgunit),
            "criteria": part["rubric"]["criteria"],
        }

    def events(
        self, period: Period, orgunit: str, criterion: str, revision: int | None, **page: int
    ) -> Json:
        """The ids of the events in a line of a unit's sheet: of each of its figures the next
        `limit` after the first `after`, and those of its observations and appeals."""
        issue, part = self._part(period, revision)
        sheet = _sheet(part, orgunit)
        line = _with(sheet["lines"], "criterion", criterion)
        counted = {it["source"]: it for it in sheet["figures"]}
        return {
            **self._about(issue, part),
            "orgunit": orgunit,
            "criterion": criterion,
            "figures": [
                self._figure(issue, part, counted[source], **page)
                for source in sorted(set(line["counts"].values()))
            ],
            **{
                name: [it["evidence"] for it in sheet[name] if it["criterion"] == criterion]
                for name in ("observations", "appeals")
            },
        }

    def compare(self, period: Period, rubric: str) -> Json:
        """What a draft rubric, given as the text of its file, would change in the scores of a
        half-year, from everything known now. Raises ValidationFailed where it can't be read."""
        draft, in_force = _read(rubric), rubric_for(period)
        marks = {state.source: state.mark for state in self.issues.projection.source_states()}
        folded = fold_week(period, self.present, self.issues.projection.frozen(marks))
        return what_if(in_force, draft, inputs_of(folded, in_force, draft))

    def _part(self, period: Period, revision: int | None) -> tuple[Briefing, Json]:
        issue = self.issues.issue(period, revision)
        document = json.loads(issue.document or issue.drafted)
        if ASSESSMENT not in document:
            issue.refuse(reason="made before there were assessments; draft it again")
        return issue, document[ASSESSMENT]

    @staticmethod
    def _about(issue: Briefing, part: Json) -> Json:
        return {
            "period": issue.period,
            "revision": issue.revision,
            "status": issue.status,
            "rubric": part["rubric"]["version"],
        }

    def _figure(self, issue: Briefing, part: Json, figure: Json, after: int, limit: int) -> Json:
        ids = self._ids(issue, part, figure)
        names = ("source", "value", "qualifier", "unit", "events")
        return {
            **{name: figure[name] for name in names},
            "digest": figure["evidence"],
            "ids": ids[after : after + limit],
        }

    def _ids(self, issue: Briefing, part: Json, figure: Json) -> list[str]:
        """The ids are found again in the facts of the issue where they aren't kept. Raises Conflict
        where its facts were changed."""
        which = figure["evidence"], figure["events"]
        found = self.evidence.ids(*which)
        if found is None:
            self._keep(issue, part)
            found = self.evidence.ids(*which)
        if found is None:
            issue.refuse(reason="facts of it were changed; verify names them")
        return found

    def _keep(self, issue: Briefing, part: Json) -> None:
        require_known_rules(issue, "explain")
        facts = self.issues.projection.frozen(issue.freeze["sources"])
        folded = fold_week(parse_period(issue.period), rules_of(issue.freeze), facts)
        self.evidence.keep(inputs_of(folded, rubric_from(part["rubric"])).figures)


def _sheet(part: Json, orgunit: str) -> Json:
    return _with(part["sheets"], "orgunit", orgunit)


def _with(rows: list[Json], name: str, value: str) -> Json:
    """The row with this value. Raises ValidationFailed, which names the possible ones."""
    found: dict[str, Json] = {row[name]: row for row in rows}
    if value not in found:
        wanted = f"Must be {one_of(found)}." if found else "No unit is assessed."
        raise ValidationFailed({name: [wanted]})
    return found[value]


def _read(rubric: str) -> Any:
    """Raises ValidationFailed with the place of each problem in the text."""
    try:
        return read_rubric(rubric)
    except ValidationFailed as error:
        raise ValidationFailed({"rubric": list(_problems(error.data))}) from None


def _problems(found: Any, place: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for name, part in found.items():
            yield from _problems(part, f"{place}.{name}" if place else str(name))
    else:
        yield from (f"{place}: {message}" for message in found)
