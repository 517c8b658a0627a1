"""The rules of the registry of org units: what may be registered, retired and corrected.

A code never changes its meaning, so a retired code is never registered again. A unit is retired
after the units below it. Its successor is a unit of the same level that goes on when it ends. A
unit that is split off names the one of which it was a part. Units side by side have different
names.
"""

from datetime import date, timedelta

from services.supervision.documents import OrgUnit
from shared.aggregates.orgunit_store import path, valid_on
from shared.aggregates.repository import Repository
from shared.contracts.events.supervision import LEVELS
from shared.domain.errors import Conflict, NotFound, ValidationFailed
from shared.domain.types import Json


class Registry:
    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def check_new(self, code: str, parent: str | None, level: str, name: str) -> None:
        """Raises ValidationFailed, and Conflict for a code that was used before."""
        above = path(code)[1:]
        if level != list(LEVELS)[len(above)]:
            raise ValidationFailed({"level": [f"{code} isn't the code of a {level}."]})
        if parent != next(iter(above), None):
            raise ValidationFailed({"parent": ["Must be the code without its last three digits."]})
        self._check_unused(code)
        if parent:
            if self._known("parent", parent).retired:
                raise ValidationFailed({"parent": [f"{parent} is retired."]})
        elif roots := self._others(code, parent=None):
            raise ValidationFailed({"parent": [f"{roots[0].id} is the district already."]})
        self.check_name(code, parent, name)

    def check_name(self, code: str, parent: str | None, name: str) -> None:
        """Raises ValidationFailed where a unit beside this one has the name."""
        for other in self._others(code, parent=parent, name=name):
            if not other.retired:
                problem = f"{other.id} has this name already, under the same unit."
                raise ValidationFailed({"name": [problem]})

    def check_origin(self, code: str, unit: Json) -> None:
        """Was the unit from which this one was split valid until then? Raises ValidationFailed."""
        origin, begins = unit.get("split_from"), unit["valid_from"]
        if origin is None:
            return
        if begins is None:
            raise ValidationFailed({"valid_from": ["Say when the unit was split off."]})
        known = self._known("split_from", origin)
        if origin == code or known.level != unit["level"]:
            problem = f"Must be another {unit['level']}."
            raise ValidationFailed({"split_from": [problem]})
        day = _day_before(str(begins))
        if not valid_on(known.state(), day):
            problem = f"{origin} was not valid on {day}, the day before."
            raise ValidationFailed({"split_from": [problem]})

    def check_named(self, unit: Json) -> None:
        """Do the unit's dates still fit the units that name it as their successor or
        origin? Raises ValidationFailed."""
        code = unit["code"]
        for other in self._others(code, successor=code):
            if not _goes_on(unit, other.valid_to):
                problem = f"{other.id} names it as its successor from {other.valid_to} on."
                raise ValidationFailed({"valid_to": [problem]})
        for part in self._others(code, split_from=code):
            if not valid_on(unit, _day_before(part.valid_from)):
                problem = f"{part.id} was split from it on {part.valid_from}."
                raise ValidationFailed({"valid_from": [problem]})

    def check_period(self, unit: Json) -> None:
        """Are the dates and the successor of the unit's state possible? Raises ValidationFailed."""
        begins, ends = unit["valid_from"], unit["valid_to"]
        if begins and ends and ends <= begins:
            problem = f"Must be after {begins}, from which the unit is valid."
            raise ValidationFailed({"valid_to": [problem]})
        if unit["retired"]:
            self._check_empty(unit["code"])
        elif ends or unit["successor"]:
            field = "valid_to" if ends else "successor"
            raise ValidationFailed({field: ["Only a retired unit has one."]})
        if unit["successor"]:
            self._check_successor(unit, unit["successor"])
        if not unit["retired"] and unit["parent"] and self._get(unit["parent"]).retired:
            raise ValidationFailed({"retired": [f"{unit['parent']}, the unit above, is retired."]})

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
            raise ValidationFailed({"successor": [f"{code} isn't a {unit['level']}."]})
        chain = {unit["code"]}
        following: str | None = code
        while following:
            if following in chain:
                problem = "Must not lead back to the unit itself."
                raise ValidationFailed({"successor": [problem]})
            chain.add(following)
            following = self._get(following).successor
        if not _goes_on(successor.state(), unit["valid_to"]):
            ended = successor.valid_to or "an unknown day"
            raise ValidationFailed({"successor": [f"{code} is retired itself, since {ended}."]})

    def _known(self, field: str, code: str) -> OrgUnit:
        try:
            return self._get(code)
        except NotFound:
            problem = f"Unknown org unit {code}: register it first."
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
