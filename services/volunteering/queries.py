"""Queries over several aggregates: the ledger of hours, the stocks, the days of service."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from services.volunteering.documents.activities import ServiceDay
from services.volunteering.documents.stations import Category, Station, Stock, Team
from services.volunteering.documents.volunteers import Hours, Volunteer
from shared.aggregates.aggregate import Aggregate
from shared.aggregates.personal import PersonalData
from shared.aggregates.repository import Repository
from shared.contracts.events.volunteering import STOCKS
from shared.domain.decimals import decimal_text
from shared.domain.periods import parse_day
from shared.domain.quantities import Quantity, Sum, exact
from shared.domain.recurrence import service_days
from shared.domain.types import Json

# Stock → the aggregate that is recorded one by one, and the status in which it counts.
RECORDED: dict[str, tuple[type[Aggregate], str | None]] = {
    "stations": (Station, "open"),
    "team_categories": (Category, None),
    "teams": (Team, "formed"),
    "volunteers": (Volunteer, "registered"),
}


def ledger(repository: Repository, volunteer: str) -> Json:
    """A volunteer's rows, and the sums of the rows by status."""
    rows = repository.find(Hours, volunteer=volunteer)
    sums: dict[str, Sum] = {}
    for row in rows:
        part = Sum.of(Quantity.from_json(dict(row.hours)))
        sums[row.status] = sums[row.status] + part if row.status in sums else part
    return {
        "volunteer": volunteer,
        "rows": [{"id": row.id, "served_on": row.served_on, **row.state()} for row in rows],
        "sums": {status: part.quantity().to_json() for status, part in sorted(sums.items())},
    }


def served_hours(rows: Iterable[Hours]) -> Decimal:
    """The sum of the rows that are not voided."""
    counted = (Decimal(row.hours["value"]) for row in rows if row.status != "voided")
    return sum(counted, Decimal(0))


def hours_of_day(repository: Repository, row: Hours) -> Decimal:
    """The volunteer's hours on the row's day; those of the row alone where no day is known."""
    if row.served_on is None:
        return served_hours([row])
    return served_hours(repository.find(Hours, volunteer=row.volunteer, served_on=row.served_on))


def stocks(repository: Repository, orgunit: str) -> list[Json]:
    """Each stock: the unit's last declaration, the number recorded in the unit and below, and how
    many of the declared ones are not recorded."""
    return [_stock(repository, orgunit, name) for name in STOCKS]


def _stock(repository: Repository, orgunit: str, name: str) -> Json:
    kind, status = RECORDED[name]
    below = {"orgunit": {"$regex": f"^{orgunit}"}, "withdrawn": {"$ne": True}}
    below |= {"status": status} if status else {}
    recorded = repository.collection.count_documents({"_cls": kind.class_name(), **below})
    declared = _declared(repository, orgunit, name)
    return {
        "stock": name,
        "declared": declared.to_json() if declared else None,
        "recorded": exact(recorded, STOCKS[name]).to_json(),
        "difference": _difference(declared, recorded),
    }


def _declared(repository: Repository, orgunit: str, name: str) -> Quantity | None:
    found = repository.find(Stock, orgunit=orgunit, stock=name, withdrawn={"$ne": True})
    latest = max(found, key=lambda stock: (stock.as_of, stock.id), default=None)
    return Quantity.from_json(dict(latest.level)) if latest else None


def _difference(declared: Quantity | None, recorded: int) -> Json | None:
    """How many of the declared ones are not recorded, with the qualifier of the declaration."""
    if declared is None or declared.value is None:
        return None
    left = decimal_text(declared.value - recorded)
    return {"value": left, "qualifier": declared.qualifier, "unit": declared.unit}


def names(repository: Repository, personal: PersonalData, volunteers: Iterable[str]) -> list[Json]:
    """The name of each of these volunteers, or why there is none, in their order."""
    ids = list(volunteers)
    known = {it.id: it for it in repository.find(Volunteer, _id={"$in": ids})}
    return [{"volunteer": id, **_name(personal, known.get(id))} for id in ids]


def _name(personal: PersonalData, volunteer: Volunteer | None) -> Json:
    missing = _why_no_name(volunteer)
    name = None
    if volunteer is not None and missing is None:
        name = personal.open(volunteer.personal).get("name")
        missing = None if name else "not_given"
    return {"name": name, "missing": missing}


def _why_no_name(volunteer: Volunteer | None) -> str | None:
    """Why there can't be a name, a key of MISSING_NAMES."""
    if volunteer is None:
        return "unknown"
    if volunteer.erased:
        return "erased"
    if volunteer.withdrawn:
        return "withdrawn"
    return "left" if volunteer.status == "left" else None


def service_day_occurrences(repository: Repository, first: date, last: date) -> list[Json]:
    """The occurrences of all service days from `first` to `last`, each with its own id."""
    found = [
        {"id": f"{day.id}:{on}", "service_day": day.id, "on": on, "name": dict(day.name)}
        for day in repository.find(ServiceDay)
        for on in map(str, service_days(day.rule, parse_day(day.first), first, last))
    ]
    return sorted(found, key=lambda entry: (entry["on"], entry["id"]))
