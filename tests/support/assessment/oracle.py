"""Scores and ranks by plain computation, straight from the content of a rubric's file.

It shares no code with the services: fractions of numbers as they are written, one unit at a time.
"""

from fractions import Fraction
from math import floor, isqrt

LIMITLESS = "limitless"


def scores(content, inputs):
    """Unit → its score, rank, the ranks that it may have, and its lines by criterion.

    The rank is None for a unit that isn't ranked. Appeals aren't looked at.
    """
    out = {it.orgunit for it in inputs.exclusions}
    found = {}
    for group in content["groups"]:
        members = sorted({it.orgunit for it in inputs.units if it.orgunit in group["units"]} - out)
        found |= _group(content, members, inputs)
    return found


def _group(content, members, inputs):
    figures = {(it.orgunit, it.source): it.quantity for it in inputs.figures}
    found = {unit: _unit(content, unit, members, figures, inputs) for unit in members}
    least = Fraction(content["least_weight"])
    ranked = {unit: it for unit, it in found.items() if it["weight"] >= least}
    for unit, it in found.items():
        it["rank"] = it["best"] = it["worst"] = None
        if unit in ranked:
            others = list(ranked.values())
            it["rank"] = 1 + len([other for other in others if other["score"] > it["score"]])
            it["best"] = 1 + len([other for other in others if _ahead(other, it)])
            it["worst"] = len(ranked) - len([other for other in others if _ahead(it, other)])
    return found


def _ahead(one, other):
    gap = one["low"] - other["high"]
    by_chance = sum(line["down"] ** 2 for line in one["lines"].values())
    by_chance += sum(line["up"] ** 2 for line in other["lines"].values())
    return gap > 0 and gap * gap > by_chance


def _unit(content, unit, members, figures, inputs):
    degrees = {
        it["code"]: _degree(content, it, unit, members, figures, inputs)
        for it in content["criteria"]
    }
    applying = [it for it in content["criteria"] if degrees[it["code"]] is not None]
    weight = sum((Fraction(it["weight"]) for it in applying), Fraction(0))
    lines = {}
    for it in applying:
        own = Fraction(it["weight"]) * Fraction(content["total"]) / weight
        lines[it["code"]] = _line(content, it, own, degrees[it["code"]], unit, figures)
    parts = ("points", "low", "high")
    score, low, high = (sum((line[part] for line in lines.values()), Fraction(0)) for part in parts)
    return {"score": score, "low": low, "high": high, "weight": weight, "lines": lines}


def _line(content, criterion, weight, degree, unit, figures):
    plus = _steps(content, criterion.get("bonus"), unit, figures, missing=0)
    minus = _steps(content, criterion.get("deduction"), unit, figures, missing=1)

    def total(part, bonus, deduction):
        return max(_round(weight * part, 2) + bonus - deduction, Fraction(0))

    at, low, high, lucky_low, lucky_high = degree
    points = total(at, plus[0], minus[0])
    return {
        "base": _round(weight * at, 2),
        "bonus": plus[0],
        "points": points,
        "low": total(low, plus[1], minus[2]),
        "high": total(high, plus[2], minus[1]),
        "down": max(points - total(lucky_low, plus[0], minus[0]), Fraction(0)),
        "up": max(total(lucky_high, plus[0], minus[0]) - points, Fraction(0)),
    }


def _steps(content, steps, unit, figures, missing):
    """Points as stated, at the lowest, at the highest."""
    if not steps:
        return [Fraction(0)] * 3
    quantity = figures[unit, steps["source"]]
    most = Fraction(steps["up_to"])

    def amount(value):
        if value == LIMITLESS:
            return most
        times = floor((value - Fraction(steps["above"])) / Fraction(steps["each"]))
        return min(max(times, 0) * Fraction(steps["points"]), most)

    low, high = _range(content, quantity)
    at = most * missing if quantity.value is None else amount(Fraction(quantity.value))
    return [at, amount(low), amount(high)]


def _range(content, quantity):
    if quantity.qualifier == "not_stated":
        return Fraction(0), LIMITLESS
    value = Fraction(quantity.value)
    part = Fraction(content["about_within"]) / 100
    if quantity.qualifier == "about":
        return value - value * part, value + value * part
    return {
        "exact": (value, value),
        "over": (value, LIMITLESS),
        "at_most": (Fraction(0), value),
    }[quantity.qualifier]


def _most(criterion):
    cap = criterion.get("cap")
    return Fraction(cap) / Fraction(criterion["weight"]) if cap else Fraction(1)


def _degree(content, criterion, unit, members, figures, inputs):
    """As stated, lowest, highest, lowest and highest by chance; None where it is n/a."""
    if criterion["formula"] == "observed":
        return _observed(criterion, unit, inputs)
    own = _measured(content, criterion, unit, figures)
    if own == "n/a":
        return None
    if own == "not stated":
        return [Fraction(0), Fraction(0), _most(criterion), Fraction(0), Fraction(0)]
    if criterion["formula"] == "rank_in_group":
        others = [_measured(content, criterion, it, figures) for it in members if it != unit]
        return _ranked(criterion, own, [it for it in others if not isinstance(it, str)])
    by_end = [_on_the_way(criterion, value) for value in own]
    return [by_end[0], *sorted(by_end[1:3]), *sorted(by_end[3:5])]


def _observed(criterion, unit, inputs):
    given = [
        Fraction(it.score) / Fraction(criterion["out_of"])
        for it in inputs.observations
        if it.orgunit == unit and it.criterion == criterion["code"]
    ]
    if len(given) < Fraction(criterion["least"]):
        return None
    mean = sum(given) / len(given)
    return [mean, mean, mean, min(given), max(given)]


def _on_the_way(criterion, value):
    most = _most(criterion)
    if criterion["formula"] == "share_of_target":
        return most if value == LIMITLESS else min(value / Fraction(criterion["target"]), most)
    start, end = Fraction(criterion["zero_at"]), Fraction(criterion["full_at"])
    if value == LIMITLESS:
        return most if criterion["direction"] == "more" else Fraction(0)
    way = (value - start) / (end - start)
    return Fraction(0) if way < 0 else min(way, most)


def _ranked(criterion, own, others):
    if not others:
        return None

    def won(mine, theirs):
        points = Fraction(0)
        for other in theirs:
            if mine == other:
                points += Fraction(1, 2)
            elif criterion["direction"] == "more":
                points += _larger(mine, other)
            else:
                points += _larger(other, mine)
        return points / len(others)

    worst, best = (1, 2) if criterion["direction"] == "more" else (2, 1)
    return [
        won(own[0], [it[0] for it in others]),
        won(own[worst], [it[best] for it in others]),
        won(own[best], [it[worst] for it in others]),
        won(own[worst + 2], [it[best + 2] for it in others]),
        won(own[best + 2], [it[worst + 2] for it in others]),
    ]


def _larger(one, other):
    return one == LIMITLESS or (other != LIMITLESS and one > other)


def _measured(content, criterion, unit, figures):
    """As stated, lowest, highest, lowest and highest by chance; or why there is no figure."""
    measure = criterion["measure"]
    done = figures[unit, measure["numerator"]]
    base = measure.get("denominator")
    if done.value is None or (base and figures[unit, base].value is None):
        return "not stated"
    times = Fraction(measure.get("times") or 1)
    count = Fraction(done.value)
    per = Fraction(figures[unit, base].value) if base else Fraction(1)
    if base and per < Fraction(criterion["least"]):
        return "n/a"
    low, high = _range(content, done)
    least, most = _range(content, figures[unit, base]) if base else (per, per)
    smallest = Fraction(0) if most in (LIMITLESS, 0) else low / most
    largest = LIMITLESS if high == LIMITLESS or least == 0 else high / least
    ends = [count / per, smallest, largest, *_chance(criterion["chance"], count, per)]
    return [it if it == LIMITLESS else it * times for it in ends]


def _chance(method, count, per):
    square = Fraction(196, 100) ** 2
    if method == "none" or (method == "share" and count > per):
        return [count / per] * 2
    if method == "count":
        middle, spread, over = count + square / 2, square * (count + square / 4), per
    else:
        part = count / per
        middle = part + square / (2 * per)
        spread = square * (part * (1 - part) / per + square / (4 * per**2))
        over = 1 + square / per
    half = _root(spread)
    return [_round(max((middle - half) / over, 0), 6), _round((middle + half) / over, 6)]


def _root(value):
    """To 50 decimal places."""
    return Fraction(isqrt(floor(value * 10**100)), 10**50)


def _round(value, places):
    return Fraction(floor(Fraction(value) * 10**places * 2 + 1) // 2, 10**places)
