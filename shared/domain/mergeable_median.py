"""A median that can be merged: medians of parts can't be averaged, so the counts are kept."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any, Self

from shared.domain.types import Json


def _is_count(pair: tuple[Any, ...]) -> bool:
    return len(pair) == 2 and all(isinstance(part, int) for part in pair) and pair[1] > 0


@dataclass(frozen=True, slots=True)
class Median:
    """The median of whole numbers, kept as (number, count) pairs in the order of the numbers.

    Raises ValueError for any other pairs.
    """

    counts: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        numbers = [pair[0] for pair in self.counts if _is_count(pair)]
        if len(numbers) < len(self.counts) or numbers != sorted(set(numbers)):
            raise ValueError("counts: must be pairs of whole numbers, in order, each once")

    @classmethod
    def of(cls, *numbers: int) -> Self:
        return cls(tuple(sorted(Counter(numbers).items())))

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read the output of `to_json`. Raises ValueError."""
        try:
            return cls(tuple(tuple(pair) for pair in data["counts"]))
        except (KeyError, TypeError) as error:
            raise ValueError("counts: must be a list of pairs") from error

    def __add__(self, other: "Median") -> "Median":
        merged = Counter(dict(self.counts))
        merged.update(dict(other.counts))
        return Median(tuple(sorted(merged.items())))

    def value(self) -> Decimal | None:
        """The exact median; the mean of the two middle numbers for an even count; None for none."""
        size = sum(count for _, count in self.counts)
        if not size:
            return None
        return Decimal(self._at((size - 1) // 2) + self._at(size // 2)) / 2

    def _at(self, position: int) -> int:
        ends = accumulate(count for _, count in self.counts)
        return next(pair[0] for pair, end in zip(self.counts, ends, strict=True) if position < end)

    def to_json(self) -> Json:
        return {"counts": [list(pair) for pair in self.counts]}
