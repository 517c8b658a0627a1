"""The service day, declared stocks, activities, and residents' gatherings."""

from datetime import datetime, time

from dateutil.rrule import rrulestr

from deploy.local.facts.fact_builder import Story
from shared.contracts.events.volunteering import ACTIVITY_CATEGORIES, STOCKS, TAKING_PART
from shared.contracts.fields import Whole
from shared.domain.quantities import exact

SERVICE_DAY = {"zh": "志愿服务日", "en": "volunteer service day"}

# The figure's name in the file → the stock it declares, and its kind where the name tells it.
DECLARED = {
    "stations": ("stations", None),
    "team_categories": ("team_categories", None),
    "professional_teams": ("teams", "专业志愿服务队"),
    "registered_volunteers": ("volunteers", None),
}


def section(_key, volunteering, frame):
    """What stands beside the activities."""
    if volunteering.get("service_day") is not None:
        yield _service_day(volunteering.part("service_day"), frame)
    for name in DECLARED:
        if volunteering.get(name) is not None:
            yield _stock(volunteering, name, frame)


def _service_day(day, frame):
    day.needed("day_of_month")
    day.choice("every", ["month"])
    number = day.checked("day_of_month", Whole(least=1, most=31))
    when = frame.when(day)
    rule = f"FREQ=MONTHLY;BYMONTHDAY={number}"
    story = Story("volunteering", "service-day")
    story.create(
        "declare_service_day",
        when,
        orgunit=frame.place(day),
        name=day.name() or SERVICE_DAY,
        rule=rule,
        first=day.iso_day("first") or _first(rule, when.day),
    )
    return story.fact


def _first(rule, known_on):
    """Nobody says since when: the first one from the day that the rule is known on."""
    start = datetime.combine(known_on, time.min)
    return next(iter(rrulestr(rule, dtstart=start))).date().isoformat()


def _stock(volunteering, name, frame):
    """A count of a date; its kind, where it has one, goes with it as the reporter's words."""
    stock, usual = DECLARED[name]
    told = volunteering.counted(name)
    level = volunteering.amount(name, STOCKS[stock])
    kind = told.words("kind") or {"zh": usual}
    story = Story("volunteering", f"stock-{name}")
    story.create(
        "declare_stock",
        frame.when(told),
        orgunit=frame.place(told),
        stock=stock,
        level=level | {"stated": level["stated"] or kind.get("zh") or kind.get("en")},
        reported_by=told.text("reported_by"),
    )
    return story.fact


def activity(key, activity, frame):
    """An activity, reported after it took place."""
    activity.needed("what")
    story = Story("volunteering", key)
    story.create(
        "report_activity",
        frame.when(activity),
        orgunit=activity.orgunit(),
        name=activity.words("what"),
        category=activity.choice("category", ACTIVITY_CATEGORIES, "other"),
        participants=activity.amount("participants", "person"),
        taking_part=activity.counted("participants").choices("from", TAKING_PART),
        communities=activity.checked("communities", Whole()),
        activity_key=frame.occasion(activity),
    )
    yield story.fact


def gathering(key, gathering, frame):
    """Residents' gatherings: one in each community, unless their own number is given."""
    gathering.needed("what")
    story = Story("volunteering", key)
    story.create(
        "hold_gathering",
        frame.when(gathering),
        orgunit=gathering.orgunit(),
        name=gathering.words("what"),
        gatherings=_gatherings(gathering),
        participants=gathering.amount("participants", "person"),
        invited=gathering.choices("invited", TAKING_PART),
    )
    yield story.fact


def _gatherings(gathering):
    """Their own number, or else one in each community; an entry without either is of one."""
    told = gathering.get("gatherings") is not None
    in_each = gathering.amount("communities", "gathering")
    if told:
        return gathering.amount("gatherings", "gathering")
    return in_each if in_each["value"] else exact(1, "gathering").to_json()
