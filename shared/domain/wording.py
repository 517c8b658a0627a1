"""Quantities in words, in Chinese and in English: an inexact quantity never looks exact."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from shared.domain import absence
from shared.domain.decimals import decimal_text
from shared.domain.quantities import Quantity
from shared.domain.units import UNITS
from shared.domain.visible_text import isolated

LANGUAGES = ("zh", "en")

_PROVISIONAL = {
    "zh": "（暂定：{}年放假安排公布后确定）",
    "en": " (provisional until the holidays of {} are announced)",
}

_Wording = Callable[[Decimal, str], str]


def say(quantity: Quantity, lang: str, given: tuple[int, int] | None = None) -> str:
    """The quantity in words of `lang`, "zh" or "en".

    For a sum, `given` is (number of parts with a figure, number of parts). Raises ValueError for
    another language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no wording in {lang!r}, only in {' and '.join(LANGUAGES)}")
    if quantity.value is None:
        return absence.words("not_stated", lang)
    words = _CHINESE if lang == "zh" else _ENGLISH
    return words[quantity.qualifier](quantity.value, quantity.unit) + _given_of_total(lang, given)


def both(words: Mapping[str, str]) -> dict[str, str]:
    """Words that somebody entered in both languages, where they may be given in one only."""
    return {lang: isolated(words.get(lang) or next(iter(words.values()))) for lang in LANGUAGES}


def provisional(awaits: int | None, lang: str) -> str:
    """What is said after a due day that waits for the calendar notice of a year; "" where it is
    final."""
    return _PROVISIONAL[lang].format(awaits) if awaits else ""


def _given_of_total(lang: str, given: tuple[int, int] | None) -> str:
    if given is None or given[0] == given[1]:
        return ""
    stated, total = given
    return (
        f"（{total}项中{stated}项报数）"
        if lang == "zh"
        else f" ({stated} of {total} gave a figure)"
    )


def _chinese(before: str) -> _Wording:
    return lambda value, unit: f"{before}{decimal_text(value)}{UNITS[unit].zh}"


def _chinese_over(value: Decimal, unit: str) -> str:
    # 多 stands for the digits that a round number leaves open: 500多 is correct, 37多 isn't.
    if value and value % 10 == 0:
        return f"{decimal_text(value)}多{UNITS[unit].zh}"
    return _chinese("超过")(value, unit)


def _english(before: str) -> _Wording:
    return lambda value, unit: f"{before}{decimal_text(value)} {_noun(value, unit)}"


def _noun(value: Decimal, unit: str) -> str:
    return UNITS[unit].singular if value == 1 else UNITS[unit].plural


_CHINESE = {
    "exact": _chinese(""),
    "over": _chinese_over,
    "about": _chinese("约"),
    "at_most": _chinese("不超过"),
}
_ENGLISH = {
    "exact": _english(""),
    "over": _english("over "),
    "about": _english("about "),
    "at_most": _english("at most "),
}
