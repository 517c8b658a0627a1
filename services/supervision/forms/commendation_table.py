"""The table of a year's nominations: chosen, considered, and not nominated yet."""

from collections.abc import Iterator

from services.supervision.forms.model import Table, code, table, text
from shared.domain.types import Json

LISTS = ("chosen", "considered", "not_nominated")


def commendations(document: Json, lang: str) -> Iterator[Table]:
    """One table, in reports that commend."""
    found = document.get("commendation")
    if not found:
        return
    rows = [
        {"category": category["label"]} | row
        for category in found["categories"]
        for name in LISTS
        for row in category[name]
    ]
    fields = [
        text("category"),
        code("subject"),
        text("nominee_name", "name"),
        code("orgunit"),
        text("unit"),
        text("status"),
        text("nominated", "by"),
        text("nominated_by", "nominated_by", "office"),
        text("figure_label", "figure", "label"),
        text("figure_words", "figure"),
        text("grounds"),
        code("evidence", "evidence", "events"),
        text("decided_by", "decided_by", "office"),
        text("reason"),
    ]
    yield table("commendation", rows, fields, lang)
