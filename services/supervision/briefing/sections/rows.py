"""Parts that the rows of a briefing share: names, words, figures, order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.period_words import name_of
from shared.contracts.event_times import happened, week_of
from shared.domain import canonical
from shared.domain.orgunits import path
from shared.domain.periods import PARTS_OF_DAY_END, Week, format_instant
from shared.domain.quantities import Quantity
from shared.domain.types import Event, Json
from shared.domain.visible_text import isolated
from shared.domain.wording import LANGUAGES, provisional, say

# A text by language.
Words = dict[str, str]

Row = TypeVar("Row")

# No more rows of one kind are printed: a briefing is read in five minutes. The figures count all.
MOST = 50

SPACE = {"zh": "　", "en": ", "}
COMMA = {"zh": "、", "en": ", "}
CLAUSE = {"zh": "，", "en": "; "}
COLON = {"zh": "：", "en": ": "}

PARTS_OF_DAY = (
    {"zh": "上午", "en": "morning"},
    {"zh": "下午", "en": "afternoon"},
    {"zh": "晚上", "en": "evening"},
)

NOT_GIVEN = {"zh": "未说明", "en": "none given"}


def unit_name(week: FoldedWeek, code: str) -> str:
    """The unit with the units above it, without the district: 五里堡街道 or 金水源街道东胡垌村."""
    names = [week.units[unit]["name"] for unit in path(code)[:-1] if unit in week.units]
    known = week.units.get(code)
    return "".join(reversed(names)) or (known["name"] if known else code)


def pair(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


def named(table: Mapping[str, tuple[str, str]], code: str) -> Words:
    """A code with its words, from a table: code → (zh, en)."""
    zh, en = table[code]
    return {"code": code, "zh": zh, "en": en}


def joined(*parts: str | Words | None, mark: Words = SPACE) -> Words:
    """Texts, or words in both languages, with `mark` between them. Empty parts are left out."""
    there = [part for part in parts if part]
    return {
        lang: mark[lang].join(part if isinstance(part, str) else part[lang] for part in there)
        for lang in LANGUAGES
    }


def labelled(label: Words, words: Words) -> Words:
    """Words after a label."""
    return {lang: f"{label[lang]}{COLON[lang]}{words[lang]}" for lang in LANGUAGES}


def plain(text: str) -> Words:
    """The same text in both languages."""
    return dict.fromkeys(LANGUAGES, isolated(text))


def reason(text: str | None) -> Words:
    return labelled(pair("原因", "reason"), plain(text) if text else NOT_GIVEN)


def due_note(data: Json) -> Json:
    """The words after a due day that is provisional, as a part of its row; nothing where it is
    final."""
    awaits = data.get("due_awaits_notice")
    return {"due_note": {lang: provisional(awaits, lang) for lang in LANGUAGES}} if awaits else {}


def figure(reported: Json) -> Json:
    """A reported figure with its words."""
    quantity = Quantity.from_json(reported)
    return {
        "value": reported["value"],
        "qualifier": reported["qualifier"],
        "unit": reported["unit"],
        **{lang: say(quantity, lang) for lang in LANGUAGES},
    }


def counted(label: Words, shown: Json, noun: bool = False) -> Words:
    """A figure with its label. With `noun`, the English unit is the label: 6 institutions."""
    unit_is_label = noun and shown["value"] is not None
    return {
        "zh": f"{label['zh']}{COLON['zh']}{shown['zh']}",
        "en": shown["en"] if unit_is_label else f"{label['en']}: {shown['en']}",
    }


def among(names: Sequence[str], shown: Json) -> Words:
    """The names behind a figure, and whether they are all."""
    if not names:
        return plain("")
    whole = shown["qualifier"] == "exact" and len(names) >= float(shown["value"])
    return {
        "zh": f"（{'、'.join(names)}{'' if whole else '等'}）",
        "en": f" ({'' if whole else 'among them '}{', '.join(names)})",
    }


def day_of(event: Event) -> str | None:
    """The day on which it was held; None where only the week is known."""
    day: str | None = event["data"].get("held_on")
    return day


def date_of(event: Event, attribute: str = "time") -> str | None:
    """The day of one of the event's times; None where only the week is known."""
    if attribute == "time" and event["timeprecision"] == "week":
        return None
    return format_instant(happened(event, attribute))[:10]


def on(day: str | None, part: Words | None = None, week: Week | None = None) -> Words:
    """The day in words, with the part of the day where it is known. Without a day, the `week` in
    which it was, where the report is about more than that week."""
    if day:
        return joined(day, part, mark=plain(" "))
    zh, en = (name_of(week, "zh"), name_of(week, "en")) if week else ("本周", "the week")
    return pair(f"{zh}（具体日期未报）", f"during {en} (day not stated)")


def week_apart(week: FoldedWeek, event: Event) -> Week | None:
    """The week of an event in a report on a longer period."""
    return None if week.kind is Week else week_of(event)


def part_of_day(event: Event) -> Words | None:
    """Morning, afternoon or evening, where the time is known with that precision; else None."""
    if event["timeprecision"] != "part_of_day":
        return None
    hour = int(format_instant(happened(event))[11:13])
    parts = zip(PARTS_OF_DAY_END, PARTS_OF_DAY, strict=True)
    return next(words for end, words in parts if hour < end)


def item(
    week: FoldedWeek,
    event: Event,
    kind: str,
    what: str | Words,
    details: Iterable[Words | None] = (),
    **facts: Any,
) -> Json:
    """The row of an occurrence: where, when, what, and `details`, which are further lines."""
    unit = unit_name(week, event["orgunit"])
    day = day_of(event)
    return {
        "kind": kind,
        "orgunit": event["orgunit"],
        "unit": unit,
        "held_on": day,
        "said": joined(on(day, part_of_day(event), week_apart(week, event)), unit, what),
        "details": [line for line in details if line],
        **facts,
    }


def in_order(rows: Iterable[Json], *names: str) -> list[Json]:
    """Sorted by the fields `names`, then by everything that is printed: never by an id."""
    return sorted(
        rows, key=lambda row: (*(row[name] or "" for name in names), canonical.dumps(row))
    )


def shortened(rows: list[Row]) -> tuple[list[Row], int]:
    """The rows that are printed, and the number of those that aren't."""
    return rows[:MOST], max(0, len(rows) - MOST)
