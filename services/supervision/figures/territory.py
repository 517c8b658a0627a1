"""To which units an area belongs: the registry with its mergers and splits, on any day.

What stands at a week's end, such as a stock, is counted where its area belongs then. A declared
stock covers the area that its unit had on its day.
"""

from collections.abc import Mapping
from datetime import date

from shared.domain.orgunits import path
from shared.domain.types import Json


class Territory:
    """The units of the registry, as they stand at the end of `day`: code → state.

    Without `units`, every unit is where its code says. `units` must be complete when the first
    question is asked.
    """

    def __init__(self, units: Mapping[str, Json], day: date) -> None:
        self.units = units
        self.day = day
        self._ever: dict[str, set[str]] = {}

    def above(self, code: str) -> list[str]:
        """The units to which the unit's own area belongs, nearest first: a unit that has ended
        isn't one of them."""
        return self.holders(code, self.day)

    def holders(self, code: str, day: date) -> list[str]:
        """The units to which the area belonged at the end of another day."""
        passed: set[str] = set()
        while code not in passed:
            passed.add(code)
            other = self._instead(code, day)
            if other is None:
                break
            code = other
        return path(code)

    def ever_holders(self, code: str) -> set[str]:
        """The units to which the area belongs on any day."""
        if code not in self._ever:
            found, waiting = set[str](), [code]
            while waiting:
                unit = waiting.pop()
                if unit not in found:
                    found.add(unit)
                    state = self.units.get(unit, {})
                    others = (state.get("successor"), state.get("split_from"), *path(unit)[1:2])
                    waiting += filter(None, others)
            self._ever[code] = found
        return self._ever[code]

    def _instead(self, code: str, day: date) -> str | None:
        """The unit that had the area on a day on which this unit didn't exist."""
        unit = self.units.get(code)
        if unit is None:
            return None
        if self._begins_after(unit, day):
            other = unit.get("split_from")
        else:
            other = (unit["successor"] or unit["parent"]) if has_ended(unit, day) else None
        return str(other) if other else None

    def is_replaced(self, code: str, declared: Mapping[str, date]) -> bool:
        """Is the declared stock of the unit void, because the unit has ended, and nobody goes on
        with its area, or all units into which it was split have `declared` (unit → day) their own?
        """
        unit = self.units.get(code)
        if unit is None or unit["successor"] or not has_ended(unit, self.day):
            return False
        return all(
            part in declared and not self._begins_after(self.units[part], declared[part])
            for part in self._parts(code)
        )

    def _parts(self, code: str) -> list[str]:
        """The units into which the unit was split."""
        return [part for part, unit in self.units.items() if unit.get("split_from") == code]

    @staticmethod
    def _begins_after(unit: Json, day: date) -> bool:
        return bool(unit["valid_from"]) and date.fromisoformat(unit["valid_from"]) > day


# Every unit is where its code says.
UNCHANGED = Territory({}, date.max)


def has_ended(unit: Json, day: date) -> bool:
    """Is the unit known to be no more at the end of the day? Of one that ended on an unknown day
    nobody knows: what it declared goes on counting until the day is entered."""
    return bool(unit["valid_to"]) and date.fromisoformat(unit["valid_to"]) <= day
