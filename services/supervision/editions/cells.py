"""The cells of a public edition: those of things as they are, those of people as far as they don't
give a small figure back."""

from collections import defaultdict
from collections.abc import Iterator

from services.supervision.editions.protection import Figure, Pattern, Threshold, Tree
from services.supervision.editions.published import WITHHELD, Published, is_protected, shown
from services.supervision.indicators import EVER
from services.supervision.indicators.declare import INTERNAL, RECORDS, Indicator
from shared.domain.absence import SUPPRESSED
from shared.domain.types import Json


def public_cells(document: Json, published: Published, least: int) -> list[Json]:
    """The cells in their fixed order. Values below `least` are small."""
    by_indicator: defaultdict[str, dict[str, Json]] = defaultdict(dict)
    for cell in document["cells"]:
        by_indicator[cell["indicator"]][cell["orgunit"]] = cell
    found: list[Json] = []
    for code, cells in by_indicator.items():
        if is_protected(code):
            found += _OneIndicator(document, EVER[code], cells, published, least).rows()
        else:
            found += cells.values()
    return sorted(found, key=lambda cell: (cell["indicator"], cell["orgunit"]))


class _OneIndicator:
    """The public cells of one protected indicator."""

    def __init__(
        self,
        document: Json,
        indicator: Indicator,
        cells: dict[str, Json],
        published: Published,
        least: int,
    ) -> None:
        self.document, self.indicator, self.cells = document, indicator, cells
        self.published, self.least = published, least
        self.district: str = document["masthead"]["district"]
        self.is_first_week: bool = document["notes"]["first_week"]

    def rows(self) -> Iterator[Json]:
        if self.published.weeks:
            yield from self._sums_of_weeks()
            return
        pattern = self._pattern()
        for unit in pattern.printed & self.cells.keys():
            yield self._row(unit, shown(self.cells[unit]))
        for unit in pattern.suppressed:
            yield self._row(unit, None)

    def _sums_of_weeks(self) -> Iterator[Json]:
        """Of a longer period, what the editions of its weeks printed already, added up. Its own
        figures would give suppressed ones of weeks back, and of a few days in a week."""
        code, named = self.indicator.code, self.document["orgunits"].keys()
        for unit in {self.district, *(self.published.units_of_weeks(code) & named)}:
            figure = self._sum_of_weeks(unit)
            if unit == self.district or figure["value"] is not None:
                yield self._row(unit, None if figure == WITHHELD else figure)

    def _sum_of_weeks(self, unit: str) -> Json:
        item = self.indicator
        if item.fold != "sum" or item.since is not None:
            return WITHHELD
        figure = self.published.sum_of_weeks(item.code, unit)
        # A fair that was entered later is counted in this edition, which can't say "no fair".
        return WITHHELD if figure["status"] == "none" and self._was_held(unit) else figure

    def _was_held(self, unit: str) -> bool:
        """Does the edition print that there was something that the indicator is about?"""
        about = self.indicator.about
        held = [
            cell["value"] not in (None, "0")
            for cell in self.document["cells"]
            if (cell["indicator"], cell["orgunit"]) == (about, unit)
        ]
        return about is not None and not is_protected(about) and any(held)

    def _pattern(self) -> Pattern:
        item = self.indicator
        if item.fold == "sum" and item.since is None:
            figures = {unit: Figure.of(cell) for unit, cell in self.cells.items()}
            tree = Tree(figures, Threshold(self.least, item.counts == RECORDS))
            earlier = self.published.of_this_period(self.document["revision"])
            return tree.repeated(self.district, [it.values(item.code) for it in earlier])
        # What stands is much the same from week to week, and a median isn't a sum: only the
        # district's is printed.
        district = frozenset({self.district})
        nothing = frozenset[str]()
        return Pattern(district, nothing) if self._is_safe() else Pattern(nothing, district)

    def _is_safe(self) -> bool:
        """May the district's figure be printed, of an indicator without sums?"""
        figure = Figure.of(self.cells[self.district])
        if self.indicator.counts == INTERNAL:
            return False
        if self.indicator.counts != RECORDS:
            return Threshold(self.least).is_safe(figure)
        earlier = self.published.of_this_period(self.document["revision"])
        known = [it.cell(self.indicator.code, self.district) for it in earlier]
        printed = {cell["value"] for cell in known if cell} - {None}
        unchanged = printed <= {self.cells[self.district]["value"]}
        return unchanged and (figure.records == 0 or figure.records >= self.least)

    def _row(self, unit: str, this: Json | None) -> Json:
        code = self.indicator.code
        return {
            "indicator": code,
            "orgunit": unit,
            **(this or WITHHELD),
            "unit": self.indicator.unit,
            # How many contributions there are would be a second count of the same people.
            "numerator": None,
            "denominator": None,
            "previous": None if self.is_first_week else self.published.previous(code, unit),
            "cumulative": self._cumulative(unit, this),
        }

    def _cumulative(self, unit: str, this: Json | None) -> Json | None:
        if self.indicator.since is not None:
            return None
        if self.indicator.fold == "median":
            return WITHHELD
        return self.published.since_the_beginning(
            self.indicator.code, unit, this, self.is_first_week
        )


def district_cells(cells: list[Json], district: str) -> dict[str, Json]:
    """Indicator → the district's cell."""
    return {cell["indicator"]: cell for cell in cells if cell["orgunit"] == district}


def is_suppressed(figure: Json) -> bool:
    return bool(figure["status"] == SUPPRESSED)
