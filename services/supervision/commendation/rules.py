"""The rules of a year-end commendation (年底表彰办法). `rule_schema.py` reads them from a file."""

from dataclasses import dataclass
from decimal import Decimal

from shared.contracts.fields import one_of
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json

# More than any district honours of one kind in a year; the document prints all of them.
MOST = 200


@dataclass(frozen=True)
class Rule:
    """It nominates those who have at least `least` of the indicator in the year: the `best` of
    them, and all who equal the last of these; if that were more than MOST, none of the equals."""

    indicator: str
    least: Decimal
    best: int


@dataclass(frozen=True)
class Category:
    """`kind` is what is commended. At most `most` are chosen, and at most `most_of_unit` of one
    sub-district. Without a rule only people nominate."""

    code: str
    label: Json
    kind: str
    most: int
    most_of_unit: int | None
    rule: Rule | None


@dataclass(frozen=True)
class CommendationRules:
    """`content` is the whole file as plain JSON."""

    version: str
    categories: tuple[Category, ...]
    content: Json

    def category(self, code: str) -> Category:
        """Raises ValidationFailed for an unknown one."""
        for category in self.categories:
            if category.code == code:
                return category
        codes = [category.code for category in self.categories]
        raise ValidationFailed({"category": [f"Must be {one_of(codes)}."]})
