"""What the books say: the ledger of hours, stocks beside what was declared, days of service."""

from decimal import Decimal

from services.volunteering.documents.activities import Hours
from services.volunteering.documents.stations import (
    Category,
    ServiceDay,
    Station,
    Stock,
    Team,
    Volunteer,
)
from services.volunteering.rules import DAILY_CAP
from shared.contracts.events.volunteering import STOCKS
from shared.domain.decimals import decimal_text
from shared.domain.errors import Conflict
from shared.domain.periods import Period, parse_day
from shared.domain.quantities import Quantity, Sum, exact
from shared.domain.recurrence import service_days

# stock → (what is recorded one by one, the status in which it counts)
RECORDED = {
    "stations": (Station, "open"),
    "team_categories": (Category, None),
    "teams": (Team, "formed"),
    "volunteers": (Volunteer, "registered"),
}


def ledger(repository, volunteer):
    """A volunteer's rows and their sums by status: the sums always equal the rows."""
    rows = repository.find(Hours, volunteer=volunteer)
    sums = {}
    for row in rows:
        part = Sum.of(Quantity.from_json(dict(row.hours)))
        sums[row.status] = sums[row.status] + part if row.status in sums else part
    return {
        "volunteer": volunteer,
        "rows": [{"id": row.id, "served_on": row.served_on, **row.state()} for row in rows],
        "sums": {status: part.quantity().to_json() for status, part in sorted(sums.items())},
    }


def stocks(repository, orgunit):
    """Each stock of the unit and those below it: as last declared there, as recorded one by one,
    and how many of the declared ones aren't recorded."""
    return [_stock(repository, orgunit, name) for name in STOCKS]


def _stock(repository, orgunit, name):
    kind, status = RECORDED[name]
    below = {"orgunit": {"$regex": f"^{orgunit}"}} | ({"status": status} if status else {})
    counted = repository.collection.count_documents({"_cls": kind.class_name(), **below})
    recorded = exact(counted, STOCKS[name])
    declared = _declared(repository, orgunit, name)
    return {
        "stock": name,
        "declared": declared and declared.to_json(),
        "recorded": recorded.to_json(),
        "difference": _difference(declared, recorded),
    }


def _declared(repository, orgunit, name):
    found = repository.find(Stock, orgunit=orgunit, stock=name)
    latest = max(found, key=lambda stock: (stock.as_of, stock.id), default=None)
    return latest and Quantity.from_json(dict(latest.level))


def _difference(declared, recorded):
    """How many of the declared ones aren't recorded: as sure as the declaration is."""
    if declared is None or declared.value is None:
        return None
    left = decimal_text(declared.value - recorded.value)
    return {"value": left, "qualifier": declared.qualifier, "unit": declared.unit}


def occurrences(repository, first, last):
    """Every day of service from `first` to `last`, each with an id of its own."""
    found = [
        {"id": f"{day.id}:{date}", "service_day": day.id, "on": date, "name": dict(day.name)}
        for day in repository.find(ServiceDay)
        for date in map(str, service_days(day.rule, parse_day(day.first), first, last))
    ]
    return sorted(found, key=lambda entry: (entry["on"], entry["id"]))


def check_cap(repository, volunteer, hours, moment):
    """Raise Conflict when `hours` more would be above the cap of the day, or of the week's seven
    days together.

    Two commands at the same moment don't see each other; who verifies sees both rows.
    """
    week = repository.find(Hours, volunteer=volunteer, served_week=str(Period.of(moment.time)))
    _check(hours, _served(week), 7 * DAILY_CAP, week=str(Period.of(moment.time)))
    if moment.day:
        day = moment.day.isoformat()
        served = _served(row for row in week if row.served_on == day)
        _check(hours, served, DAILY_CAP, day=day)


def _check(hours, served, cap, **when):
    if served + hours > cap:
        raise Conflict({"kind": "hours", **when, "served": str(served), "cap": str(cap)})


def served_with(repository, row):
    """Hours of the row's day, all its rows together; of the row alone where no day is known."""
    if row.served_on is None:
        return _served([row])
    return _served(repository.find(Hours, volunteer=row.volunteer, served_on=row.served_on))


def _served(rows):
    counted = (Decimal(row.hours["value"]) for row in rows if row.status != "voided")
    return sum(counted, Decimal(0))
