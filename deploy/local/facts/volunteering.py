"""The service day, declared stocks, activities, and residents' gatherings."""

from collections.abc import Iterator
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from deploy.local.facts.fact_builder import Fact, FactBuilder, FileContext
from deploy.local.facts.fields import Fields
from deploy.local.facts.identity import Key
from shared.contracts.events.volunteering import ACTIVITY_CATEGORIES, STOCKS, TAKING_PART
from shared.domain.quantities import exact
from shared.domain.types import Json

SERVICE_DAY = {"zh": "志愿服务日", "en": "volunteer service day"}

# Name of a figure in the file → the stock that it declares, and its kind where the name implies it.
DECLARED = {
    "stations": ("stations", None),
    "team_categories": ("team_categories", None),
    "professional_teams": ("teams", "专业志愿服务队"),
    "registered_volunteers": ("volunteers", None),
}


def section(volunteering: Fields, context: FileContext) -> Iterator[Fact]:
    """The service day and the declared stocks."""
    if volunteering.get("service_day") is not None:
        yield _service_day(volunteering.part("service_day"), context)
    for name in DECLARED:
        if volunteering.get(name) is not None:
            yield _stock(volunteering, name, context)


def _service_day(service_day: Fields, context: FileContext) -> Fact:
    service_day.require("day_of_month")
    service_day.choice("every", ["month"])
    number = service_day.whole("day_of_month", least=1, most=31)
    when = context.when(service_day)
    rule = f"FREQ=MONTHLY;BYMONTHDAY={number}"
    builder = FactBuilder("volunteering", context.key("service-day", when))
    builder.create(
        "declare_service_day",
        when,
        orgunit=context.place(service_day),
        name=service_day.name() or SERVICE_DAY,
        rule=rule,
        first=service_day.iso_day("first") or _first(rule, when.day),
    )
    return builder.fact


def _first(rule: str, declared: date) -> str:
    """The first service day from the day on which the rule is declared."""
    start = datetime.combine(declared, time.min)
    first: datetime = next(iter(rrulestr(rule, dtstart=start)))
    return first.date().isoformat()


def _stock(volunteering: Fields, name: str, context: FileContext) -> Fact:
    """A count of a date. Its kind, where it has one, is sent as the reporter's words."""
    stock, usual = DECLARED[name]
    declared = volunteering.counted(name)
    level = volunteering.amount(name, STOCKS[stock])
    kind = declared.words("kind") or ({"zh": usual} if usual else {})
    when = context.when(declared)
    builder = FactBuilder("volunteering", context.key(f"stock-{name}", when))
    builder.create(
        "declare_stock",
        when,
        orgunit=context.place(declared),
        stock=stock,
        level=level | {"stated": level["stated"] or kind.get("zh") or kind.get("en")},
        reported_by=declared.text("reported_by"),
    )
    return builder.fact


def activity(key: Key, activity: Fields, context: FileContext) -> Iterator[Fact]:
    """An activity, reported after it took place."""
    activity.require("what")
    builder = FactBuilder("volunteering", key)
    builder.create(
        "report_activity",
        context.when(activity),
        orgunit=activity.orgunit(),
        name=activity.words("what"),
        category=activity.choice("category", ACTIVITY_CATEGORIES) or "other",
        participants=activity.amount("participants", "person"),
        taking_part=activity.counted("participants").choices("from", TAKING_PART),
        communities=activity.whole("communities"),
        activity_key=context.occasion(activity),
    )
    yield builder.fact


def gathering(key: Key, gathering: Fields, context: FileContext) -> Iterator[Fact]:
    """Residents' gatherings: one in each community, unless their number is given."""
    gathering.require("what")
    builder = FactBuilder("volunteering", key)
    builder.create(
        "hold_gathering",
        context.when(gathering),
        orgunit=gathering.orgunit(),
        name=gathering.words("what"),
        gatherings=_gatherings(gathering),
        participants=gathering.amount("participants", "person"),
        invited=gathering.choices("invited", TAKING_PART),
    )
    yield builder.fact


def _gatherings(gathering: Fields) -> Json:
    """Their number, or else one in each community; an entry without either is one gathering."""
    has_number = gathering.get("gatherings") is not None
    in_each = gathering.amount("communities", "gathering")
    if has_number:
        return gathering.amount("gatherings", "gathering")
    return in_each if in_each["value"] else exact(1, "gathering").to_json()
