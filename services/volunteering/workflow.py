"""Commands that depend on more than one aggregate: registration, and the caps of service hours."""

import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal

from services.volunteering.documents.activities import Activity
from services.volunteering.documents.stations import Category, Station, Team
from services.volunteering.documents.volunteers import Hours, Volunteer, same_time
from services.volunteering.queries import served_hours
from services.volunteering.rules import DAILY_CAP, pseudonym
from shared.aggregates.aggregate import Aggregate, Command, new_id
from shared.aggregates.erasure import erase
from shared.aggregates.occurrence import stored_day
from shared.aggregates.personal import PersonalData
from shared.aggregates.repository import EXISTS, Repository
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict
from shared.domain.id_numbers import normal_id_number
from shared.domain.periods import Week
from shared.domain.types import Json

# What may rest on others, by the field that names the other.
RESTING: dict[type[Aggregate], list[tuple[type[Aggregate], str]]] = {
    Station: [(Activity, "station")],
    Team: [(Activity, "team"), (Volunteer, "team")],
    Category: [(Team, "category")],
    Volunteer: [(Hours, "volunteer")],
}
NAMES_OF_MANY: dict[type[Aggregate], str] = {
    Activity: "activities",
    Volunteer: "volunteers",
    Team: "teams",
    Hours: "hours",
}


def register_volunteer(
    repository: Repository,
    personal: PersonalData,
    command: Command,
    place: tuple[str, Moment],
    identity: Json,
    team: str | None,
) -> Json:
    """The volunteer with that ID number: a new one, one who returns, or the registered one.

    The last case records no event. Someone who was erased is a new volunteer, with another id.
    Raises NotFound for an unknown team.
    """
    require_there(repository, Team, team)
    number = normal_id_number(identity["id_number"])
    hashed = pseudonym(personal.key("pseudonyms"), number)
    sealed = personal.seal(identity | {"id_number": number})
    keyed = personal.keyed(command)
    orgunit, moment = place

    def register(volunteer: Volunteer) -> None:
        volunteer.register(orgunit, team, hashed, sealed, moment)

    def as_known_or_new() -> Json:
        known = _known_volunteer(repository, hashed)
        if known is None:
            new = f"volunteer:{new_id(repository.service, command.id).replace('-', '')}"
            return repository.create(Volunteer, keyed, register, identity=new, orgunit=orgunit)
        try:
            return repository.change(Volunteer, known, keyed, register)
        except Conflict as conflict:
            if conflict.data.get("status") != "registered":
                raise
        return repository.note(Volunteer, known, keyed)

    try:
        return repository.once(keyed, as_known_or_new)
    except Conflict as conflict:
        if conflict.data.get("reason") != EXISTS:
            raise
    # Another command registered the same person at the same moment.
    return repository.once(keyed, as_known_or_new)


def _known_volunteer(repository: Repository, hashed: str) -> str | None:
    """The id of the volunteer with that keyed hash of an ID number, if there is one."""
    found = repository.find(Volunteer, identity=hashed)
    older = found or repository.find(Volunteer, _id=f"volunteer:{hashed}")
    return next((volunteer.id for volunteer in older if not volunteer.erased), None)


def erase_volunteer(repository: Repository, command: Command, id: str, ground: str) -> Json:
    """Delete all that identifies a former volunteer. Raises NotFound, and Conflict for a volunteer,
    and while recorded hours wait for their verification."""
    volunteer = repository.get(Volunteer, id)
    rows = repository.find(Hours, volunteer=id)
    waiting = [row.id for row in rows if row.status == "recorded"]
    if not volunteer.erased:
        volunteer.refuse_while("erase", "verify or void the recorded hours first", hours=waiting)
    return erase(repository, Volunteer, command, id, ground)


def new_row_id(
    repository: Repository, volunteer: str, activity: str, hours: Decimal, moment: Moment
) -> str:
    """The id of a new row of the ledger: the same for two commands at the same moment, of which one
    is then refused.

    Raises NotFound, and the Conflict that says why the hours can't have been served.
    """
    served_at = repository.get(Activity, activity)
    served_at.require("record_hours")
    _require_same_day(served_at, moment)
    _require_present(repository.get(Volunteer, volunteer), moment)
    rows = repository.find(Hours, volunteer=volunteer, served_week=str(Week.of(moment.time)))
    day = stored_day(moment) or str(Week.of(moment.time))
    same = [row for row in rows if row.activity == activity and row.served_in == day]
    for row in same:
        if row.status != "voided":
            row.refuse(action="record", reason="one row for volunteer, activity and day", day=day)
    check_caps(rows, hours, moment)
    _require_free(rows, hours, moment)
    name = f"urn:warm:hours:{volunteer}:{activity}:{day}:{len(same)}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def require_no_hours(repository: Repository, activity: Activity, moment: Moment | None) -> None:
    """What rests on something stands or goes first: raise Conflict while the activity has rows that
    are not voided. Where it was held at `moment`, only rows of another day are in the way."""
    standing = [
        row.id
        for row in repository.find(Hours, activity=activity.id)
        if row.status != "voided" and (moment is None or not row.fits(moment))
    ]
    reason = "void the hours that were served on it first"
    activity.refuse_while(activity.status, reason, hours=standing)


def require_there(repository: Repository, kind: type[Aggregate], id: str | None) -> None:
    """Raise NotFound, or Conflict where it was withdrawn. No id is nothing to look for."""
    if id is not None:
        repository.get(kind, id).require_there()


def require_alone(repository: Repository, corrected: Volunteer | Team | Station | Category) -> None:
    """What rests on something stands or goes first: raise Conflict if it was withdrawn while others
    rest on it."""
    if not corrected.withdrawn:
        return
    for kind, field in RESTING[type(corrected)]:
        name = NAMES_OF_MANY[kind]
        others = repository.find(kind, **{field: corrected.id})
        standing = [other.id for other in others if not _is_no_more(other)]
        corrected.refuse_while("withdraw", f"withdraw or correct its {name}", **{name: standing})


def _is_no_more(other: Aggregate) -> bool:
    """Does it no longer rest on anything?"""
    return other.withdrawn or other.status in ("withdrawn", "cancelled", "voided", "left")


def _require_same_day(activity: Activity, moment: Moment) -> None:
    """The day on which it was held, or for which it is announced."""
    day = activity.held_on if activity.status == "completed" else activity.planned_for
    if day and not same_time(day, moment):
        activity.refuse(action="record_hours", held_on=day, reason="it was held on another day")


def _require_present(volunteer: Volunteer, moment: Moment) -> None:
    left = volunteer.moment_of("left") if volunteer.status == "left" else None
    volunteer.require_not_withdrawn()
    if volunteer.erased:
        volunteer.refuse(action="record_hours", reason="is erased")
    if left and not left.may_follow(moment):
        volunteer.refuse(action="record_hours", left=left.in_words(), reason="had left before")


def _require_free(rows: Iterable[Hours], hours: Decimal, moment: Moment) -> None:
    """Nobody serves in two places at once. Only of rows whose hour is known can that be said."""
    if moment.precision != "second":
        return
    until = moment.time + timedelta(hours=float(hours))
    for row in rows:
        other = row.span() if row.status != "voided" else None
        if other and other[0] < until and moment.time < other[1]:
            row.refuse(action="record_hours", reason="the volunteer served elsewhere at that time")


def check_caps(week: Collection[Hours], hours: Decimal, moment: Moment) -> None:
    """Raise Conflict when `hours` more than the volunteer's rows of the `week` would exceed the cap
    of the day, or of the whole week.

    Two commands at the same moment do not see each other's row; the verifier sees both.
    """
    period = str(Week.of(moment.time))
    _check_cap(hours, served_hours(week), 7 * DAILY_CAP, week=period)
    if moment.day:
        day = moment.day.isoformat()
        served = served_hours(row for row in week if row.served_on == day)
        _check_cap(hours, served, DAILY_CAP, day=day)


def _check_cap(hours: Decimal, served: Decimal, cap: Decimal, **when: str) -> None:
    if served + hours > cap:
        raise Conflict({"kind": "hours", **when, "served": str(served), "cap": str(cap)})
