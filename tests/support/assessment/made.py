"""Rubrics and inputs, as small as a test needs them."""

from decimal import Decimal

from services.supervision.assessment.assess import assess
from services.supervision.assessment.inputs import Figure, Inputs, Unit
from services.supervision.assessment.rubrics import rubric_from
from shared.domain.quantities import Quantity, exact, not_stated

ONE, TWO, THREE = "410103001", "410103003", "410103004"
UNITS = (ONE, TWO, THREE)

ACTIVITIES = "volunteering.activities_completed"
RAISED, DELIVERED = "relief.orders_raised", "relief.orders_delivered"
OVERDUE, PRACTICES = "relief.orders_overdue", "declared.practices"
IN_UNIT = {
    ACTIVITIES: "activity",
    RAISED: "order",
    DELIVERED: "order",
    OVERDUE: "order",
    PRACTICES: "item",
}


def plain(number):
    """A Decimal as it is written in a file: a whole number, or text."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return int(text) if text.isdigit() else text


def label(words="示例"):
    return {"zh": words, "en": words}


def count(**changes):
    """A criterion: activities, of which 10 are wanted."""
    return {
        "code": "activities",
        "label": label(),
        "weight": 100,
        "formula": "share_of_target",
        "direction": "more",
        "measure": {"numerator": ACTIVITIES},
        "chance": "none",
        "target": 10,
    } | changes


def share(**changes):
    """A criterion: orders delivered, in percent of those raised, of which 90 are wanted."""
    return {
        "code": "delivered",
        "label": label(),
        "weight": 100,
        "formula": "share_of_target",
        "direction": "more",
        "measure": {"numerator": DELIVERED, "denominator": RAISED, "times": 100},
        "chance": "share",
        "target": 90,
        "least": 5,
    } | changes


def ranked(**changes):
    """A criterion: activities, by rank in the group."""
    return {
        "code": "activities_ranked",
        "label": label(),
        "weight": 100,
        "formula": "rank_in_group",
        "direction": "more",
        "measure": {"numerator": ACTIVITIES},
        "chance": "none",
    } | changes


def observed(**changes):
    """A criterion: on-site observation, with 2 observations at least."""
    return {
        "code": "on_site",
        "label": label(),
        "weight": 100,
        "formula": "observed",
        "direction": "more",
        "out_of": 10,
        "least": 2,
    } | changes


def steps(source, **changes):
    """A bonus or a deduction: 2 points for each, up to 5."""
    return {
        "label": label(),
        "source": source,
        "above": 0,
        "each": 1,
        "points": 2,
        "up_to": 5,
    } | changes


def content(*criteria, **changes):
    """The content of a rubric's file; its weights are its total."""
    total = plain(sum(Decimal(criterion["weight"]) for criterion in criteria))
    return {
        "version": "2017-1",
        "standing": "draft",
        "label": label(),
        "note": label(),
        "total": total,
        "least_weight": "0.01",
        "about_within": 10,
        "appeal_days": 5,
        "groups": [{"code": "all", "label": label(), "units": list(UNITS)}],
        "declared": [{"code": PRACTICES, "label": label(), "unit": "item"}],
        "criteria": list(criteria),
    } | changes


def rubric(*criteria, **changes):
    return rubric_from(content(*criteria, **changes))


def quantity(source, value):
    """A number, None for "not stated", or (qualifier, number)."""
    unit = IN_UNIT[source]
    if value is None:
        return not_stated(unit)
    if isinstance(value, tuple):
        qualifier, number = value
        return Quantity(exact(number, unit).value, qualifier, unit)
    return exact(value, unit)


def figures(table):
    """Figures from unit → source → value; the id of the only event in each says which it is."""
    return tuple(
        Figure(unit, source, quantity(source, value), (f"event:{unit}:{source}",))
        for unit, values in table.items()
        for source, value in values.items()
    )


def inputs(table, **changes):
    """Inputs with these figures; their units are those that have some."""
    units = tuple(Unit(code, f"unit {code}") for code in table)
    return Inputs(**{"period": "2017-H1", "units": units, "figures": figures(table)} | changes)


def row(document, unit):
    """The unit's row in its group."""
    return next(
        row for group in document["groups"] for row in group["rows"] if row["orgunit"] == unit
    )


def sheet(document, unit):
    return next(it for it in document["sheets"] if it["orgunit"] == unit)


def line(document, unit, criterion):
    return next(it for it in sheet(document, unit)["lines"] if it["criterion"] == criterion)


def only_line(criterion, values, **changes):
    """The line of a single unit by a rubric with one criterion."""
    document = assess(rubric(criterion), inputs({ONE: values}, **changes))
    return line(document, ONE, criterion["code"])
