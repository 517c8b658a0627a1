"""The registry as each service keeps it: loaded through RPC, kept by events."""

import time
from collections.abc import Iterable
from datetime import date

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from shared.domain.types import Document, Event, Json
from shared.platform.database import duplicates

FIELDS = ("code", "parent", "level", "name", "valid_from", "valid_to", "successor", "retired")

# How old what is known in memory may be.
FRESH_SECONDS = 1.0

# Digits of a sub-district's code: the units that report.
SUBDISTRICT = 9


class OrgUnits:
    """Local copy; the highest version of each unit wins, in whatever order they come."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection
        self._units: dict[str, Json] = {}
        self._read_at = -FRESH_SECONDS

    def apply(self, events: Iterable[Event]) -> None:
        """Take in `orgunit.*` events."""
        self.load([(event["data"], event["subjectsequence"]) for event in events])

    def load(self, versions: Iterable[tuple[Json, int]]) -> None:
        """Take in (state, version) pairs."""
        writes = [
            UpdateOne(
                {"_id": state["code"], "version": {"$lt": version}},
                {"$set": {"version": version, **{name: state[name] for name in FIELDS}}},
                upsert=True,
            )
            for state, version in versions
        ]
        if writes:
            try:
                self.collection.bulk_write(writes, ordered=False)
            except BulkWriteError as error:
                # An upsert that finds a version as high or higher collides with it: outdated news.
                duplicates(error)
            self._read_at = -FRESH_SECONDS

    def count(self) -> int:
        return self.collection.estimated_document_count()

    def known(self, codes: Iterable[str]) -> set[str]:
        """Those of `codes` that are in the registry, valid now or not."""
        return {code for code in set(codes) if self._unit(code)}

    def all(self) -> dict[str, Json]:
        """Every unit by code."""
        return {unit["code"]: unit for unit in self.collection.find({}, {"_id": 0})}

    def district(self) -> str | None:
        """The code of the unit above all others; None before the registry is loaded."""
        roots = (code for code, unit in self._known().items() if unit["parent"] is None)
        return next(roots, None)

    def problem(self, code: str, *days: date) -> str | None:
        """Why nothing can be recorded for `code`; None when it was valid on one of `days`."""
        unit = self._unit(code)
        if unit is None:
            return f"Unknown org unit {code}: it is not in the registry."
        if not any(valid_on(unit, day) for day in days):
            return f"Org unit {code} was not valid on {' or '.join(map(str, days))}."
        return None

    def _unit(self, code: str) -> Json | None:
        """From memory where it was just read; another process of the service may have taken in what
        happened since."""
        return self._known().get(code) or self.collection.find_one({"_id": code}, {"_id": 0})

    def _known(self) -> dict[str, Json]:
        if not self._units or time.monotonic() >= self._read_at + FRESH_SECONDS:
            self._read_at, self._units = time.monotonic(), self.all()
        return self._units


def reporting_problem(code: str) -> str | None:
    """Why the unit is none that has to report; None when it is one."""
    return None if len(code) == SUBDISTRICT else "Only a sub-district reports: nine digits."


def valid_on(unit: Json, day: date) -> bool:
    """Half-open: valid from `valid_from` until before `valid_to`; an unknown date excludes none."""
    start, end = unit["valid_from"], unit["valid_to"]
    return (start is None or date.fromisoformat(start) <= day) and (
        end is None or day < date.fromisoformat(end)
    )


def path(code: str) -> list[str]:
    """The unit and those above it, nearest first: a division code contains its parents' codes."""
    return [code[:length] for length in (12, 9, 6) if length <= len(code)]
