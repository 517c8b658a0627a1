"""How a quantity reads, in Chinese and in English: what isn't exact never looks exact."""

from shared.decimals import decimal_text
from shared.units import UNITS

LANGUAGES = ("zh", "en")


def say(quantity, lang, given=None):
    """The quantity in words of `lang`, "zh" or "en".

    For a sum, `given` is (how many parts gave a figure, how many there are). Raises ValueError for
    another language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no wording in {lang!r}, only in {' and '.join(LANGUAGES)}")
    if quantity.qualifier == "not_stated":
        return {"zh": "未报数", "en": "not stated"}[lang]
    words = _CHINESE if lang == "zh" else _ENGLISH
    return words[quantity.qualifier](quantity) + _of_how_many(lang, given)


def _of_how_many(lang, given):
    if given is None or given[0] == given[1]:
        return ""
    stated, total = given
    return (
        f"（{total}项中{stated}项报数）"
        if lang == "zh"
        else f" ({stated} of {total} gave a figure)"
    )


def _chinese(before):
    return lambda quantity: f"{before}{decimal_text(quantity.value)}{UNITS[quantity.unit].zh}"


def _chinese_over(quantity):
    # 多 stands for the digits that a round number leaves open: 500多 is fine, 37多 isn't Chinese.
    if quantity.value and quantity.value % 10 == 0:
        return f"{decimal_text(quantity.value)}多{UNITS[quantity.unit].zh}"
    return _chinese("超过")(quantity)


def _english(before):
    return lambda quantity: f"{before}{decimal_text(quantity.value)} {_noun(quantity)}"


def _noun(quantity):
    unit = UNITS[quantity.unit]
    return unit.singular if quantity.value == 1 else unit.plural


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
