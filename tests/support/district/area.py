"""The area of each unit, day by day, and which declared stocks stand there."""

from datetime import timedelta
from functools import cache

from shared.domain.periods import parse_instant

# The units of generated histories.
UNITS = ("410103", "410103006", "410103006001", "410103006002", "410103016", "410103016009")

instant = cache(parse_instant)


def registered_unit(code):
    level = {6: "district", 9: "subdistrict", 12: "community"}[len(code)]
    dates = dict.fromkeys(("valid_from", "valid_to", "successor", "split_from"))
    parent = code[:-3] if len(code) > 6 else None
    return {"code": code, "parent": parent, "level": level, "name": code, "retired": False} | dates


def owners_on(units, day):
    """The land of each unit → the unit that has it at the end of the day: told from the beginning,
    one change after the other."""
    owners = {code: _origins(units, code)[-1] for code in units}
    for _, _, _, change, code in sorted(_changes(units)):
        unit = units[code]
        if change == "begins" and unit["valid_from"] <= day:
            # With the land of what is split off from it later.
            before = owners[code]
            for land, owner in owners.items():
                if owner == before and code in _origins(units, land):
                    owners[land] = code
        if change == "ends" and unit["valid_to"] <= day:
            heir = unit["successor"] or unit["parent"]
            owners |= {land: heir for land, owner in owners.items() if owner == code}
    return owners


def _origins(units, code):
    origin = units[code]["split_from"]
    return [code, *(_origins(units, origin) if origin else [])]


def _changes(units):
    """(day, order on that day, order of levels, what, code)"""
    for code, unit in units.items():
        if unit["split_from"]:
            yield unit["valid_from"], 0, 0, "begins", code
        if unit["valid_to"]:
            yield unit["valid_to"], 1, -len(code), "ends", code


def declared_at(event):
    return instant(event["time"]), event["subjectsequence"], event["id"]


def meant_on(event):
    """The last day that a declaration may be of."""
    day = instant(event["time"]).date()
    return day + timedelta(days=6 - day.weekday()) if event["timeprecision"] == "week" else day


def spoken_for(land, declared, units):
    """The declarations of other units that had this land when they were made."""
    return [
        event
        for unit, event in declared.items()
        if unit != land and owners_on(units, str(meant_on(event)))[land].startswith(unit)
    ]


def standing_stocks(latest, units, week):
    """Without what a later declaration speaks for, and without units that nobody goes on with."""
    return {
        unit: event
        for unit, event in latest.items()
        if not _is_void(unit, latest, units, week)
        and all(
            declared_at(other) < declared_at(event) for other in spoken_for(unit, latest, units)
        )
    }


def _is_void(unit, latest, units, week):
    state = units[unit]
    if not state["valid_to"] or state["valid_to"] > str(week.last_day) or state["successor"]:
        return False
    parts = [code for code, part in units.items() if part["split_from"] == unit]
    return all(
        code in latest and str(meant_on(latest[code])) >= units[code]["valid_from"]
        for code in parts
    )
