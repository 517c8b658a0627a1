"""Rules of plausibility: what can't be is refused, what is unlikely is taken once it is confirmed.

The rules themselves are declared in shared/contracts/plausibility/.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.domain.errors import NeedsConfirmation, ValidationFailed
from shared.domain.quantities import Quantity
from shared.domain.types import Json

# Days further apart than this are probably a mistyped year.
FAR = timedelta(days=366)


@dataclass(frozen=True)
class Rule:
    """What is wrong with a field, in Chinese and English.

    `field` is the argument that the answer names; a dot leads to a field of an object. `code` is
    part of events: it never changes its meaning. Broken, an `impossible` rule refuses the command;
    another one asks for confirmation.
    """

    code: str
    field: str
    zh: str
    en: str
    impossible: bool = False


@dataclass(frozen=True, kw_only=True)
class ArgumentRule(Rule):
    """A rule of the arguments of every command that has the field, as its schema loads them."""

    broken: Callable[[Json], bool]


@dataclass(frozen=True, kw_only=True)
class FigureRule(Rule):
    """A rule of every figure among the arguments, whatever the field's name: its number and its
    qualifier."""

    broken: Callable[[Decimal, str], bool]


@dataclass(frozen=True, kw_only=True)
class StateRule(Rule):
    """A rule of an aggregate's state as its events report it: asked when a command changes one of
    the parts that it `looks_at`."""

    looks_at: tuple[str, ...]
    broken: Callable[[Json], bool]


def value_at(arguments: Json, field: str) -> Any:
    """The argument `field`; None where there is none."""
    value: Any = arguments
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def number_of(value: Any) -> Decimal | None:
    """The number of a quantity, or a whole number; None where there is none."""
    if isinstance(value, Quantity):
        return value.value
    return Decimal(value) if isinstance(value, int) else None


def figures(arguments: Json) -> Iterator[tuple[str, Decimal, str]]:
    """Every figure among the arguments: the argument that it is in, its number, its qualifier."""
    for name, value in arguments.items():
        for part in value if isinstance(value, list) else [value]:
            for figure in part.values() if isinstance(part, dict) else [part]:
                number = number_of(figure)
                if number is not None:
                    qualifier = figure.qualifier if isinstance(figure, Quantity) else "exact"
                    yield name, number, qualifier


def far_apart(one: date, other: date) -> bool:
    return abs(one - other) > FAR


def confirmed_codes(broken: Iterable[Rule], confirms: bool) -> list[str]:
    """The codes of the unlikely values that a command confirms, in order.

    Raises ValidationFailed for what can't be, NeedsConfirmation for what nobody has confirmed.
    """
    found = list(dict.fromkeys(broken))
    impossible = [rule for rule in found if rule.impossible]
    if impossible:
        raise ValidationFailed(_by_field(impossible, lambda rule: f"{rule.en} ({rule.code})."))
    if found and not confirms:
        raise NeedsConfirmation(_by_field(found, _as_json))
    return sorted({rule.code for rule in found})


def _as_json(rule: Rule) -> Json:
    return {"rule": rule.code, "zh": rule.zh, "en": rule.en}


def _by_field(rules: Iterable[Rule], shown: Callable[[Rule], Any]) -> Json:
    """Field → what is wrong with it, nested as the arguments are."""
    data: Json = {}
    for rule in rules:
        *outer, name = rule.field.split(".")
        inner = data
        for part in outer:
            inner = inner.setdefault(part, {})
        inner.setdefault(name, []).append(shown(rule))
    return data
