"""What the fixed texts call a period: each text is written once, and names in braces stand for the
words of a week, a month, a half-year or a year.

Texts that mean a week whatever the report is about, such as the programme's first week, have none.
"""

from functools import cache

from shared.domain.periods import Period, Week
from shared.domain.report_periods import HalfYear, Month, Year, parse_period
from shared.domain.wording import LANGUAGES

Pair = tuple[str, str]

# The word in English, and in Chinese the short one that follows 本, 上 and 下.
_NOUNS: dict[type[Period], Pair] = {
    Week: ("周", "week"),
    Month: ("月", "month"),
    HalfYear: ("期", "half-year"),
    Year: ("年度", "year"),
}
_OTHERS: dict[type[Period], dict[str, Pair]] = {
    Week: {
        "period": ("周", "week"),
        "calendar": ("ISO周", "ISO week"),
        "span": ("，周一至周日", ""),
        "one": ("一周", "a week"),
        "first_day": ("周一", "Monday"),
        "last_day": ("周日", "Sunday"),
        # When a level is taken.
        "end": ("周日", "the week's end"),
        # Of a unit that was dissolved before the period.
        "gone": ("本周已撤销", "dissolved before the week"),
        "mean": ("四周平均", "four-week mean"),
        "mean_of": ("四周", "four weeks"),
        "bulletin": (" 督导通报", ": weekly briefing"),
        "report": ("通报", "briefing"),
        # Of a group's own report of a week.
        "done": ("本周完成", "done"),
    },
    Month: {
        "period": ("月", "month"),
        "calendar": ("自然月", "calendar month"),
        "span": ("", ""),
        "one": ("一个月", "a month"),
        "first_day": ("第一日", "first day"),
        "last_day": ("最后一日", "last day"),
        "end": ("月末", "the month's end"),
        "gone": ("本月前已撤销", "dissolved before the month"),
        "mean": ("三个月平均", "three-month mean"),
        "mean_of": ("三个月", "three months"),
        "bulletin": (" 督导月小结", ": monthly summary"),
        "report": ("小结", "summary"),
        "done": ("完成", "done"),
    },
    HalfYear: {
        "period": ("半年", "half-year"),
        "calendar": ("半年", "half-year"),
        "span": ("", ""),
        "one": ("半年", "a half-year"),
        "first_day": ("第一日", "first day"),
        "last_day": ("最后一日", "last day"),
        "end": ("期末", "the half-year's end"),
        "gone": ("本期前已撤销", "dissolved before the half-year"),
        "mean": ("两期平均", "mean of two half-years"),
        "mean_of": ("两期", "two half-years"),
        "bulletin": (" 半年考核通报", ": half-year assessment"),
        "report": ("考核通报", "assessment"),
        "done": ("完成", "done"),
    },
    Year: {
        "period": ("年", "year"),
        "calendar": ("自然年", "calendar year"),
        "span": ("", ""),
        "one": ("一年", "a year"),
        "first_day": ("第一日", "first day"),
        "last_day": ("最后一日", "last day"),
        "end": ("年末", "the year's end"),
        "gone": ("本年度前已撤销", "dissolved before the year"),
        "mean": ("两年平均", "mean of two years"),
        "mean_of": ("两年", "two years"),
        "bulletin": (" 年底表彰通报", ": year-end commendation"),
        "report": ("表彰通报", "commendation"),
        "done": ("完成", "done"),
    },
}
_HALVES = {1: ("上半年", "first half of"), 2: ("下半年", "second half of")}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def of_kind(text: str, kind: type[Period], lang: str, **others: str) -> str:
    """A fixed text with the words of a kind of period: `"{this}没有"` is 本月没有 for months.
    `others` are words of the text alone."""
    return text.format_map(_words(kind, lang) | others)


def pair_of_kind(pair: Pair, kind: type[Period]) -> Pair:
    """The same of a text in both languages."""
    zh, en = (of_kind(text, kind, lang) for text, lang in zip(pair, LANGUAGES, strict=True))
    return zh, en


def kind_of(period: str) -> type[Period]:
    """The kind of a period that is given as text."""
    return type(parse_period(period))


@cache
def _words(kind: type[Period], lang: str) -> dict[str, str]:
    zh, en = _NOUNS[kind]
    pairs = _OTHERS[kind] | {
        "this": (f"本{zh}", f"this {en}"),
        "last": (f"上{zh}", f"last {en}"),
        "next": (f"下{zh}", f"next {en}"),
        "first": (f"首{zh}", f"first {en}"),
        "each": (f"逐{zh}", f"{en} by {en}"),
    }
    words = {name: pair[LANGUAGES.index(lang)] for name, pair in pairs.items()}
    # At the beginning of a sentence, the name has a capital too.
    return words | {_capital(name): _capital(text) for name, text in words.items()}


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def name_of(period: Period, lang: str) -> str:
    """The period in words: 2017年2月, February 2017. A week is its code in English."""
    place = LANGUAGES.index(lang)
    if isinstance(period, Month):
        return (f"{period.year}年{period.number}月", f"{_month(period)} {period.year}")[place]
    if isinstance(period, HalfYear):
        zh, en = _HALVES[period.number]
        return (f"{period.year}年{zh}", f"{en} {period.year}")[place]
    if isinstance(period, Year):
        return (f"{period}年", str(period))[place]
    return (f"{period.year}年第{period.number}周", str(period))[place]


def _month(month: Month) -> str:
    return _MONTHS[month.number - 1]
