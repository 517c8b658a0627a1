"""Repairs texts that YAML cut at an unquoted comma: it reads `{what: one, two of them}` as a field
`what` and an empty field `two of them`."""

from typing import Any

from shared.domain.types import Json

# The fields that hold text. The first of these in an entry takes the pieces that stand before it.
TEXTS = ("what", "en", "zh", "for", "summary", "outcome", "staff", "done", "planned", "problems")

# Every field that a file may have. Where one of them is empty, it is a field without a value, and
# not a piece of a text.
_FIELDS = """
    actions activities activity_key address age asset beneficiary capacity category channel
    circumstance clinics closed code communities confirmed consultations count date day_of_month
    delivered departments district done due duties each_has employer employers en every example
    findings first for from functional_groups gatherings group group_reports heard hires
    host_unit hours id inspections institutions intents invited items job job_fairs kind
    leading_group leaflets meetings member_units merchants milestones name named next nil office
    openings order_categories orders orgunit outcome part_of_day participants phone placed plan
    planned platforms postings prescriptions problems professional_teams programme qualifier
    rectified registered_volunteers relief reported_by responsible responsible_person
    responsible_unit rhythm seekers served_by service_day services special_groups staff stated
    stations status summary target team_categories theme unannounced vacancies venue visits
    volunteering week what zh
"""
FIELDS = frozenset(_FIELDS.split())


def rejoined(data: Any) -> Any:
    """The same data, with every piece back in the text that it was cut from."""
    if isinstance(data, list):
        return [rejoined(entry) for entry in data]
    return _rejoined(data) if isinstance(data, dict) else data


def _rejoined(given: Json) -> Json:
    texts = [name for name in TEXTS if isinstance(given.get(name), str)]
    whole = {name: rejoined(value) for name, value in given.items()}
    last = next(iter(texts), None)
    for name, value in given.items():
        if name in texts:
            last = name
        elif last and value is None and name not in FIELDS:
            whole[last] += f", {name}"
            del whole[name]
    return whole
