"""What the office says for the assessments of the simulated year, and what the oracle of scores
needs: figures by the oracle of cells, and what was said."""

from datetime import timedelta
from functools import partial
from random import Random
from types import SimpleNamespace

from tests.support.district import naive
from tests.support.district.registry import MERGED, ORIGIN, SUBDISTRICTS

PEOPLE, OTHER = "person:office", "person:head"
# Figure → unit and values that it may have.
DECLARED = {
    "declared.residents": ("person", [900, 12_000, 41_200]),
    "declared.silent_reports": ("item", [0, 1, 7]),
    "declared.practices_promoted": ("item", [0, 2]),
}
# Of nothing there is no median, and visits are unknown where nobody reported any.
SAID = (naive.MEDIAN, "relief.visits_household")
QUALIFIERS = ("exact", "exact", "about", "over")
SCORES = ("70", "86.5", "92")
WORDS = {"zh": "示例", "en": "example"}


class Assessed:
    """`at(instant, act)` plans it for these half-years, on the last day of each."""

    def __init__(self, running, seed, half_years, at):
        self.running = running
        self.chance = Random(f"assessed:{seed}")
        # (half-year, unit, figure) → quantity, and (half-year, unit) → scores.
        self.declared, self.observed = {}, {}
        # Half-year → the unit that isn't assessed.
        self.excluded = {}
        for period in half_years:
            at(period.end - timedelta(hours=8), partial(self._say, period))

    def _say(self, period):
        for unit in sorted(set(SUBDISTRICTS) - {MERGED}):
            for figure, (of, values) in DECLARED.items():
                # What isn't declared is not stated.
                if self.chance.randrange(5):
                    self._declare(str(period), unit, figure, of, values)
            for number in range(self.chance.choice([1, 2, 3])):
                self._observe(period, unit, number)
        if period.number == 2:
            about = {"orgunit": ORIGIN, "period": str(period)}
            self._ask("exclude_from_assessment", ORIGIN, **about, reason=WORDS)
            self._ask("approve_exclusion", ORIGIN, OTHER, **about)
            self.excluded[str(period)] = ORIGIN

    def _declare(self, period, unit, figure, of, values):
        value = self.chance.choice(values)
        # 0 is exact.
        qualifier = self.chance.choice(QUALIFIERS) if value else "exact"
        quantity = {"value": str(value), "unit": of, "qualifier": qualifier}
        self.declared[period, unit, figure] = quantity
        given = {"orgunit": unit, "period": period, "figure": figure, "source": WORDS}
        self._ask("declare_figure", f"{unit}:{figure}", **given, quantity=quantity)

    def _observe(self, period, unit, number):
        day = period.last_day - timedelta(days=20 + number)
        score = self.chance.choice(SCORES)
        self.observed.setdefault((str(period), unit), []).append(score)
        when = {"time": f"{day}T00:00:00+08:00", "timeprecision": "day"}
        who = {"observers": [OTHER], "occasion": WORDS}
        about = {"orgunit": unit, "criterion": "on_site", "score": score}
        self._ask("record_observation", f"{period}:{unit}:{number}", **about, **when, **who)

    def _ask(self, method, what, actor=PEOPLE, **given):
        identity = f"{method}:{given.get('period')}:{what}"
        return self.running.ask("supervision", method, command_id=identity, actor=actor, **given)

    def inputs(self, period, content, oracle, first):
        """For the oracle of scores: `oracle` has the cells, the programme began in `first`."""
        name = str(period)
        grouped = {unit for group in content["groups"] for unit in group["units"]}
        units = sorted(grouped & oracle.units.keys() & set(SUBDISTRICTS))
        # The merged unit ended before the second half-year.
        units = [unit for unit in units if unit != MERGED or period.number == 1]
        sources = {source for it in content["criteria"] for source in _sources(it)}
        return SimpleNamespace(
            units=[SimpleNamespace(orgunit=unit) for unit in units],
            exclusions=[SimpleNamespace(orgunit=it) for it in [self.excluded.get(name)] if it],
            figures=[
                SimpleNamespace(
                    orgunit=unit,
                    source=source,
                    quantity=self._quantity(source, unit, period, oracle, first),
                )
                for unit in units
                for source in sources
            ],
            observations=[
                SimpleNamespace(orgunit=unit, criterion="on_site", score=score)
                for unit in units
                for score in self.observed.get((name, unit), [])
            ],
        )

    def _quantity(self, source, unit, period, oracle, first):
        if source.startswith("declared."):
            said = self.declared.get((str(period), unit, source))
            return SimpleNamespace(
                value=said and said["value"],
                qualifier=said["qualifier"] if said else "not_stated",
            )
        cell = oracle.cell(source, unit, period, first)
        if cell is None:
            # What services count is 0 then.
            if source in SAID:
                return SimpleNamespace(value=None, qualifier="not_stated")
            return SimpleNamespace(value=0, qualifier="exact")
        return SimpleNamespace(value=cell.value, qualifier=cell.qualifier)


def _sources(criterion):
    measure = criterion.get("measure") or {}
    yield from (measure[part] for part in ("numerator", "denominator") if measure.get(part))
    yield from (criterion[part]["source"] for part in ("bonus", "deduction") if criterion.get(part))
