"""RPC methods for the calendar notices."""

from datetime import date
from typing import Any

from services.supervision.oversight.calendar_notices import CalendarNotice, announced, notice_id
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
from shared.contracts.rpc import calendar
from shared.domain.errors import Conflict
from shared.domain.types import Json
from shared.domain.workdays import PUBLISHED, Notice
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(calendar.METHODS)

# How many days an error names.
MOST_NAMED = 20


class CalendarCommands(AggregateCommands):
    @rpc
    def announce_calendar(
        self, command: Command, year: int, correct: bool, reason: str | None, **days: Any
    ) -> Json:
        """The calendar notice of a year is there. One that contradicts what is known of the year is
        refused, unless it is a correction."""
        parts = _stored(days)

        def announce() -> Json:
            found = self.repository.find(CalendarNotice, _id=notice_id(year))
            known = found[0].notice() if found else PUBLISHED.get(year)
            given = Notice.from_state({"year": year, **parts})
            if known and not correct:
                _refuse_contradiction(known, given)
            now = Moment(command.recorded)
            if not found:
                return self._announce_new(command, year, parts, reason, now)
            same = all(getattr(found[0], name) == value for name, value in parts.items())
            if same:
                found[0].refuse(reason="this notice is known already")
            return self.repository.change(
                CalendarNotice,
                notice_id(year),
                command,
                lambda notice: notice.correct(parts, reason, now),
            )

        return self.repository.once(command, announce)

    @rpc
    def calendar(self) -> list[Json]:
        """The calendar notices that were entered, with the version of each. What the release knows
        by itself isn't listed."""
        return announced(self.repository)

    def _announce_new(
        self, command: Command, year: int, parts: Json, reason: str | None, now: Moment
    ) -> Json:
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        return self.repository.create(
            CalendarNotice,
            command,
            lambda notice: notice.announce(now),
            identity=notice_id(year),
            orgunit=district,
            year=year,
            reason=reason,
            **parts,
        )


def _refuse_contradiction(known: Notice, given: Notice) -> None:
    """Raise Conflict where the notices differ about days, and name these."""
    differs = [day.isoformat() for day in known.differences(given)]
    if differs:
        raise Conflict(
            {
                "kind": "calendarnotice",
                "id": notice_id(given.year),
                "reason": "it contradicts the notice of that year that is known",
                "differs": differs[:MOST_NAMED],
            }
        )


def _stored(days: Json) -> Json:
    """The parts of a notice as they are stored, each list in the order of days."""
    holidays = [
        {name: _text(value) for name, value in holiday.items()} for holiday in days["holidays"]
    ]
    return {
        "holidays": sorted(holidays, key=lambda holiday: holiday["first"]),
        "working": sorted(map(_text, days["working"])),
        "document": days["document"],
    }


def _text(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else value
