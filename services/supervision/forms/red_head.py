"""What stands above and below the text of a printed issue: the red head, and for whom it is."""

from dataclasses import dataclass
from datetime import date

from services.supervision.forms.spreadsheet import made_at
from services.supervision.outline.blocks import Outline
from services.supervision.outline.language import Language
from shared.domain.periods import format_instant
from shared.domain.types import Json
from shared.domain.visible_text import isolated


@dataclass(frozen=True)
class RedHead:
    """`number` is that of the issue, its status where it has none yet; it names a public edition.
    `subject` and `days` are the title of the text; `facts` are the lines of the masthead that stand
    below it."""

    name: str
    number: str
    office: str
    day: str
    subject: str
    days: str
    facts: tuple[tuple[str, str], ...]
    recipients: tuple[str, str]
    issued: str


def red_head(document: Json, issue: Outline) -> RedHead:
    w, head = Language(issue.lang, issue.kind), document["masthead"]
    programme = isolated(w.of(head["programme"]))
    name = f"{programme}{w('bulletin')}"
    days = w("days", head["first_day"], head["last_day"])
    day = _day(date.fromisoformat(format_instant(made_at(document))[:10]), issue.lang)
    number = issue.title.removeprefix(name).strip("　, ") or issue.masthead[0][1]
    facts = dict(issue.masthead)
    return RedHead(
        name=name,
        number=f"{number[0].upper()}{number[1:]}",
        office=w("office_of", programme),
        day=day,
        subject=issue.week.removesuffix(days),
        days=days.strip(),
        facts=tuple(pair for pair in issue.masthead if pair[0] != w("to")),
        recipients=(w("to"), facts[w("to")]),
        issued=w("issued_on", day) if head["published_at"] else day,
    )


def _day(day: date, lang: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.isoformat()
