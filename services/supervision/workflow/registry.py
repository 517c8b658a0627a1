"""The rules of the registry of org units: what may be registered, retired and corrected.

A code never changes its meaning, so a retired code is never registered again. A unit is retired
after the units below it. Its successor is a unit of the same level that goes on when it ends. A
unit that is split off names the one of which it was a part. Units side by side have different
names.
"""

from datetime import date, timedelta

from services.supervision.documents import OrgUnit
from shared.aggregates.repository import Repository
from shared.contracts.events.supervision import LEVELS
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.orgunits import path, valid_on
from shared.domain.types import Json


def registered(repository: Repository) -> list[Json]:
    """The whole registry, with the version of each unit."""
    units = repository.find(OrgUnit)
    return [{"state": unit.state(), "version": unit.version} for unit in units]


class Registry:
    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def check_new(self, code: str, parent: str | None, level: str, name: str) -> None:
        """Raises ValidationFailed, and Conflict for a code that was used before."""
        above = path(code)[1:]
        if level != list(LEVELS)[len(above)]:
            wanted = list(LEVELS)[len(above)]
            raise ValidationFailed({"level": [f"Must be that of the code, such as {wanted}."]})
        if parent != next(iter(above), None):
            wanted = f"such as {above[0]}" if above else "such as null for a district"
            problem = f"Must be the code without its last three digits, {wanted}."
            raise ValidationFailed({"parent": [problem]})
        self._check_unused(code)
        if parent:
            if self._known("parent", parent).retired:
                problem = f"Must be a unit that isn't retired, such as its successor: {parent} is."
                raise ValidationFailed({"parent": [problem]})
        elif roots := self._others(code, parent=None):
            problem = f"Must be a unit below the only district, such as {roots[0].id}."
            raise ValidationFailed({"parent": [problem]})
        self.check_name(code, parent, name)

    def check_name(self, code: str, parent: str | None, name: str) -> None:
        """Raises ValidationFailed where a unit beside this one has the name."""
        for other in self._others(code, parent=parent, name=name):
            if not other.retired:
                problem = (
                    f"Must be a name that no unit beside it has, such as {name}二: "
                    f"{other.id} has this name already."
                )
                raise ValidationFailed({"name": [problem]})

    def check_origin(self, code: str, unit: Json) -> None:
        """Was the unit from which this one was split valid until then? Raises ValidationFailed."""
        origin, begins = unit.get("split_from"), unit["valid_from"]
        if origin is None:
            return
        if begins is None:
            raise ValidationFailed(
                {
                    "valid_from": [
                        "Must be given: the day on which it was split off, such as 2017-02-06."
                    ]
                }
            )
        known = self._known("split_from", origin)
        if origin == code or known.level != unit["level"]:
            problem = f"Must be another {unit['level']}, such as the one of which it was a part."
            raise ValidationFailed({"split_from": [problem]})
        day = _day_before(str(begins))
        if not valid_on(known.state(), day):
            problem = f"Must be valid on the day before, such as {day}: {origin} was not."
            raise ValidationFailed({"split_from": [problem]})

    def check_named(self, unit: Json) -> None:
        """Do the unit's dates still fit the units that name it as their successor or
        origin? Raises ValidationFailed."""
        code = unit["code"]
        for other in self._others(code, successor=code):
            if not _goes_on(unit, other.valid_to):
                problem = (
                    f"Must be after {other.valid_to}, such as null: "
                    f"{other.id} names it as its successor."
                )
                raise ValidationFailed({"valid_to": [problem]})
        for part in self._others(code, split_from=code):
            if not valid_on(unit, _day_before(part.valid_from)):
                problem = (
                    f"Must be before {part.valid_from}, such as null: {part.id} was split from it."
                )
                raise ValidationFailed({"valid_from": [problem]})

    def check_period(self, unit: Json) -> None:
        """Are the dates and the successor of the unit's state possible? Raises ValidationFailed."""
        begins, ends = unit["valid_from"], unit["valid_to"]
        if begins and ends and ends <= begins:
            problem = f"Must be after the first day of the unit, such as the day after {begins}."
            raise ValidationFailed({"valid_to": [problem]})
        if unit["retired"]:
            self._check_empty(unit["code"])
        elif ends or unit["successor"]:
            field = "valid_to" if ends else "successor"
            problem = "Must be left out for a unit that isn't retired, such as null."
            raise ValidationFailed({field: [problem]})
        if unit["successor"]:
            self._check_successor(unit, unit["successor"])
        if not unit["retired"] and unit["parent"] and self._get(unit["parent"]).retired:
            problem = f"Must be true while the unit above is retired, such as {unit['parent']}."
            raise ValidationFailed({"retired": [problem]})

    def _check_unused(self, code: str) -> None:
        for used in self.repository.find(OrgUnit, _id=code):
            if used.retired:
                reason = "retired; a code never changes its meaning, so give the unit a new one"
            else:
                reason = "exists already"
            used.refuse(action="register", name=used.name, reason=reason)

    def _check_empty(self, code: str) -> None:
        below = [unit.id for unit in self.repository.find(OrgUnit, parent=code, retired=False)]
        if below:
            raise Conflict(
                {
                    "kind": "orgunit",
                    "id": code,
                    "action": "retire",
                    "below": below,
                    "reason": "retire the units below it first",
                }
            )

    def _check_successor(self, unit: Json, code: str) -> None:
        successor = self._known("successor", code)
        if successor.level != unit["level"]:
            problem = f"Must be a {unit['level']}, such as the one that goes on: {code} is none."
            raise ValidationFailed({"successor": [problem]})
        chain = {unit["code"]}
        following: str | None = code
        while following:
            if following in chain:
                problem = f"Must be a unit that doesn't lead back to {unit['code']}, such as null."
                raise ValidationFailed({"successor": [problem]})
            chain.add(following)
            following = self._get(following).successor
        if not _goes_on(successor.state(), unit["valid_to"]):
            ended = successor.valid_to or "an unknown day"
            problem = f"Must be a unit that goes on, such as null: {code} is retired since {ended}."
            raise ValidationFailed({"successor": [problem]})

    def _known(self, field: str, code: str) -> OrgUnit:
        try:
            return self._get(code)
        except NotFound:
            problem = (
                f"Must be a registered unit, such as its parent {path(code)[-1]}: {code} isn't."
            )
            raise ValidationFailed({field: [problem]}) from None

    def _get(self, code: str) -> OrgUnit:
        return self.repository.get(OrgUnit, code)

    def _others(self, code: str, **query: object) -> list[OrgUnit]:
        return self.repository.find(OrgUnit, _id={"$ne": code}, **query)


def _goes_on(successor: Json, day: str | None) -> bool:
    """Is the successor valid on the day on which the other unit ends?"""
    if day is None or (successor["retired"] and successor["valid_to"] is None):
        return not successor["retired"]
    return valid_on(successor, date.fromisoformat(day))


def _day_before(day: str) -> date:
    return date.fromisoformat(day) - timedelta(days=1)
