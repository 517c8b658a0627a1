"""Commands that depend on more than one aggregate: registration, and the caps of service hours."""

from decimal import Decimal

from services.volunteering.documents.stations import Team
from services.volunteering.documents.volunteers import Hours, Volunteer
from services.volunteering.queries import served_hours
from services.volunteering.rules import DAILY_CAP, pseudonym
from shared.aggregates.aggregate import Command
from shared.aggregates.personal import PersonalData
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict
from shared.domain.id_numbers import normal_id_number
from shared.domain.periods import Period
from shared.domain.types import Json


def register_volunteer(
    repository: Repository,
    personal: PersonalData,
    command: Command,
    place: tuple[str, Moment],
    identity: Json,
    team: str | None,
) -> Json:
    """The volunteer with that ID number: a new one, one who returns, or the registered one.

    The last case records no event. Raises NotFound for an unknown team.
    """
    orgunit, moment = place
    if team:
        repository.get(Team, team)
    number = normal_id_number(identity["id_number"])
    id = f"volunteer:{pseudonym(personal.key('pseudonyms'), number)}"
    sealed = personal.seal(identity | {"id_number": number})
    keyed = personal.keyed(command)
    try:
        return repository.put(
            Volunteer,
            id,
            keyed,
            lambda volunteer: volunteer.register(orgunit, team, sealed, moment),
            orgunit=orgunit,
        )
    except Conflict as conflict:
        if conflict.data.get("status") != "registered":
            raise
    return repository.note(Volunteer, id, keyed)


def check_caps(repository: Repository, volunteer: str, hours: Decimal, moment: Moment) -> None:
    """Raise Conflict when `hours` more would exceed the cap of the day, or of the whole week.

    Two commands at the same moment do not see each other's row; the verifier sees both.
    """
    period = str(Period.of(moment.time))
    week = repository.find(Hours, volunteer=volunteer, served_week=period)
    _check_cap(hours, served_hours(week), 7 * DAILY_CAP, week=period)
    if moment.day:
        day = moment.day.isoformat()
        served = served_hours(row for row in week if row.served_on == day)
        _check_cap(hours, served, DAILY_CAP, day=day)


def _check_cap(hours: Decimal, served: Decimal, cap: Decimal, **when: str) -> None:
    if served + hours > cap:
        raise Conflict({"kind": "hours", **when, "served": str(served), "cap": str(cap)})
