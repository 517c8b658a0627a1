"""Main points in a person's words: words are edited, numbers never.

The rules make a sentence for each main point. In its place a person may write others. Each number
in them has to be one of the figures of that sentence in the same form: with its qualifier, its
unit, and what is said of missing reports. 500多人次 stays 500多人次.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from services.supervision.briefing.assemble import content_of
from shared.domain import canonical
from shared.domain.types import Json
from shared.domain.units import UNITS
from shared.domain.wording import LANGUAGES

# What says that a number isn't exact, or that it is a change. Whatever is found beside a number in
# edited words has to be beside it in the sentence of the rules; words that aren't here are free.
_BEFORE = (
    *(
        "不超过",
        "不少于",
        "不低于",
        "不多于",
        "不到",
        "不足",
        "不止",
        "至少",
        "至多",
        "最多",
        "最少",
    ),
    *(
        "超过",
        "超出",
        "突破",
        "多于",
        "少于",
        "高于",
        "低于",
        "大于",
        "小于",
        "多达",
        "大约",
        "大概",
    ),
    *("将近", "接近", "约", "近", "逾", "超", "满", "几", "上", "增加", "减少", "增长", "上升"),
    *("下降", "降低", "提高", "增", "减", "多", "少", "负", "第"),
    *("no more than", "no fewer than", "no less than", "not more than", "more than"),
    *(
        "fewer than",
        "less than",
        "at most",
        "at least",
        "up to",
        "over",
        "about",
        "nearly",
        "almost",
    ),
    *(
        "around",
        "approximately",
        "roughly",
        "some",
        "under",
        "below",
        "above",
        "exceeding",
        "circa",
    ),
    *("minus", "increased by", "decreased by", "rose by", "fell by", "up by", "down by"),
    *("~", "～", "≈", "<", ">", "≤", "≥", "+", "-", "−", "±", "＜", "＞"),
)
_AFTER = ("多", "余", "来", "几", "+", "-odd", "odd", "plus")
_TAIL = ("以上", "以下", "以内", "左右", "上下", "之多", "余", "多", "or more", "or less", "or so")
_GIVEN = r"（\d+项中\d+项报数）|（部分未报）|\s?\(\d+ of \d+ gave a figure\)|\s?\(partly stated\)"
_COMPARED = ("more", "fewer", "less")


def _either(words: Iterable[str]) -> str:
    """One of the words; a longer one before its beginning."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_UNITS = {it for unit in UNITS.values() for it in (unit.zh, unit.singular, unit.plural)}
_PLAIN = "〇零一二两三四五六七八九十百千万亿兆廿卅"
# Formal numerals are parts of words too, such as 队伍.
_NUMERALS = f"{_PLAIN}壹贰叁肆伍陆柒捌玖拾佰仟萬億"
_FIGURE = re.compile(
    rf"(?P<before>(?:{_either(_BEFORE)})?)[了到达]?\s*"
    rf"(?P<number>[0-9]+(?:[.,:/][0-9]+)*[{_NUMERALS}A-Za-z%％‰]*)\s*"
    rf"(?P<after>(?:{_either(_AFTER)})?)\s*"
    rf"(?P<unit>(?:{_either((*_UNITS, *_COMPARED))})?)\s?"
    rf"(?P<tail>(?:{_either(_TAIL)})?)"
    rf"(?P<given>(?:{_GIVEN})?)",
    re.IGNORECASE,
)

_MEASURES = _either(
    (
        *(unit.zh for unit in UNITS.values()),
        *("名", "位", "例", "对", "者", "处", "所", "条", "辆", "台", "册", "套", "批", "周", "月"),
        *(
            "年",
            "日",
            "点",
            "岁",
            "元",
            "倍",
            "成",
            "番",
            "分之",
            "组",
            "级",
            "期",
            "轮",
            "次",
            "支",
        ),
    )
)
_IN_CHINESE = re.compile(
    rf"[{_NUMERALS}]{{2,}}|[{_PLAIN}几数半双俩仨][多余来几]?(?:{_MEASURES})|[过大对一]半|翻番"
)
_IN_ENGLISH = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|score"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundreds?|thousands?|millions?|billions?|half|halves|halved|thirds|quarters?|doubled?|twice"
    r"|thrice|tripled?|couple|pairs?|percent)\b",
    re.IGNORECASE,
)
# Names with a number in them, beside those of units.
_NAMES = ("二七",)
# At the end of a unit's name; people leave it out.
_KINDS = "(?:街道|社区|镇)$"


class Figure(NamedTuple):
    """A number in a text with everything that belongs to it."""

    before: str
    number: str
    after: str
    unit: str
    tail: str
    given: str


def figures(text: str) -> list[Figure]:
    """The numbers of a text, each with its qualifier and its unit."""
    return [
        Figure(*(part.strip().lower() for part in found.groups()))
        for found in _FIGURE.finditer(text)
    ]


def problem(by_rules: str, words: str, names: Collection[str] = ()) -> str | None:
    """Why the edited words can't stand in place of the sentence of the rules; None if they can.
    `names` of units may have numbers in them."""
    short = (re.sub(_KINDS, "", name) for name in names)
    for name in sorted({*names, *short, *_NAMES} - {""}, key=len, reverse=True):
        words = words.replace(name, " ")
    strange = next((it for it in words if not it.isascii() and _is_strange(it)), None)
    if strange:
        return f"Must be words with numbers in the digits 0 to 9, such as 500: {strange}."
    if found := _IN_CHINESE.search(words) or _IN_ENGLISH.search(words):
        return f"Must be words without a number in words, such as {by_rules}: {found.group()}."
    known = figures(by_rules)
    for found, figure in zip(_FIGURE.finditer(words), figures(words), strict=True):
        if figure not in known:
            wanted = "numbers as in the sentence of the rules, with qualifier and unit"
            return f"Must be words with {wanted}, such as {by_rules}: {found.group().strip()}."
    return None


def _is_strange(character: str) -> bool:
    """Is it a number in another script? Chinese numerals may be a part of words."""
    return character.isnumeric() and character not in _NUMERALS and not _is_ideograph(character)


def _is_ideograph(character: str) -> bool:
    return "㐀" <= character <= "鿿"


def sentences_of_rules(document: Json) -> list[Json]:
    """The main points as the rules made them, edited or not."""
    edited = {it["point"]: it["by_rules"] for it in document["edited_points"]}
    return [
        edited.get(number) or {lang: point[lang] for lang in LANGUAGES}
        for number, point in enumerate(document["headlines"], 1)
    ]


def with_edits(made: Json, edits: Iterable[Json]) -> Json:
    """The draft `made` by the rules, with the edited main points. An edit of a sentence that the
    rules don't make any more is left out.

    The digest of the content covers what was edited, by whom and when.
    """
    points = [dict(point) for point in made["headlines"]]
    kept = [edit for edit in edits if _is_of(edit, points)]
    for edit in kept:
        points[edit["point"] - 1] |= {lang: edit[lang] for lang in LANGUAGES}
    return made | {
        "headlines": points,
        "edited_points": kept,
        "content_digest": content_digest(made, kept),
    }


def content_digest(document: Json, edits: Collection[Json]) -> str:
    """The digest of what follows from the week's facts, and of the edited main points."""
    content = canonical.sha256(content_of(document))
    return canonical.sha256({"content": content, "edited_points": edits}) if edits else content


def without_edits(document: Json) -> Json:
    """The draft as the rules made it."""
    sentences = zip(document["headlines"], sentences_of_rules(document), strict=True)
    return document | {
        "headlines": [point | sentence for point, sentence in sentences],
        "edited_points": [],
        "content_digest": content_digest(document, []),
    }


def _is_of(edit: Json, points: list[Json]) -> bool:
    if edit["point"] > len(points):
        return False
    point = points[edit["point"] - 1]
    return all(point[lang] == edit["by_rules"][lang] for lang in LANGUAGES)
