"""The briefing in one language as a list of parts, from which every readable form is made."""

from typing import Any

from services.supervision.outline import (
    annex,
    follow_up_parts,
    front,
    organisation,
    pictures,
    ranking_part,
    services_part,
)
from services.supervision.outline.blocks import Outline
from services.supervision.outline.language import Language
from shared.domain.types import Json
from shared.domain.visible_text import ISOLATE, isolated

# In the order in which they are printed.
PARTS = (
    front.completeness,
    front.points,
    front.figures,
    front.waiting,
    services_part.sections,
    organisation.groups,
    ranking_part.league,
    follow_up_parts.follow_up,
    follow_up_parts.actions,
    follow_up_parts.late,
    annex.notes,
)


def outline(document: Json, lang: str) -> Outline:
    document, w = _readable(document), Language(lang)
    return Outline(
        lang=lang,
        title=front.title(document, w),
        week=front.week(document, w),
        masthead=front.masthead(document, w),
        note=w("in_chinese"),
        pictures=pictures.pictures(document, w),
        parts=[*(part(document, w) for part in PARTS), *annex.annex(document, w)],
        digest=(w("digest"), document["content_digest"]),
    )


def _readable(value: Any) -> Any:
    """The document as it is printed: names in it may turn the direction of what follows."""
    if isinstance(value, dict):
        return {name: _readable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_readable(part) for part in value]
    return isolated(value) if isinstance(value, str) and ISOLATE not in value else value
