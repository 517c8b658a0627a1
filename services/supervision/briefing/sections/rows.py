"""What the rows of a briefing have in common: names, words, figures, order."""

from shared.aggregates.orgunit_store import path
from shared.contracts.envelope import happened
from shared.domain import canonical
from shared.domain.periods import format_instant
from shared.domain.quantities import Quantity
from shared.domain.wording import LANGUAGES, say

# Who has five minutes reads no more of one kind; the figures count all of them.
MOST = 50

SPACE = {"zh": "　", "en": ", "}
COMMA = {"zh": "、", "en": ", "}
CLAUSE = {"zh": "，", "en": "; "}
COLON = {"zh": "：", "en": ": "}

# The hour before which a part of the day began.
PARTS_OF_DAY = (
    ("12", {"zh": "上午", "en": "morning"}),
    ("18", {"zh": "下午", "en": "afternoon"}),
    ("24", {"zh": "晚上", "en": "evening"}),
)

NOT_GIVEN = {"zh": "未说明", "en": "none given"}


def unit_name(week, code):
    """The unit with those above it, without the district: 五里堡街道 or 金水源街道东胡垌村."""
    names = [week.units[unit]["name"] for unit in path(code)[:-1] if unit in week.units]
    known = week.units.get(code)
    return "".join(reversed(names)) or (known["name"] if known else code)


def pair(zh, en):
    return {"zh": zh, "en": en}


def both(words):
    """Words that may be there in one language only, in both."""
    return {lang: words.get(lang) or next(iter(words.values())) for lang in LANGUAGES}


def named(table, code):
    """A code with its words, from a table of (zh, en)."""
    zh, en = table[code]
    return {"code": code, "zh": zh, "en": en}


def joined(*parts, mark=SPACE):
    """Texts, or words in both languages, one after the other; what is empty is left out."""
    there = [part for part in parts if part]
    return {
        lang: mark[lang].join(part if isinstance(part, str) else part[lang] for part in there)
        for lang in LANGUAGES
    }


def labelled(label, words):
    """What stands under a label, both in both languages."""
    return {lang: f"{label[lang]}{COLON[lang]}{words[lang]}" for lang in LANGUAGES}


def plain(text):
    """The same text in both languages."""
    return dict.fromkeys(LANGUAGES, text)


def reason(text):
    return labelled(pair("原因", "reason"), plain(text) if text else NOT_GIVEN)


def figure(reported):
    """A figure as reported, with its words."""
    quantity = Quantity.from_json(reported)
    return {
        "value": reported["value"],
        "qualifier": reported["qualifier"],
        "unit": reported["unit"],
        **{lang: say(quantity, lang) for lang in LANGUAGES},
    }


def counted(label, shown, noun=False):
    """A figure and what it is of. With `noun` the English unit says it already: 6 institutions."""
    says_it = noun and shown["qualifier"] != "not_stated"
    return {
        "zh": f"{label['zh']}{COLON['zh']}{shown['zh']}",
        "en": shown["en"] if says_it else f"{label['en']}: {shown['en']}",
    }


def among(names, shown):
    """The names behind a figure, and if they are all of them."""
    if not names:
        return plain("")
    whole = shown["qualifier"] == "exact" and len(names) >= float(shown["value"])
    return {
        "zh": f"（{'、'.join(names)}{'' if whole else '等'}）",
        "en": f" ({'' if whole else 'among them '}{', '.join(names)})",
    }


def day_of(event):
    """The day it was held on; None where only the week is known."""
    return event["data"].get("held_on")


def date_of(event, attribute="time"):
    """The day that a time of the event lies in; None where it is known to the week only."""
    if attribute == "time" and event["timeprecision"] == "week":
        return None
    return format_instant(happened(event, attribute))[:10]


def on(day, part=None):
    """The day in words, with the part of it where that is known."""
    if not day:
        return pair("本周（具体日期未报）", "during the week (day not stated)")
    return joined(day, part, mark=plain(" "))


def part_of_day(event):
    """Morning, afternoon or evening, where it is known so precisely and no better; None else."""
    if event["timeprecision"] != "part_of_day":
        return None
    hour = format_instant(happened(event))[11:13]
    return next(words for until, words in PARTS_OF_DAY if hour < until)


def item(week, event, kind, what, details=(), **facts):
    """One thing that was done: where, when, what, and further lines about it."""
    unit = unit_name(week, event["orgunit"])
    day = day_of(event)
    return {
        "kind": kind,
        "orgunit": event["orgunit"],
        "unit": unit,
        "held_on": day,
        "said": joined(on(day, part_of_day(event)), unit, what),
        "details": [line for line in details if line],
        **facts,
    }


def in_order(rows, *names):
    """By the fields `names`, then by all that is printed: never by an id."""
    return sorted(
        rows, key=lambda row: (*(row[name] or "" for name in names), canonical.dumps(row))
    )


def shortened(rows):
    """The rows that are printed, and how many are not."""
    return rows[:MOST], max(0, len(rows) - MOST)
