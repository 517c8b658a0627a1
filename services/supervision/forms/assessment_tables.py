"""The tables of an assessment: ranks, the lines of each score, and what was left out."""

from collections.abc import Iterator

from services.supervision.forms.model import Table, code, date, number, table, text
from shared.domain.types import Json

ASSESSMENT = "assessment"
UNIT = (code("orgunit"), text("unit"))


def of(document: Json, lang: str) -> Iterator[Table]:
    """None of a report without an assessment."""
    if ASSESSMENT in document:
        found = document[ASSESSMENT]
        yield ranks(found, lang)
        yield lines(found, lang)
        yield excluded(found, lang)


def ranks(found: Json, lang: str) -> Table:
    rows = (
        row | {"like_group": group["label"]} for group in found["groups"] for row in group["rows"]
    )
    fields = [
        text("like_group"),
        number("rank"),
        *UNIT,
        number("score"),
        number("rank_best", "rank_interval", "best"),
        number("rank_worst", "rank_interval", "worst"),
        number("score_low", "chance", "low"),
        number("score_high", "chance", "high"),
        text("standing"),
    ]
    return table("assessment", rows, fields, lang)


def lines(found: Json, lang: str) -> Table:
    labels = {it["code"]: it["label"] for it in found["rubric"]["criteria"]}
    rows = (
        line
        | {name: sheet[name] for name in ("orgunit", "unit")}
        | {"criterion_label": labels[line["criterion"]]}
        for sheet in found["sheets"]
        for line in sheet["lines"]
    )
    parts = ("points", "weight", "line_value", "base", "bonus", "deduction", "appeal")
    fields = [
        *UNIT,
        code("criterion"),
        text("criterion_label"),
        *(number(name, "value" if name == "line_value" else name) for name in parts),
        text("standing"),
    ]
    return table("assessment_lines", rows, fields, lang)


def excluded(found: Json, lang: str) -> Table:
    fields = [
        *UNIT,
        text("reason"),
        code("exclusion_approved_by", "approved_by"),
        date("approved_on"),
    ]
    return table("not_assessed", found["excluded"], fields, lang)
