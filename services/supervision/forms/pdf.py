"""PDF: the printed page, by Typst.

Typst reads the fonts of `fonts.py` and nothing else: no file, no network, no clock.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from services.supervision.forms import drawing, fonts
from services.supervision.forms.red_head import red_head
from services.supervision.forms.spreadsheet import made_at, width_of
from services.supervision.outline.blocks import Block, Item, Items, Outline, Pictures, Table
from services.supervision.outline.language import Language
from services.supervision.outline.outline import outline
from shared.domain.types import Json

# Of the shapes of Chinese characters.
REGIONS = {"zh": "CN", "en": "GB"}
# Columns of short items; and of items that fit into half a line, a Chinese character counting 2.
ACROSS = {"zh": 3, "en": 2}
HALF, BRIEF = 2, 42
# Rows of a table that is printed as lines.
LONG = 500
MOMENT = ("year", "month", "day", "hour", "minute", "second")
TYPESETTING = Path(__file__).with_name("typesetting.py")
# Seconds.
LONGEST = 120


def make(document: Json, lang: str) -> bytes:
    """The issue as PDF. The same document always gives the same bytes.

    Raises FontsMissing, and subprocess.SubprocessError when Typst fails or takes too long.
    """
    issue = outline(document, lang)
    made = made_at(document).astimezone(UTC)
    return _typeset(
        {
            "issue": _issue(issue),
            "head": asdict(red_head(document, issue)),
            "period": document["period"],
            "lang": lang,
            "region": REGIONS[lang],
            "mark": Language(lang, issue.kind)("mark"),
            "sans": fonts.SANS,
            "serif": fonts.SERIF,
            "made": {name: getattr(made, name) for name in MOMENT},
        },
        int(made.timestamp()),
    )


def _typeset(data: Json, timestamp: int) -> bytes:
    """In a process of its own: Typst keeps everything it has laid out until its process ends."""
    work = {
        "template": _template(),
        "data": json.dumps(data),
        "fonts": fonts.folder(),
        "timestamp": timestamp,
    }
    ended = subprocess.run(
        [sys.executable, "-I", TYPESETTING],
        input=json.dumps(work).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=LONGEST,
    )
    return ended.stdout


@cache
def _template() -> str:
    return files(__package__).joinpath("templates", "briefing.typ").read_text(encoding="utf-8")


def _issue(issue: Outline) -> dict[str, Any]:
    return {
        **{name: getattr(issue, name) for name in ("title", "week", "masthead", "note", "proof")},
        "pictures": _pictures(issue.pictures),
        "parts": [
            {
                "title": part.title,
                "annex": part.annex,
                "front": part.front,
                "blocks": [_block(block, issue.lang) for block in part.blocks],
            }
            for part in issue.parts
        ],
    }


def _pictures(found: Pictures) -> dict[str, Any]:
    """As drawings, with what they show in words for those who have the page read aloud."""
    rows = [
        {
            "kind": type(row).__name__.lower(),
            "title": row.title,
            "words": row.words,
            "said": f"{row.title}: {row.description}",
            "svg": drawing.file(row),
        }
        for row in found.rows
    ]
    return {"title": found.title, "rows": rows, "notes": found.notes}


def _block(block: Block, lang: str) -> dict[str, Any]:
    """The block with its kind. The events behind figures stay out: they are in the HTML page."""
    kind = {"kind": type(block).__name__.lower()}
    if isinstance(block, Table):
        return kind | _table(block)
    if isinstance(block, Items):
        return kind | asdict(block) | {"across": _across(block, lang)}
    return kind | asdict(block)


def _across(block: Items, lang: str) -> int:
    """In how many columns the items stand."""
    if block.short:
        return ACROSS[lang]
    return HALF if len(block.rows) > 1 and all(map(_is_brief, block.rows)) else 1


def _is_brief(item: Item) -> bool:
    return not item.details and width_of(f"{item.label or ''}{item.text}") <= BRIEF


def _table(block: Table) -> dict[str, Any]:
    groups = [
        {
            "name": group.name,
            "rows": [
                {
                    "head": row.head,
                    "cells": [
                        {"text": cell.text, "tone": cell.tone, "marked": cell.marked}
                        for cell in row.cells
                    ],
                }
                for row in group.rows
            ],
        }
        for group in block.groups
    ]
    long = sum(len(group.rows) for group in block.groups) > LONG
    return {
        **{name: getattr(block, name) for name in ("head", "columns", "prose")},
        "groups": groups,
        "long": long,
    }
