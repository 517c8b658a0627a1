"""The briefing in one language as a list of parts, from which every readable form is made."""

from dataclasses import replace
from typing import Any

from services.supervision.outline import (
    annex,
    assessment_part,
    commendation_part,
    follow_up_parts,
    front,
    pictures,
    planned_part,
    ranking_part,
    services_part,
)
from services.supervision.outline.blocks import Outline, Part
from services.supervision.outline.language import Language
from shared.domain.types import Json
from shared.domain.visible_text import ISOLATE, isolated

# In the order in which they are printed. One in which there is nothing is left out.
PARTS = (
    front.completeness,
    front.points,
    # What a report on a half-year or a year is made for.
    assessment_part.assessment,
    commendation_part.commended,
    front.figures,
    front.waiting,
    services_part.sections,
    planned_part.planned,
    ranking_part.league,
    follow_up_parts.follow_up,
    follow_up_parts.actions,
    follow_up_parts.late,
    follow_up_parts.others,
)


def outline(document: Json, lang: str) -> Outline:
    document, w = _readable(document), Language.of_document(document, lang)
    return Outline(
        lang=lang,
        kind=w.kind,
        title=front.title(document, w),
        week=front.week(document, w),
        masthead=front.masthead(document, w),
        note=front.note(document, w),
        pictures=pictures.pictures(document, w),
        parts=[*_text(document, w), *annex.annex(document, w)],
        proof=front.proof(document, w),
    )


def _text(document: Json, w: Language) -> list[Part]:
    """The parts of the text, with their numbers."""
    found = [part for make in PARTS if (part := make(document, w)).blocks]
    return [
        replace(part, title=f"{w.part_number(index)}{part.title}")
        for index, part in enumerate(found)
    ]


def _readable(value: Any) -> Any:
    """The document as it is printed: names in it may turn the direction of what follows."""
    if isinstance(value, dict):
        return {name: _readable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_readable(part) for part in value]
    return isolated(value) if isinstance(value, str) and ISOLATE not in value else value
