"""Generated registries: units that are merged, split off or ended."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.support.district.area import UNITS, registered_unit
from tests.support.district.histories import days


@st.composite
def registries(draw):
    """The units, some of them merged, ended or split off: code → state. What ends has nothing below
    it any more, and goes on in a unit of its level that is valid then, or nowhere."""
    units = {code: registered_unit(code) for code in UNITS}
    # Sub-districts first: nothing begins before the unit above it.
    parts = sorted(draw(st.lists(st.sampled_from(UNITS[1:]), max_size=3, unique=True)), key=len)
    for number, code in enumerate(parts):
        _split(draw, units, code, parts[number:])
    # Communities first.
    leaving = draw(st.lists(st.sampled_from(UNITS[1:]), max_size=4, unique=True))
    for code in sorted(leaving, key=len, reverse=True):
        _end(draw, units, code)
    return units


def _split(draw, units, code, undecided):
    begins = draw(days)
    origins = [
        other
        for other in _beside(units, code)
        if other not in undecided and _is_valid(units[other], begins, before=1)
    ]
    above = units[units[code]["parent"]]["valid_from"]
    if origins and (not above or above <= begins):
        for unit in units.values():
            if unit["parent"] == code:
                unit["valid_from"] = begins
        units[code] |= {"valid_from": begins, "split_from": draw(st.sampled_from(origins))}


def _end(draw, units, code):
    ends = draw(days)
    below = [unit for unit in units.values() if unit["parent"] == code]
    begins = units[code]["valid_from"]
    origins = [unit for unit in units.values() if unit["split_from"] == code]
    inherited = [unit for unit in units.values() if unit["successor"] == code]
    if (
        any(unit["valid_to"] >= ends for unit in inherited)
        or any(not unit["valid_to"] or unit["valid_to"] > ends for unit in below)
        or (begins and begins >= ends)
        or any(unit["valid_from"] > ends for unit in origins)
    ):
        return
    successors = [other for other in _beside(units, code) if _is_valid(units[other], ends)]
    chosen = draw(st.sampled_from([None, *successors]))
    units[code] |= {"retired": True, "valid_to": ends, "successor": chosen}


def _beside(units, code):
    return [other for other in units if len(other) == len(code) and other != code]


def _is_valid(unit, day, before=0):
    day = str(date.fromisoformat(day) - timedelta(days=before))
    begins, ends = unit["valid_from"], unit["valid_to"]
    return (not begins or begins <= day) and (not ends or day < ends)


def registered(units):
    """The registry as events."""
    return [
        {
            "id": f"unit-{code}",
            "source": "/warm/supervision",
            "type": "supervision.orgunit.registered",
            "subject": code,
            "subjectsequence": 1,
            "sourcesequence": number,
            "correlationid": f"unit-{code}",
            "orgunit": code,
            "time": "2016-01-04T00:00:00+08:00",
            "timeprecision": "second",
            "recordedtime": "2016-01-04T00:00:00+08:00",
            "data": {name: value for name, value in unit.items() if value or name != "split_from"},
        }
        for number, (code, unit) in enumerate(units.items(), 1)
    ]
