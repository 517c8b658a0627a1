"""Volunteering (志愿服务): stations, teams, volunteers, activities, gatherings, service hours."""

from services.volunteering.documents.activities import Activity, Gathering, Hours
from services.volunteering.documents.ledger import (
    check_cap,
    ledger,
    occurrences,
    served_with,
    stocks,
)
from services.volunteering.documents.registration import keys, register
from services.volunteering.documents.stations import (
    INDEXES,
    Category,
    ServiceDay,
    Station,
    Stock,
    Team,
    Volunteer,
)
from shared.aggregates.personal import PersonalData
from shared.contracts.rpc import volunteering
from shared.domain.errors import NotFound
from shared.domain.quantities import exact
from shared.domain.service_hours import rounded_hours
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods
from shared.service.stocks import declare_stock

rpc = rpc_methods(volunteering.METHODS)


class VolunteeringService(Service):
    name = "volunteering"
    indexes = INDEXES

    personal = PersonalData()

    keys = staticmethod(keys)

    @rpc
    def open_station(self, command, name, kind, **where):
        """A service station opens."""
        return self._open(Station, command, where, Station.open, name=name, kind=kind)

    @rpc
    def close_station(self, command, id, **when):
        """A service station closes."""
        return self._move(Station, command, id, when, Station.close)

    @rpc
    def define_category(self, command, name, **where):
        """A category of teams is set up."""
        return self._open(Category, command, where, Category.define, name=name)

    @rpc
    def form_team(self, command, orgunit, time, timeprecision, **team):
        """A team is formed."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        needs = [(Category, team["category"])]
        return self._open(Team, command, where, Team.form, needs=needs, **team)

    @rpc
    def disband_team(self, command, id, **when):
        """A team is disbanded."""
        return self._move(Team, command, id, when, Team.disband)

    @rpc
    def register_volunteer(self, command, identity, team, **where):
        """A person registers: once for each ID number, which stays here."""
        orgunit, moment = self.place(**where)
        if team:
            self.repository.get(Team, team)
        key, command = self.personal.key("pseudonyms"), self.personal.keyed(command)
        seal = self.personal.seal
        return register(self.repository, command, key, seal, orgunit, identity, team, moment)

    @rpc
    def deregister_volunteer(self, command, id, **when):
        """A volunteer leaves; what is known of the person is deleted."""
        return self._move(Volunteer, command, id, when, Volunteer.leave)

    @rpc
    def publish_activity(self, command, orgunit, time, timeprecision, planned_for, **activity):
        """An activity is announced for a day; `activity_key` names another service's occasion."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        day = planned_for.isoformat()
        return self._open(
            Activity,
            command,
            where,
            Activity.publish,
            needs=_hosts(activity),
            planned_for=day,
            **activity,
        )

    @rpc
    def report_activity(self, command, orgunit, time, timeprecision, participants, **activity):
        """An activity that took place is reported afterwards."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        figure = participants.to_json()
        return self._open(
            Activity,
            command,
            where,
            Activity.report,
            needs=_hosts(activity),
            participants=figure,
            **activity,
        )

    @rpc
    def complete_activity(self, command, id, time, timeprecision, **details):
        """An announced activity took place at `time`."""
        when, known = {"time": time, "timeprecision": timeprecision}, _plain(details)
        return self._move(Activity, command, id, when, lambda it, at: it.complete(known, at))

    @rpc
    def correct_activity(self, command, id, time, timeprecision, withdrawn, reason, **details):
        """Put right what was reported; `time` is when it took place."""
        when, known = {"time": time, "timeprecision": timeprecision}, _plain(details)
        return self._move(
            Activity, command, id, when, lambda it, at: it.correct(known, withdrawn, reason, at)
        )

    @rpc
    def cancel_activity(self, command, id, reason, **when):
        """An announced activity won't take place."""
        return self._move(Activity, command, id, when, lambda it, at: it.cancel(reason, at))

    @rpc
    def activity(self, id):
        """An activity as its events tell it."""
        found = self.repository.get(Activity, id)
        return {"id": id, "orgunit": found.orgunit, "version": found.version, **found.state()}

    @rpc
    def hold_gathering(self, command, orgunit, time, timeprecision, **gathering):
        """Residents' gatherings took place."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}
        return self._open(Gathering, command, where, Gathering.hold, **_plain(gathering))

    @rpc
    def correct_gathering(self, command, id, time, timeprecision, withdrawn, reason, **details):
        """Put right what was reported, or take it back."""
        when, known = {"time": time, "timeprecision": timeprecision}, _plain(details)
        return self._move(
            Gathering, command, id, when, lambda it, at: it.correct(known, withdrawn, reason, at)
        )

    @rpc
    def record_hours(self, command, volunteer, activity, hours, **where):
        """A row for the ledger, rounded by the rule. Raises Conflict above the daily cap."""
        rounded = rounded_hours(hours.value)
        done = self.repository.done(command)
        if not done:
            _, moment = self.place(**where)
            check_cap(self.repository, volunteer, rounded, moment)
            self.repository.get(Activity, activity).require("record_hours")
        return done or self._open(
            Hours,
            command,
            where,
            Hours.record_hours,
            needs=[(Volunteer, volunteer), (Activity, activity)],
            volunteer=volunteer,
            activity=activity,
            hours=exact(rounded, "hour").to_json(),
            recorded_by=command.actor,
        )

    @rpc
    def verify_hours(self, command, id, **when):
        """The hours are right; a long day is verified by another than recorded it."""
        return self._move(
            Hours,
            command,
            id,
            when,
            lambda row, at: row.verify(command.actor, served_with(self.repository, row), at),
        )

    @rpc
    def void_hours(self, command, id, reason, **when):
        """The row doesn't count."""
        return self._move(Hours, command, id, when, lambda it, at: it.void(reason, at))

    @rpc
    def ledger(self, volunteer):
        """A volunteer's rows and their sums by status."""
        self.repository.get(Volunteer, volunteer)
        return ledger(self.repository, volunteer)

    @rpc
    def declare_service_day(self, command, name, rule, first, **where):
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
    def service_days(self, first, last):
        """The occurrences of all service days in a span of days, each with an id of its own."""
        return occurrences(self.repository, first, last)

    @rpc
    def declare_stock(self, command, stock, level, reported_by, **where):
        """A count of a date, from an office that knows no more than that."""
        place = self.place(**where)
        return declare_stock(self.repository, Stock, command, place, stock, level, reported_by)

    @rpc
    def stocks(self, orgunit):
        """Each stock as declared, as recorded one by one, and the difference.

        Of the district where no unit is named. Raises NotFound for one not in the registry.
        """
        unit = orgunit or self.context.orgunits.district()
        if not self.context.orgunits.known([unit]):
            raise NotFound({"kind": "orgunit", "id": unit})
        return stocks(self.repository, unit)

    @inbox
    def receive(self, messages):
        """Keeps the registry of org units up to date."""
        self.context.keep_registry(messages)


def _hosts(activity):
    """The team and the station that an activity names."""
    return [(Team, activity["team"]), (Station, activity["station"])]


def _plain(details):
    """Quantities as they are stored."""
    return {
        name: value.to_json() if hasattr(value, "to_json") else value
        for name, value in details.items()
    }
