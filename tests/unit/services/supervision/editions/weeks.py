"""Internal documents of a small district with given figures, and their public editions."""

import copy
from functools import cache

from services.supervision.editions.public import public
from services.supervision.indicators import EVER
from shared.domain.periods import Week
from tests.support.district import histories
from tests.unit.services.supervision.forms.test_rendering import made

DISTRICT = "410103"
SUBDISTRICTS = [f"{DISTRICT}{number:03}" for number in (1, 2, 3)]
COMMUNITIES = [f"{unit}{number:03}" for unit in SUBDISTRICTS for number in (1, 2, 3)]
UNITS = [DISTRICT, *SUBDISTRICTS, *COMMUNITIES]

PEOPLE, RECORDS = "jobfairs.hires", "volunteering.hours_verified"


@cache
def empty():
    return made([], histories.WEEKS[2])


# Of other weeks. It isn't used: the public edition prints what public editions printed.
FIGURE = {"value": "7", "qualifier": "exact", "status": "complete"}


def internal(reported, week=1, revision=0, indicator=PEOPLE, records=None):
    """A document whose cells are the sums of what units `reported`: unit → number, of `indicator`
    alone. `records` says of how many records; else as many as the number."""
    document = copy.deepcopy(empty())
    period = Week(2017, week)
    document |= {"period": str(period), "revision": revision}
    document["notes"] |= {"first_week": week == 1, "mean_begins": None if week > 3 else "2017-W04"}
    document["cells"] = [it for it in document["cells"] if it["indicator"] != indicator]
    counted = reported if records is None else records
    for unit in UNITS:
        known = [code for code in reported if code.startswith(unit) and reported[code]]
        if known or unit == DISTRICT:
            value = sum(reported[code] for code in known)
            number = sum(counted[code] for code in known)
            document["cells"].append(cell(indicator, unit, value, number))
    document["cells"].sort(key=lambda it: (it["indicator"], it["orgunit"]))
    weeks = [{"period": str(Week(2017, number))} | FIGURE for number in range(1, week + 1)]
    document["trends"] = [row | {"weeks": copy.deepcopy(weeks)} for row in document["trends"]]
    return document


def cell(indicator, unit, value, number):
    whole = {"value": str(value), "qualifier": "exact", "status": "complete"}
    return {
        "indicator": indicator,
        "orgunit": unit,
        **whole,
        "unit": EVER[indicator].unit,
        "numerator": str(number),
        "denominator": str(number),
        # Not used: the public edition prints what public editions printed.
        "previous": whole,
        "cumulative": None if EVER[indicator].since else whole,
    }


def editions(documents, threshold=5):
    """The public editions of internal documents, each made after those before it."""
    found = []
    for document in documents:
        found.append(public(document, found, threshold))
    return found


def rows(document, indicator=PEOPLE):
    """unit → what is printed of it: a number, or None where it is suppressed."""
    return {
        it["orgunit"]: None if it["status"] == "suppressed" else int(it["value"] or 0)
        for it in document["cells"]
        if it["indicator"] == indicator
    }


def since(document, unit=DISTRICT, indicator=PEOPLE):
    """(value, qualifier) since the beginning."""
    [found] = [
        it["cumulative"]
        for it in document["cells"]
        if (it["indicator"], it["orgunit"]) == (indicator, unit)
    ]
    return found["value"], found["qualifier"]
