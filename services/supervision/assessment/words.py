"""The method of an assessment in words. They are part of the document, beside the rubric."""

from collections.abc import Mapping

# A change of the method that changes any score or rank of the same inputs is another version.
METHOD = "1"

METHOD_WORDS = {
    "rounding": (
        "各项得分按四舍五入保留两位小数，此前不作舍入；总分为各项得分之和",
        "each part of a line is rounded once, half up, to 0.01; the score is the sum of the lines",
    ),
    "not_applicable": (
        "基数不足的项目不适用，权重按比例分摊到本单位其他项目：不因基数小而得分或失分",
        "with too small a denominator a criterion is n/a; its weight is shared out in proportion",
    ),
    "not_stated": (
        "未报数的按最低分计：不因不报而得分；确无发生的报0",
        "a figure that isn't stated gets the least points; where nothing happened, it is 0",
    ),
    "qualified": (
        "“多”“近”“约”等按所报数字计分，可能的上下限另列为得分区间",
        "a number such as over 500 is scored as stated; the score's interval says what else it is",
    ),
    "ties": (
        "同分并列，占用后续名次；名次只在同组内排列",
        "equal scores share a rank, and the next ranks are left out; ranks are within a group",
    ),
    "chance": (
        "偶然波动：比例用威尔逊95%区间，次数用泊松得分95%区间",
        "how far chance moves a figure: Wilson's or Poisson's score interval, both of 95 %",
    ),
    "why_these": (
        "两种区间在数小时仍适用，且不用随机模拟：同样的数据结果相同",
        "both intervals hold where numbers are small, and the same figures give the same ones",
    ),
    "rank_interval": (
        "名次区间：各项偏差平方相加（MOVER法），得分之差超出合成偏差与报数上下限的，方认定有先后",
        "a gap decides if it is larger than what chance (MOVER) and qualifiers explain",
    ),
}


def both(pair: tuple[str, str]) -> dict[str, str]:
    """A pair of Chinese and English as it is written in documents."""
    zh, en = pair
    return {"zh": zh, "en": en}


def code_words(table: Mapping[str, tuple[str, str]], code: str) -> dict[str, str]:
    """A code of a table with its words."""
    return {"code": code, **both(table[code])}
