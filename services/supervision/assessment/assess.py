"""The document of an assessment: rubric, method, groups with ranks, units left out, sheets."""

from collections.abc import Mapping, Sequence

from services.supervision.assessment.input_checks import check
from services.supervision.assessment.inputs import Exclusion, Inputs, Unit
from services.supervision.assessment.intervals import root
from services.supervision.assessment.lines import Score
from services.supervision.assessment.number import text
from services.supervision.assessment.ranks import Rank, ranks
from services.supervision.assessment.rubric import Rubric
from services.supervision.assessment.scoring import groups, scores
from services.supervision.assessment.sheets import sheet
from services.supervision.assessment.words import METHOD, METHOD_WORDS, both, code_words
from shared.domain.canonical import sha256
from shared.domain.types import Json

STANDINGS = {
    "ranked": ("参与排名", "ranked"),
    "too_few": ("适用项目不足，不排名", "too little of the rubric applies to be ranked"),
}


def assess(rubric: Rubric, inputs: Inputs) -> Json:
    """The assessment as plain JSON: the same inputs in any order give the same canonical bytes.

    Raises ValidationFailed, which names the input.
    """
    check(rubric, inputs)
    found = scores(rubric, inputs)
    units = {it.orgunit: it for it in inputs.units}
    members = groups(rubric, inputs)
    return {
        "period": inputs.period,
        "rubric": rubric.content,
        "rubric_digest": sha256(rubric.content),
        "method": {"version": METHOD, **{name: both(it) for name, it in METHOD_WORDS.items()}},
        "groups": [
            _group(group, [(units[code], found[code]) for code in members[group["code"]]], rubric)
            for group in rubric.content["groups"]
        ],
        "excluded": [
            _excluded(it, units[it.orgunit])
            for it in sorted(inputs.exclusions, key=lambda it: it.orgunit)
        ],
        "appeal_window": _window(rubric, inputs),
        "sheets": [sheet(rubric, inputs, units[code], found[code]) for code in sorted(found)],
    }


def _group(group: Json, members: Sequence[tuple[Unit, Score]], rubric: Rubric) -> Json:
    """The group's units, the best first, and then those that aren't ranked."""
    ranked = ranks({unit.orgunit: it for unit, it in members if it.weight >= rubric.least_weight})
    rows = [_row(unit, it, ranked) for unit, it in members]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"], row["orgunit"]))
    return {"code": group["code"], "label": group["label"], "rows": rows}


def _row(unit: Unit, score: Score, ranked: Mapping[str, Rank]) -> Json:
    rank = ranked.get(unit.orgunit)
    low, high = score.points - root(score.down), score.points + root(score.up)
    return {
        "orgunit": unit.orgunit,
        "unit": unit.name,
        "score": text(score.points),
        "interval": {"low": text(score.low), "high": text(score.high)},
        "chance": {"low": text(low), "high": text(high)},
        "standing": code_words(STANDINGS, "ranked" if rank else "too_few"),
        "rank": rank.rank if rank else None,
        "rank_interval": {"best": rank.best, "worst": rank.worst} if rank else None,
    }


def _excluded(it: Exclusion, unit: Unit) -> Json:
    return {
        "orgunit": it.orgunit,
        "unit": unit.name,
        "reason": dict(it.reason),
        "approved_by": it.approved_by,
        "approved_on": it.approved_on.isoformat(),
        "evidence": sorted(set(it.evidence)),
    }


def _window(rubric: Rubric, inputs: Inputs) -> Json | None:
    """None before the scores were announced."""
    if inputs.announced_on is None:
        return None
    last = rubric.last_day_of_appeals(inputs.announced_on)
    return {
        "announced_on": inputs.announced_on.isoformat(),
        "last_day": last.isoformat(),
        "open": sum(it.answer is None for it in inputs.appeals),
    }
