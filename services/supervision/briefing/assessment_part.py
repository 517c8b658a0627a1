"""The part `assessment` of a half-year's document: scores, ranks and a sheet for each unit."""

from typing import Any

from services.supervision.assessment.assess import assess
from services.supervision.assessment.rubrics import rubric_for
from services.supervision.briefing.assessment_inputs import inputs_of, units_of
from services.supervision.briefing.folded_week import FoldedWeek
from shared.domain.types import Json

# What is other where the same is entered again: ids of subjects, and of events or their digest.
BY_ENTRY = ("id", "evidence")


def assessment_part(folded: FoldedWeek) -> Json:
    """The assessment by the rubric that is in force for the folded half-year. Sub-districts that it
    has in no group, and that nobody has excluded, are listed as `not_in_a_group`.

    Of the events in each figure it has the number and the digest: `workflow/assessment_evidence.py`
    keeps their ids. Raises ValidationFailed for points of an appeal that its line can't have.
    """
    rubric = rubric_for(folded.period)
    inputs = inputs_of(folded, rubric)
    known = {it.orgunit for it in inputs.units}
    return assess(rubric, inputs) | {
        "not_in_a_group": [
            {"orgunit": code, "unit": folded.units[code]["name"]}
            for code in units_of(folded)
            if code not in known
        ]
    }


def without_ids(part: Any) -> Any:
    """The content of the part: the same where the same is entered again."""
    if isinstance(part, dict):
        return {name: without_ids(it) for name, it in part.items() if name not in BY_ENTRY}
    return [without_ids(it) for it in part] if isinstance(part, list) else part
