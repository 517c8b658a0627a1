"""Which cells of an indicator a public edition prints, so that no suppressed cell follows from the
printed ones (decision 25).

The cells of one indicator and one week are a tree: the district, its sub-districts, their
communities. A cell is the sum of the cells below it and of its own part: what was reported by the
unit itself. Of a printed cell the reader can subtract the printed cells below it. What is left is
its *remainder*: the sum of the suppressed cells below it and of its own part. All that the printed
cells of a tree say about it are its remainders, and no two of them have a part in common.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from shared.domain.orgunits import path
from shared.domain.types import Json

# Of an earlier edition: the values of its printed cells, None for a suppressed one.
Printed = Mapping[str, Decimal | None]

NONE = Decimal(0)


class Figure(NamedTuple):
    """A cell's value, 0 where none is stated, and the number of contributions to it."""

    value: Decimal
    records: int
    # Certainly 0, or without a figure: there is nothing to protect.
    empty: bool

    @classmethod
    def of(cls, cell: Json) -> "Figure":
        """The figure of an internal cell. Over 0 isn't 0."""
        value = Decimal(cell["value"] or 0)
        none = cell["value"] is None or cell["qualifier"] in ("exact", "at_most")
        return cls(value, int(cell["denominator"]), value == 0 and none)


EMPTY = Figure(NONE, 0, True)


class Pattern(NamedTuple):
    """The units whose cells are printed, and those whose cells are listed as suppressed. The cells
    of other units aren't listed."""

    printed: frozenset[str]
    suppressed: frozenset[str]


@dataclass(frozen=True)
class Threshold:
    """Values below `least` are small. With `by_records`, so are all with fewer contributions: each
    of them is one person's."""

    least: int
    by_records: bool = False

    def is_safe(self, figure: Figure) -> bool:
        """May the figure itself be printed?"""
        enough = not self.by_records or figure.records >= self.least
        return figure.empty or (figure.value >= self.least and enough)

    def hides(self, suppressed: Collection[Figure], own: Figure) -> bool:
        """Does a remainder hide its parts: the cells listed as suppressed, and the unit's own part?

        The reader sees that each suppressed cell is at least 1. It must have so many possible
        values as there are small ones: nothing follows that the threshold doesn't say already.
        """
        parts = [*suppressed, *([] if own.empty else [own])]
        records = sum(part.records for part in parts)
        return (
            len(parts) > 1
            and self.leaves_open(sum((part.value for part in parts), NONE), len(suppressed))
            and (not self.by_records or records >= self.least)
        )

    def leaves_open(self, remainder: Decimal, suppressed: int) -> bool:
        """Has each of the `suppressed` cells of a remainder enough possible values?"""
        return remainder >= self.least and remainder - suppressed >= max(1, self.least - 2)


class Tree:
    """The cells of one indicator by unit; units without a cell have none below them either."""

    def __init__(self, figures: Mapping[str, Figure], threshold: Threshold) -> None:
        self.figures = figures
        self.threshold = threshold
        self.below = below(figures)

    def own(self, unit: str) -> Figure:
        """What was reported by the unit itself."""
        parts = [self.figures[code] for code in self.below[unit]]
        whole = self.figures[unit]
        value = whole.value - sum((part.value for part in parts), NONE)
        records = whole.records - sum(part.records for part in parts)
        return Figure(value, records, value == 0)

    def pattern(self, root: str) -> Pattern:
        """The cells of a first edition: from the root down, as many as the threshold allows."""
        printed, suppressed = set[str](), set[str]()
        waiting = [root]
        while waiting:
            unit = waiting.pop()
            if not self.threshold.is_safe(self.figures[unit]):
                suppressed.add(unit)
                continue
            printed.add(unit)
            hidden = self._hidden_below(unit)
            if hidden is not None:
                suppressed |= hidden
                waiting += [code for code in self.below[unit] if code not in hidden]
        return Pattern(frozenset(printed), frozenset(suppressed))

    def _hidden_below(self, unit: str) -> set[str] | None:
        """The cells right below a printed one that are suppressed: the small ones and, the smallest
        first, so many others that the remainder hides them. None where even all of them are too
        few: then no cell below is listed."""
        own, figures = self.own(unit), self.figures
        counted = [code for code in self.below[unit] if not figures[code].empty]
        hidden = {code for code in counted if not self.threshold.is_safe(figures[code])}
        others = sorted(set(counted) - hidden, key=lambda code: (figures[code].value, code))
        if not hidden and self.threshold.is_safe(own):
            return hidden
        while not (hidden and self.threshold.hides([figures[code] for code in hidden], own)):
            if not others:
                return None
            hidden.add(others.pop(0))
        return hidden

    def repeated(self, root: str, before: Sequence[Printed]) -> Pattern:
        """The cells of a revision, after the earlier editions of its week, in their order.

        It lists the same cells as the first of them that printed a number for the root, and prints
        those whose change gives nothing back. Before such a one there is nothing to give back.
        """
        first = next((cells for cells in before if cells.get(root)), None)
        if first is None:
            return self.pattern(root)
        revision = _Revision(self, first, before)
        fine = frozenset(unit for unit in revision.printed if revision.is_fine(unit))
        hidden = (unit for unit in revision.suppressed if revision.parent(unit) in fine)
        return Pattern(fine, (revision.printed - fine) | frozenset(hidden))


class _Revision:
    """The cells of a revision beside those of the earlier editions of its week."""

    def __init__(self, tree: Tree, first: Printed, before: Sequence[Printed]) -> None:
        self.tree, self.before = tree, before
        self.printed = frozenset(unit for unit, value in first.items() if value is not None)
        self.suppressed = frozenset(first) - self.printed
        self._below = below(first)
        self._parents = {part: unit for unit, parts in self._below.items() for part in parts}
        self._is_fine: dict[str, bool] = {}

    def parent(self, unit: str) -> str | None:
        return self._parents.get(unit)

    def is_fine(self, unit: str) -> bool:
        """Can the cell be printed? Only with all printed cells below it: else the change of those
        that aren't printed would follow from its own."""
        if unit not in self._is_fine:
            parts = self._printed_below(unit)
            fine = all(map(self.is_fine, parts)) and self._is_good(unit, parts)
            self._is_fine[unit] = fine
        return self._is_fine[unit]

    def _printed_below(self, unit: str) -> list[str]:
        return [part for part in self._below[unit] if part in self.printed]

    def _is_good(self, unit: str, parts: Collection[str]) -> bool:
        """Can the remainder be shown, beside the one that was shown before?"""
        figures, threshold = self.tree.figures, self.tree.threshold
        now = _remainder({code: it.value for code, it in figures.items()}, unit, parts)
        shown = next(cells for cells in reversed(self.before) if cells.get(unit) is not None)
        then = _remainder(shown, unit, parts)
        hidden = sum(part in self.suppressed for part in self._below[unit])
        others = [code for code in self.tree.below[unit] if code not in self.printed]
        alone = not hidden and all(figures[code].empty for code in others)
        if alone:
            # Nothing is suppressed in it.
            open_enough = now == 0 or now >= threshold.least
        else:
            open_enough = threshold.leaves_open(now, hidden)
        small_change = threshold.by_records or (not alone and abs(now - then) < threshold.least)
        return open_enough and (now == then or not small_change)


def _remainder(values: Mapping[str, Decimal | None], unit: str, parts: Iterable[str]) -> Decimal:
    taken = sum((values.get(part) or NONE for part in parts), NONE)
    return (values.get(unit) or NONE) - taken


def below(units: Iterable[str]) -> defaultdict[str, list[str]]:
    """unit → those right below it, among `units`."""
    known, found = set(units), defaultdict[str, list[str]](list)
    for unit in sorted(known):
        parent = next((code for code in path(unit)[1:] if code in known), None)
        if parent is not None:
            found[parent].append(unit)
    return found
