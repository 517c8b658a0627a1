"""A service's copy of the registry of org units: loaded by RPC, kept up to date by events."""

import time
from collections.abc import Iterable
from datetime import date

from pymongo.collection import Collection

from shared.aggregates.versioned_copy import store_newer
from shared.domain.orgunits import valid_between
from shared.domain.types import Document, Event, Json

FIELDS = (
    "code",
    "parent",
    "level",
    "name",
    "valid_from",
    "valid_to",
    "successor",
    "retired",
    "split_from",
)

# How old the copy in memory may be.
CACHE_SECONDS = 1.0


class OrgUnits:
    """The copy of the registry: the highest version of each unit wins, in any order of arrival."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection
        self._units: dict[str, Json] = {}
        self._read_at = -CACHE_SECONDS

    def apply(self, events: Iterable[Event]) -> None:
        """Store the units of `orgunit.*` events."""
        self.load([(event["data"], event["subjectsequence"]) for event in events])

    def load(self, versions: Iterable[tuple[Json, int]]) -> None:
        """Store units, given as (state, version) pairs."""
        rows = (
            (state["code"], version, {name: state.get(name) for name in FIELDS})
            for state, version in versions
        )
        if store_newer(self.collection, rows):
            self._read_at = -CACHE_SECONDS

    def versions(self) -> dict[str, int]:
        """The version of each unit, by code."""
        found = self.collection.find({}, {"version": 1})
        return {unit["_id"]: unit["version"] for unit in found}

    def count(self) -> int:
        return self.collection.estimated_document_count()

    def known(self, codes: Iterable[str]) -> set[str]:
        """Those of `codes` that are in the registry, valid now or not."""
        return {code for code in set(codes) if self._unit(code)}

    def all(self) -> dict[str, Json]:
        """Every unit by code."""
        return {unit["code"]: unit for unit in self.collection.find({}, {"_id": 0})}

    def district(self) -> str | None:
        """The code of the unit without a parent; None before the registry is loaded."""
        roots = (code for code, unit in self._cached().items() if unit["parent"] is None)
        return next(roots, None)

    def problem(self, code: str, first: date, last: date) -> str | None:
        """Why nothing can be recorded for `code`, or None if it was valid on one of the days from
        the first to the last."""
        unit = self._unit(code)
        if unit is None:
            return f"Must be a unit of the registry, such as {self._example()}: {code} isn't in it."
        if not valid_between(unit, first, last):
            days = first if first == last else f"any day from {first} to {last}"
            wanted = f"a unit that was valid on {days}, such as {self._example()}"
            return f"Must be {wanted}: {code} was not."
        return None

    def _example(self) -> str:
        """The district, which is always valid; before the registry is loaded, any code."""
        return self.district() or "410103"

    def _unit(self, code: str) -> Json | None:
        """From memory, or from the database, where another process may have stored it since."""
        return self._cached().get(code) or self.collection.find_one({"_id": code}, {"_id": 0})

    def _cached(self) -> dict[str, Json]:
        if not self._units or time.monotonic() >= self._read_at + CACHE_SECONDS:
            self._read_at, self._units = time.monotonic(), self.all()
        return self._units
