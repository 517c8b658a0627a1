"""Rubrics and inputs of every kind, chosen by a random generator."""

from datetime import date, timedelta
from decimal import Decimal

from services.supervision.assessment.inputs import (
    Exclusion,
    Figure,
    Inputs,
    Observation,
    Unit,
)
from shared.domain.quantities import Quantity, not_stated
from tests.support.assessment.made import label, plain

UNITS = [f"4101030{number:02}" for number in range(1, 9)]
SOURCES = {f"declared.figure_{letter}": "item" for letter in "abcdefgh"}


def case(random):
    """(content of a rubric's file, inputs)."""
    content = rubric(random)
    return content, inputs(random, content)


def rubric(random):
    criteria = [_criterion(random, number) for number in range(random.randint(1, 5))]
    total = sum(Decimal(it["weight"]) for it in criteria)
    middle = random.randint(1, len(UNITS))
    groups = [group for group in (UNITS[:middle], UNITS[middle:]) if group]
    return {
        "version": "2017-1",
        "standing": "draft",
        "label": label(),
        "note": label(),
        "total": plain(total),
        "least_weight": random.choice([1, plain(total)]),
        "about_within": random.choice([0, 5, 10]),
        "appeal_days": 5,
        "groups": [
            {"code": code, "label": label(), "units": units}
            for code, units in zip("ab", groups, strict=False)
        ],
        "declared": [{"code": it, "label": label(), "unit": "item"} for it in SOURCES],
        "criteria": criteria,
    }


def _criterion(random, number):
    kind = random.choice(["share_of_target", "between", "rank_in_group", "observed"])
    sources = random.sample(sorted(SOURCES), 4)
    weight = random.choice([1, 5, 10, 15, "2.5", "33.33"])
    criterion = {
        "code": f"criterion_{'abcde'[number]}",
        "label": label(),
        "weight": weight,
        "formula": kind,
        "direction": "more",
    }
    for name, source in (("bonus", sources[2]), ("deduction", sources[3])):
        if random.random() < 0.4:
            criterion[name] = _steps(random, source)
    if kind == "observed":
        return criterion | {"out_of": random.choice([5, 10, 100]), "least": random.randint(1, 3)}
    criterion |= _measure(random, sources)
    if kind == "share_of_target":
        criterion["target"] = random.choice([1, 3, 50, "0.5"])
    if kind == "between":
        start, end = random.sample([0, 1, 4, 20, "7.5"], 2)
        criterion |= {"zero_at": start, "full_at": end}
        rises = Decimal(end) > Decimal(start)
        criterion["direction"] = "more" if rises else "less"
    if kind == "rank_in_group":
        criterion["direction"] = random.choice(["more", "less"])
    elif random.random() < 0.3:
        criterion["cap"] = plain(Decimal(weight) * 2)
    return criterion


def _measure(random, sources):
    if random.random() < 0.5:
        return {
            "measure": {"numerator": sources[0]},
            "chance": random.choice(["count", "none"]),
        }
    return {
        "measure": {
            "numerator": sources[0],
            "denominator": sources[1],
            "times": random.choice([1, 100]),
        },
        "chance": random.choice(["share", "count", "none"]),
        "least": random.choice([1, 5]),
    }


def _steps(random, source):
    return {
        "label": label(),
        "source": source,
        "above": random.choice([0, 2, 10]),
        "each": random.choice([1, 3, "0.5"]),
        "points": random.choice([1, 2, "0.25"]),
        "up_to": random.choice([1, 5]),
    }


def inputs(random, content):
    """Every figure of every unit, observations, and perhaps an exclusion."""
    return Inputs(
        period="2017-H1",
        units=tuple(Unit(code, f"unit {code}") for code in UNITS),
        figures=tuple(
            Figure(code, source, _quantity(random), (f"event:{code}:{source}",))
            for code in UNITS
            for source in SOURCES
        ),
        observations=tuple(_observations(random, content)),
        exclusions=tuple(exclusion(code) for code in UNITS if random.random() < 0.1),
    )


def _quantity(random):
    qualifier = random.choice(["exact"] * 6 + ["over", "about", "at_most", "not_stated"])
    if qualifier == "not_stated":
        return not_stated("item")
    return Quantity(Decimal(random.choice([0, 1, 2, 3, 4, 5, 7, 20, 50])), qualifier, "item")


def _observations(random, content):
    for criterion in content["criteria"]:
        if criterion["formula"] == "observed":
            for code in UNITS:
                for visit in range(random.randint(0, 3)):
                    yield Observation(
                        f"{criterion['code']}:{code}:{visit}",
                        code,
                        criterion["code"],
                        date(2017, 3, 1) + timedelta(days=visit),
                        Decimal(random.randint(0, criterion["out_of"])),
                        ("person:li.na",),
                    )


def exclusion(code):
    return Exclusion(code, label("合并"), "person:wang.fang", date(2017, 6, 30))
