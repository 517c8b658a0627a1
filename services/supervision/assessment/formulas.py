"""The closed set of formulas that a rubric may name."""

from dataclasses import dataclass
from fractions import Fraction

MORE, LESS = "more", "less"
DIRECTIONS = {
    MORE: ("越多越好", "more is better"),
    LESS: ("越少越好", "less is better"),
}


@dataclass(frozen=True)
class Formula:
    """`needs` and `may` name fields of a criterion: other ones of FIELDS have to be left out."""

    zh: str
    en: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    directions: tuple[str, ...] = (MORE, LESS)

    @property
    def takes(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)


SHARE_OF_TARGET, BETWEEN = "share_of_target", "between"
RANK_IN_GROUP, OBSERVED = "rank_in_group", "observed"
FORMULAS = {
    SHARE_OF_TARGET: Formula(
        "得分＝权重×实绩÷目标值，以封顶分为限",
        "the weight times the figure divided by the target, up to the cap",
        ("measure", "chance", "target"),
        ("cap", "least"),
        directions=(MORE,),
    ),
    BETWEEN: Formula(
        "实绩在零分值与满分值之间按比例计分，以封顶分为限",
        "in proportion between the figure for no points and that for full points, up to the cap",
        ("measure", "chance", "zero_at", "full_at"),
        ("cap", "least"),
    ),
    RANK_IN_GROUP: Formula(
        "得分＝权重×同组内不及本单位者所占比例，持平者各计一半",
        "the weight times the share of the group's other units that are worse; equals count half",
        ("measure", "chance"),
        ("least",),
    ),
    OBSERVED: Formula(
        "得分＝权重×各次现场观摩平均分÷满分",
        "the weight times the mean score of the on-site observations, divided by their full score",
        ("out_of", "least"),
        directions=(MORE,),
    ),
}
# The fields of a criterion that belong to some formulas only.
FIELDS = tuple(dict.fromkeys(name for it in FORMULAS.values() for name in it.takes))


def along(value: Fraction | None, zero_at: Fraction, full_at: Fraction, most: Fraction) -> Fraction:
    """How far the value is on the way from `zero_at` (0) to `full_at` (1), from 0 to `most`.

    None is a value without an upper limit.
    """
    if value is None:
        return most if full_at > zero_at else Fraction(0)
    return min(max((value - zero_at) / (full_at - zero_at), Fraction(0)), most)
