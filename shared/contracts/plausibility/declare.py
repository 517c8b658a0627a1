"""The kinds of rules that many fields have."""

from collections.abc import Callable

from shared.domain.plausibility import ArgumentRule, far_apart, number_of, value_at
from shared.domain.quantity_bounds import ceiling, surely_more
from shared.domain.types import Json
from shared.domain.units import UNITS


def most(field: str, number: int, unit: str, zh: str, en: str) -> ArgumentRule:
    """More than this is rarely reported at once. `zh` and `en` name the figure."""
    shown = UNITS[unit]

    def broken(arguments: Json) -> bool:
        given = number_of(value_at(arguments, field))
        return given is not None and given > number

    return ArgumentRule(
        f"many_{field.replace('.', '_')}",
        field,
        f"{zh}超过{number}{shown.zh}",
        f"{en}: more than {number:,} {shown.plural}",
        broken=broken,
    )


def highest_level(bounds: dict[str, int]) -> ArgumentRule:
    """A declared stock above its bound: stock → the most that is likely in a district."""

    def broken(arguments: Json) -> bool:
        # The level of a team or a unit is no figure.
        given = number_of(arguments["level"])
        return given is not None and given > bounds[arguments["stock"]]

    return ArgumentRule(
        "high_level",
        "level",
        "申报的存量超出本区可能的规模",
        "the stock is larger than a district is likely to have",
        broken=broken,
    )


def near(field: str, zh: str, en: str) -> ArgumentRule:
    """A day that should lie within a year of the command's time."""
    return ArgumentRule(
        f"{field}_far_off",
        field,
        f"{zh}与登记的时间相差一年以上",
        f"{en} is more than a year from the time given",
        broken=lambda arguments: far_apart(arguments[field], arguments["time"].date()),
    )


def more_than(one: str, other: str) -> Callable[[Json], bool]:
    """Of a state: is figure `one` more than `other`, whatever both can mean?"""
    return lambda state: surely_more(state[one], state[other])


def more_named(**figures: str) -> Callable[[Json], bool]:
    """Of a state: has a list more names than its figure says? List → figure."""

    def broken(state: Json) -> bool:
        return any(len(state[names]) > ceiling(state[it]) for names, it in figures.items())

    return broken
