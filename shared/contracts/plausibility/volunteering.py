"""Rules of volunteering. Those of service hours, which refuse, are the service's own."""

from datetime import date

from shared.contracts.plausibility.declare import highest_level, most
from shared.domain.id_numbers import birth_date
from shared.domain.plausibility import ArgumentRule, Rule
from shared.domain.types import Json

YOUNGEST, OLDEST = 6, 100


def _born_later(arguments: Json) -> bool:
    day: date = arguments["time"].date()
    return _born(arguments) > day


def _has_unlikely_age(arguments: Json) -> bool:
    born, day = _born(arguments), arguments["time"].date()
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return born <= day and not YOUNGEST <= age <= OLDEST


def _born(arguments: Json) -> date:
    return birth_date(arguments["identity"]["id_number"])


RULES: tuple[Rule, ...] = (
    ArgumentRule(
        "born_later",
        "identity.id_number",
        "证件号码中的出生日期晚于登记时间",
        "the person was born after the time of registration",
        impossible=True,
        broken=_born_later,
    ),
    ArgumentRule(
        "unlikely_age",
        "identity.id_number",
        f"年龄小于{YOUNGEST}岁或大于{OLDEST}岁",
        f"the person is younger than {YOUNGEST} or older than {OLDEST}",
        broken=_has_unlikely_age,
    ),
    most("participants", 10_000, "person", "参加人数", "participants"),
    most("gatherings", 500, "gathering", "联谊", "gatherings"),
    most("communities", 200, "orgunit", "社区（村）", "communities"),
    most("wanted", 1_000, "person", "需要的志愿者", "volunteers wanted"),
    highest_level(
        {"stations": 5_000, "team_categories": 200, "teams": 20_000, "volunteers": 1_000_000}
    ),
)
