"""A reader who tries to get suppressed figures back, from every public document of one indicator.

It writes down one equation for each printed number: of a cell, of last week's figure, of a week of
the trend, of the sum since the beginning. The unknowns are what each unit reported itself, in each
document. It computes what follows by linear programming in fractions, and shares no code with the
editions.

It is stronger than any real reader: it knows which units reported the same in two documents of a
week, which units above a community reported nothing themselves, and which suppressed cells are 0.
"""

from collections import defaultdict
from fractions import Fraction


def within(unit, other):
    return unit.startswith(other)


class Attacker:
    """`documents` are public ones, in the order of their publication. `truth` maps (period,
    revision) to what each unit reported. Only what is equal, and what is 0, is used of it."""

    def __init__(self, documents, indicator, truth):
        self.documents, self.indicator, self.truth = documents, indicator, truth
        self.equations, self.at_least = [], []
        self._names = {}
        self._published = defaultdict(list)
        for document in documents:
            self._read(document)
        self.simplify()

    def _read(self, document):
        key = (document["period"], document["revision"])
        self._published[document["period"]].append(key)
        rows = {
            cell["orgunit"]: cell
            for cell in document["cells"]
            if cell["indicator"] == self.indicator
        }
        self._rename(key)
        for unit, row in rows.items():
            whole = self.parts(key, unit)
            if row["status"] == "suppressed":
                # A revision lists a suppressed cell also where it has become 0.
                if sum(self.truth[key][it] for it in self.truth[key] if within(it, unit)):
                    self.at_least.append((whole, Fraction(1)))
            else:
                self._equal(whole, row["value"])
            self._other_weeks(key, unit, row)
        self._trend(document)
        if document["revision"] == 0:
            self._listed(key, rows)

    def _rename(self, key):
        """An unknown that is known to be that of the document before has its name."""
        period, _ = key
        earlier = self._published[period][:-1]
        for unit, value in self.truth[key].items():
            same = earlier and self.truth[earlier[-1]][unit] == value
            self._names[key, unit] = self._names[earlier[-1], unit] if same else (key, unit)
            if len(unit) < 12 and value == 0:
                self._equal({self._names[key, unit]: Fraction(1)}, 0)

    def _listed(self, key, rows):
        """A first document lists every cell beside a suppressed one: what isn't listed is 0."""
        for unit, row in rows.items():
            if row["status"] != "suppressed":
                continue
            for other in self.truth[key]:
                if len(other) == len(unit) and other[:-3] == unit[:-3] and other not in rows:
                    self._equal(self.parts(key, other), 0)

    def _other_weeks(self, key, unit, row):
        weeks = sorted(self._published)
        place = weeks.index(key[0])
        before, since = row["previous"], row["cumulative"]
        if place and before and before["value"] is not None:
            self._equal(self.parts(self._published[weeks[place - 1]][-1], unit), before["value"])
        if since and since["qualifier"] == "exact" and since["status"] == "complete":
            whole = defaultdict(Fraction)
            for week in weeks[: place + 1]:
                known = key if week == key[0] else self._published[week][-1]
                for name, factor in self.parts(known, unit).items():
                    whole[name] += factor
            self._equal(whole, since["value"])

    def _trend(self, document):
        weeks = [it["weeks"] for it in document["trends"] if it["indicator"] == self.indicator]
        for shown in (week for row in weeks for week in row):
            published = self._published[shown["period"]]
            if published and shown["value"] is not None:
                district = document["masthead"]["district"]
                self._equal(self.parts(published[-1], district), shown["value"])

    def parts(self, key, unit):
        """The unknowns that add up to a cell."""
        found = defaultdict(Fraction)
        for other in self.truth[key]:
            if within(other, unit):
                found[self._names[key, other]] += 1
        return found

    def _equal(self, parts, value):
        self.equations.append((dict(parts), Fraction(value or 0)))

    def simplify(self):
        """Shorter equations that say the same: unknowns that must be 0 are left out, and an
        equation that is part of another one is subtracted from it."""
        none, shorter = set(), True
        while shorter:
            shorter = False
            for number, (parts, value) in enumerate(self.equations):
                left = {name: factor for name, factor in parts.items() if name not in none}
                self.equations[number] = (left, value)
                if value == 0 and all(factor > 0 for factor in left.values()) and left:
                    none |= left.keys()
                    shorter = True
            self.equations = [it for it in self.equations if it[0]]
            self.equations.sort(key=lambda it: len(it[0]))
            for number, (parts, value) in enumerate(self.equations):
                for other in range(number + 1, len(self.equations)):
                    whole, sum_ = self.equations[other]
                    if (
                        all(whole.get(name, 0) >= factor for name, factor in parts.items())
                        and parts
                    ):
                        rest = {name: it - parts.get(name, 0) for name, it in whole.items()}
                        rest = {name: it for name, it in rest.items() if it}
                        self.equations[other] = (rest, sum_ - value)
                        shorter = True
            self.equations = [it for it in self.equations if it[0]]
        self.none = none
        self.at_least = [
            ({name: it for name, it in parts.items() if name not in none}, value)
            for parts, value in self.at_least
        ]

    def range(self, key, unit):
        """The lowest and the highest value that the cell can have; None where it has no bound."""
        parts = self.parts(key, unit).items()
        wanted = {name: factor for name, factor in parts if name not in self.none}
        equations, at_least = self._about(wanted)
        names = sorted({name for parts, _ in [*equations, *at_least] for name in parts} | {*wanted})
        rows = [[parts.get(name, 0) for name in names] for parts, _ in equations]
        rows = [row + [0] * len(at_least) for row in rows]
        for number, (parts, _) in enumerate(at_least):
            surplus = [-int(number == other) for other in range(len(at_least))]
            rows.append([parts.get(name, 0) for name in names] + surplus)
        right = [value for _, value in [*equations, *at_least]]
        goal = [Fraction(wanted.get(name, 0)) for name in names] + [Fraction(0)] * len(at_least)
        lowest = highest(rows, right, [-factor for factor in goal])
        return (None if lowest is None else -lowest, highest(rows, right, goal))

    def _about(self, wanted):
        """The equations that have anything to do with these unknowns."""
        names, found = set(wanted), ([], [])
        waiting = [
            (kind, it) for kind, all_ in enumerate((self.equations, self.at_least)) for it in all_
        ]
        grown = True
        while grown:
            grown, rest = False, []
            for kind, it in waiting:
                if names & it[0].keys():
                    names |= it[0].keys()
                    found[kind].append(it)
                    grown = True
                else:
                    rest.append((kind, it))
            waiting = rest
        return found


class Impossible(Exception):
    """The equations have no solution."""


def highest(rows, right, goal):
    """The maximum of `goal` where rows · x = right and x ≥ 0; None without a bound.

    The simplex method in fractions, with Bland's rule. Raises Impossible.
    """
    number = len(goal)
    table = []
    for place, (row, value) in enumerate(zip(rows, right, strict=True)):
        sign = -1 if value < 0 else 1
        helpers = [Fraction(int(place == other)) for other in range(len(rows))]
        table.append([Fraction(sign * part) for part in row] + helpers + [Fraction(sign * value)])
    basis = [number + place for place in range(len(rows))]
    helpers_goal = [Fraction(0)] * number + [Fraction(-1)] * len(rows)
    _improve(table, basis, helpers_goal, number + len(rows))
    if any(row[-1] for row, column in zip(table, basis, strict=True) if column >= number):
        raise Impossible
    for place in range(len(table)):
        if basis[place] >= number:
            column = next((it for it in range(number) if table[place][it]), None)
            if column is not None:
                _pivot(table, basis, place, column)
    kept = [place for place in range(len(table)) if basis[place] < number]
    table = [table[place][:number] + table[place][-1:] for place in kept]
    basis = [basis[place] for place in kept]
    if not _improve(table, basis, list(goal), number):
        return None
    return sum(
        (goal[column] * row[-1] for row, column in zip(table, basis, strict=True)), Fraction(0)
    )


def _improve(table, basis, goal, number):
    """Pivot until the goal is at its maximum; False where it has none."""
    while True:
        gains = list(goal)
        for row, column in zip(table, basis, strict=True):
            if goal[column]:
                gains = [gain - goal[column] * part for gain, part in zip(gains, row, strict=False)]
        entering = next((column for column in range(number) if gains[column] > 0), None)
        if entering is None:
            return True
        ratios = [
            (row[-1] / row[entering], basis[place], place)
            for place, row in enumerate(table)
            if row[entering] > 0
        ]
        if not ratios:
            return False
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table, basis, place, column):
    factor = table[place][column]
    table[place] = [part / factor for part in table[place]]
    for other, row in enumerate(table):
        if other != place and row[column]:
            times = row[column]
            table[other] = [part - times * own for part, own in zip(row, table[place], strict=True)]
    basis[place] = column
