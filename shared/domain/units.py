"""The units that quantities are counted in, declared once."""

from typing import NamedTuple


class Unit(NamedTuple):
    """The Chinese measure word and the English noun."""

    zh: str
    singular: str
    plural: str


# Units that may have fractions; all others are whole numbers.
DIVISIBLE = ("hour", "day")

UNITS = {
    "person": Unit("人", "person", "people"),
    "person_time": Unit("人次", "person-time", "person-times"),
    "household": Unit("户", "household", "households"),
    "visit": Unit("次", "visit", "visits"),
    "merchant": Unit("家", "merchant", "merchants"),
    "order": Unit("单", "order", "orders"),
    "item": Unit("件", "item", "items"),
    "clinic": Unit("场", "clinic", "clinics"),
    "institution": Unit("家", "institution", "institutions"),
    "department": Unit("个", "department", "departments"),
    "prescription": Unit("张", "prescription", "prescriptions"),
    "leaflet": Unit("份", "leaflet", "leaflets"),
    "fair": Unit("场", "fair", "fairs"),
    "employer": Unit("家", "employer", "employers"),
    "vacancy": Unit("个", "vacancy", "vacancies"),
    "station": Unit("个", "station", "stations"),
    "category": Unit("类", "category", "categories"),
    "team": Unit("支", "team", "teams"),
    "activity": Unit("次", "activity", "activities"),
    "gathering": Unit("场", "gathering", "gatherings"),
    "finding": Unit("件", "finding", "findings"),
    "milestone": Unit("项", "milestone", "milestones"),
    "action": Unit("项", "action", "actions"),
    "orgunit": Unit("个", "unit", "units"),
    "day": Unit("天", "day", "days"),
    "hour": Unit("小时", "hour", "hours"),
}
