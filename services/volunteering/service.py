"""Volunteering (志愿服务): stations, teams, volunteers, activities, gatherings, service hours."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Unpack, cast

from services.volunteering import queries, workflow
from services.volunteering.documents.activities import Activity, Gathering, ServiceDay
from services.volunteering.documents.name_lists import NameList
from services.volunteering.documents.stations import Category, Station, Stock, Team
from services.volunteering.documents.volunteers import INDEXES, Hours, Volunteer
from shared.aggregates.aggregate import Aggregate, Command
from shared.aggregates.erasure import erasures
from shared.aggregates.personal import PersonalData, derived_key, personal_keys
from shared.contracts.envelope import Moment
from shared.contracts.messages import Message
from shared.contracts.rpc import volunteering
from shared.domain.errors import Conflict, Forbidden, NotFound
from shared.domain.quantities import Quantity, exact
from shared.domain.service_hours import rounded_hours
from shared.domain.types import Json
from shared.platform.settings import Settings
from shared.service.aggregate_commands import When, Where
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods
from shared.service.stocks import declare_stock

rpc = rpc_methods(volunteering.METHODS)

# A figure, a list of codes, a count, a code, or a text in Chinese and English.
Detail = Quantity | list[str] | int | str | Json


class VolunteeringService(Service):
    name = "volunteering"
    indexes = INDEXES

    personal = PersonalData()

    @staticmethod
    def keys(settings: Settings) -> dict[str, Any]:
        """The keys of personal data and of pseudonyms. Raises BadSettings."""
        pseudonyms = derived_key(settings, "volunteering pseudonyms")
        return personal_keys(settings) | {"pseudonyms": pseudonyms}

    def stored_forms(self, arguments: str) -> set[str]:
        return self.personal.stored_forms(arguments)

    @rpc
    def open_station(self, command: Command, name: str, kind: Json, **where: Unpack[Where]) -> Json:
        """A service station opens."""
        return self._open(Station, command, where, Station.open, name=name, kind=kind)

    @rpc
    def close_station(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """A service station closes."""
        return self._move(Station, command, id, when, Station.close)

    @rpc
    def correct_station(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct what was entered of a station, or withdraw one that was entered by mistake.
        Raises Conflict while activities rest on one that would be no more."""
        return self._correct(Station, command, id, correction, self._require_alone)

    @rpc
    def define_category(self, command: Command, name: Json, **where: Unpack[Where]) -> Json:
        """A category of teams is set up."""
        return self._open(Category, command, where, Category.define, name=name)

    @rpc
    def correct_category(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct or withdraw a category of teams. Raises Conflict while teams belong to one that
        would be no more."""
        return self._correct(Category, command, id, correction, self._require_alone)

    @rpc
    def form_team(
        self,
        command: Command,
        name: str,
        level: str,
        category: str | None,
        professional: bool,
        **where: Unpack[Where],
    ) -> Json:
        """A team is formed."""
        return self._open(
            Team,
            command,
            where,
            Team.form,
            needs=[(Category, category)],
            name=name,
            level=level,
            category=category,
            professional=professional,
        )

    @rpc
    def disband_team(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """A team is disbanded."""
        return self._move(Team, command, id, when, Team.disband)

    @rpc
    def correct_team(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct what was entered of a team, or withdraw one that was entered by mistake. Raises
        NotFound for an unknown category, Conflict while activities or volunteers rest on a team
        that would be no more."""
        workflow.require_there(self.repository, Category, correction.get("category"))
        return self._correct(Team, command, id, correction, self._require_alone)

    def _require_alone(self, corrected: Any, _: Moment) -> None:
        workflow.require_alone(self.repository, corrected)

    @rpc
    def register_volunteer(
        self, command: Command, identity: Json, team: str | None, **where: Unpack[Where]
    ) -> Json:
        """A person registers: once for each ID number, which stays in this service."""
        place = self.place(**where)
        return workflow.register_volunteer(
            self.repository, self.personal, command, place, identity, team
        )

    @rpc
    def deregister_volunteer(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """A volunteer leaves; the personal data is deleted."""
        return self._move(Volunteer, command, id, when, Volunteer.leave)

    @rpc
    def correct_volunteer(self, command: Command, id: str, **correction: Any) -> Json:
        """Correct a person's last registration, or take one back that was a mistake, with the
        personal data. Raises Conflict while hours rest on it."""
        workflow.require_there(self.repository, Team, correction.get("team"))
        return self._correct(
            Volunteer, self.personal.keyed(command), id, correction, self._require_alone
        )

    @rpc
    def erase_volunteer(self, command: Command, id: str, ground: str) -> Json:
        """All that identifies a former volunteer is deleted. The records stay, under an id that
        nobody can connect with the person, and count as before. Raises Conflict for somebody who is
        still a volunteer, and while recorded hours wait for their verification."""
        return workflow.erase_volunteer(self.repository, command, id, ground)

    @rpc
    def erasures(self, after: str | None, limit: int | None) -> list[Json]:
        """Who was erased: pseudonymous id, when, by whom, and on what ground."""
        return erasures(self.repository, Volunteer, after, limit)

    @rpc
    def publish_activity(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        planned_for: date,
        **activity: Any,
    ) -> Json:
        """An activity is announced for a day; `activity_key` names another service's occasion."""
        return self._open(
            Activity,
            command,
            Where(orgunit=orgunit, time=time, timeprecision=timeprecision),
            Activity.publish,
            needs=_hosts(activity),
            planned_for=planned_for.isoformat(),
            **activity,
        )

    @rpc
    def report_activity(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, **activity: Any
    ) -> Json:
        """An activity that took place is reported afterwards."""
        return self._open(
            Activity,
            command,
            Where(orgunit=orgunit, time=time, timeprecision=timeprecision),
            Activity.report,
            needs=_hosts(activity),
            **_stored(activity),
        )

    @rpc
    def complete_activity(
        self, command: Command, id: str, time: datetime, timeprecision: str, **details: Detail
    ) -> Json:
        """An announced activity took place at `time`."""
        when, reported = When(time=time, timeprecision=timeprecision), _stored(details)
        return self._move(Activity, command, id, when, lambda it, at: it.complete(reported, at))

    @rpc
    def correct_activity(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        withdrawn: bool,
        reason: str,
        orgunit: str | None,
        **details: Detail,
    ) -> Json:
        """Correct or withdraw a report; `time` is when the activity took place. Raises Conflict
        while hours rest on what would be no more."""
        when, reported = When(time=time, timeprecision=timeprecision), _stored(details)
        for kind, host in _hosts(details):
            workflow.require_there(self.repository, kind, host)

        def correct(activity: Activity, at: Moment) -> None:
            activity.correct(reported, withdrawn, reason, at)
            workflow.require_no_hours(self.repository, activity, None if withdrawn else at)

        return self._move(Activity, command, id, when, correct, orgunit)

    @rpc
    def cancel_activity(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """An announced activity will not take place. Raises Conflict while hours rest on it."""

        def cancel(activity: Activity, at: Moment) -> None:
            activity.cancel(reason, at)
            workflow.require_no_hours(self.repository, activity, None)

        return self._move(Activity, command, id, when, cancel)

    @rpc
    def activity(self, id: str) -> Json:
        """An activity as its last event reported it."""
        found = self.repository.get(Activity, id)
        return {"id": id, "orgunit": found.orgunit, "version": found.version, **found.state()}

    @rpc
    def hold_gathering(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, **gathering: Any
    ) -> Json:
        """Residents' gatherings took place."""
        where = Where(orgunit=orgunit, time=time, timeprecision=timeprecision)
        return self._open(Gathering, command, where, Gathering.hold, **_stored(gathering))

    @rpc
    def correct_gathering(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        withdrawn: bool,
        reason: str,
        orgunit: str | None,
        **details: Detail,
    ) -> Json:
        """Correct what was reported, or withdraw it."""
        when, reported = When(time=time, timeprecision=timeprecision), _stored(details)

        def correct(gathering: Gathering, at: Moment) -> None:
            gathering.correct(reported, withdrawn, reason, at)

        return self._move(Gathering, command, id, when, correct, orgunit)

    @rpc
    def record_hours(
        self,
        command: Command,
        volunteer: str,
        activity: str,
        hours: Quantity,
        **where: Unpack[Where],
    ) -> Json:
        """A row of the ledger, rounded to the half hour: one for a volunteer, an activity and a
        day. Raises Conflict above the cap of the day or week, for an activity that was cancelled or
        withdrawn, and for a volunteer who had left or served elsewhere at that time."""
        # The contract takes exact hours only, so there is a value.
        rounded = rounded_hours(cast(Decimal, hours.value))

        def record() -> Json:
            _, moment = self.place(**where)
            row = workflow.new_row_id(self.repository, volunteer, activity, rounded, moment)
            return self._open(
                Hours,
                command,
                where,
                Hours.record_hours,
                identity=row,
                volunteer=volunteer,
                activity=activity,
                hours=exact(rounded, "hour").to_json(),
                recorded_by=command.actor,
            )

        return self.repository.once(command, record)

    @rpc
    def verify_hours(self, command: Command, id: str, **when: Unpack[When]) -> Json:
        """The hours are right. Another person than the recorder verifies a long day."""

        def verify(row: Hours, at: Moment) -> None:
            self.repository.get(Activity, row.activity).require("record_hours")
            row.verify(command.actor, queries.hours_of_day(self.repository, row), at)

        return self._move(Hours, command, id, when, verify)

    @rpc
    def void_hours(self, command: Command, id: str, reason: str, **when: Unpack[When]) -> Json:
        """The row does not count."""
        return self._move(Hours, command, id, when, lambda row, at: row.void(reason, at))

    @rpc
    def ledger(self, volunteer: str) -> Json:
        """A volunteer's rows and their sums by status."""
        self.repository.get(Volunteer, volunteer)
        return queries.ledger(self.repository, volunteer)

    @rpc
    def commendation_names(self, command: Command, year: int, volunteers: list[str]) -> Json:
        """The names of commended volunteers, for a reader whom the settings list. Each reading is
        recorded before a name is given. Raises Forbidden for anybody else."""
        if command.actor not in self.context.settings.name_readers:
            reason = "may not read names: WARM_NAME_READERS lists who may"
            raise Forbidden({"actor": command.actor, "reason": reason})
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        read = self.repository.create(
            NameList,
            command,
            lambda names: names.read(Moment(command.recorded)),
            orgunit=district,
            year=year,
            volunteers=volunteers,
            reader=command.actor,
        )
        return read | {"names": queries.names(self.repository, self.personal, volunteers)}

    @rpc
    def declare_service_day(
        self, command: Command, name: Json, rule: str, first: date, **where: Unpack[Where]
    ) -> Json:
        """A day of service that recurs."""
        return self._open(
            ServiceDay,
            command,
            where,
            ServiceDay.declare,
            name=name,
            rule=rule,
            first=first.isoformat(),
        )

    @rpc
    def service_days(self, first: date, last: date) -> list[Json]:
        """The occurrences of all service days in a span of days, each with its own id."""
        return queries.service_day_occurrences(self.repository, first, last)

    @rpc
    def declare_stock(
        self,
        command: Command,
        stock: str,
        level: Quantity,
        reported_by: str | None,
        **where: Unpack[Where],
    ) -> Json:
        """A count of a date, where an office has no records behind the count."""
        place = self.place(**where)
        return declare_stock(self.repository, Stock, command, place, stock, level, reported_by)

    @rpc
    def withdraw_stock(self, command: Command, id: str, reason: str) -> Json:
        """A stock was declared by mistake: it counts in no week."""
        return self.repository.change(Stock, id, command, lambda stock: stock.withdraw(reason))

    @rpc
    def stocks(self, orgunit: str | None) -> list[Json]:
        """Each stock as declared, as recorded one by one, and the difference.

        Of the district where no unit is named. Raises NotFound for one not in the registry.
        """
        unit = orgunit or self.context.orgunits.district()
        if unit is None or not self.context.orgunits.known([unit]):
            raise NotFound({"kind": "orgunit", "id": unit})
        return queries.stocks(self.repository, unit)

    @inbox
    def receive(self, messages: list[Message]) -> None:
        """Keeps the registry of org units up to date."""
        self.context.update_registry(messages)


def _hosts(activity: Mapping[str, Any]) -> list[tuple[type[Aggregate], str | None]]:
    """The team and the station that an activity names."""
    return [(Team, activity.get("team")), (Station, activity.get("station"))]


def _stored(details: Mapping[str, Any]) -> Json:
    """The details with quantities as they are stored."""
    return {
        name: value.to_json() if isinstance(value, Quantity) else value
        for name, value in details.items()
    }
