"""A service's copy of the calendar notices: loaded by RPC, kept up to date by events."""

import time
from collections.abc import Iterable

from pymongo.collection import Collection

from shared.aggregates.versioned_copy import store_newer
from shared.domain.types import Document, Event, Json
from shared.domain.workdays import Calendar, Notice

# How old the copy in memory may be.
CACHE_SECONDS = 1.0


class CalendarNotices:
    """The copy of the notices: the highest version of each year wins, in any order of arrival."""

    def __init__(self, collection: Collection[Document]) -> None:
        self.collection = collection
        self._calendar = Calendar()
        self._read_at = -CACHE_SECONDS

    def apply(self, events: Iterable[Event]) -> None:
        """Store the notices of `calendar.*` events."""
        self.load([(event["data"], event["subjectsequence"]) for event in events])

    def load(self, versions: Iterable[tuple[Json, int]]) -> None:
        """Store notices, given as (state, version) pairs."""
        rows = ((state["year"], version, {"state": state}) for state, version in versions)
        if store_newer(self.collection, rows):
            self._read_at = -CACHE_SECONDS

    def versions(self) -> dict[str, int]:
        """Year → version of its notice, of all that are stored here."""
        return {str(found["_id"]): found["version"] for found in self.collection.find()}

    def present(self) -> Calendar:
        """The working days by everything known now."""
        if time.monotonic() >= self._read_at + CACHE_SECONDS:
            self._read_at = time.monotonic()
            states = [found["state"] for found in self.collection.find()]
            self._calendar = Calendar(map(Notice.from_state, states))
        return self._calendar
