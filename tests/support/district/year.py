"""A year of a district, lived through by its services: seeded, with everything that offices do
wrong, and an issue of every week, month and half-year, and of the year. It has a week 53.

Commands are given in the order in which they were entered, each at its own time; some are entered
weeks after what they tell of.
"""

import heapq
import itertools
import json
import uuid
from datetime import datetime, time, timedelta
from random import Random

from shared.domain.errors import Conflict, NeedsConfirmation
from shared.domain.orgunits import SUBDISTRICT
from shared.domain.periods import SHANGHAI, Week, interval_end, parse_instant
from shared.domain.report_periods import HalfYear, Month, Year
from tests.support.district import registry
from tests.support.district.assessed import Assessed
from tests.support.district.groups import Groups
from tests.support.district.ledger import Command, Ledger
from tests.support.district.mistakes import MISTAKES
from tests.support.district.stories import STORIES, Reported

WEEKS = 53
PERIODS = [Week.of_day(registry.day(week, 0)) for week in range(WEEKS)]


def _within(kind):
    """The periods of a kind that begin in the year and are over, with their cut-off, when the last
    week is."""
    period, found = kind.of_day(PERIODS[0].last_day), []
    while period.cutoff <= PERIODS[-1].cutoff:
        found.append(period)
        period = period.next()
    return found


LONGER = [period for kind in (Month, HalfYear, Year) for period in _within(kind)]
# Precision → how often, in a hundred.
PRECISIONS = {"second": 50, "part_of_day": 10, "day": 30, "week": 10}
QUALIFIERS = {"exact": 80, "over": 12, "about": 8}
# In a hundred: entered on the same day, within the week, and up to three weeks later.
DELAYS = {1: 60, 5: 30, 20: 10}
# Of a hundred commands so many are given twice.
REPEATED = 3
# Of a hundred stories so many tell of a mistake.
MISTAKEN = 35
# A week of the time to which a clock jumps.
FUTURE = Week(2028, 10)
OFFICE, HEAD = "person:office", "person:head"


class Entered(Reported):
    """What one story of the year is made of."""

    def __init__(self, key, chance, day):
        super().__init__(key, chance, now_text=None)
        self.unit = chance.choice(registry.units_on(day))
        self.day, self.last = day, min(day + timedelta(9), registry.last_day(self.unit))
        self._vague = True

    def precisely(self):
        self._vague = False

    def then(self, **arguments):
        precision = _drawn(self.chance, PRECISIONS) if self._vague else "second"
        return {
            "actor": "person:caller",
            "time": _beginning(self.day, precision).isoformat(),
            "timeprecision": precision,
            **arguments,
        }

    def here(self, **arguments):
        return self.then(orgunit=self.unit, **arguments)

    now = here

    def amount(self, unit, most=30):
        return super().amount(unit, most) | {"qualifier": _drawn(self.chance, QUALIFIERS)}

    def own_instant(self):
        """An instant of the day that no other story has."""
        seconds = int(self._key.rsplit(":", 1)[1])
        return (_beginning(self.day, "day") + timedelta(seconds=seconds)).isoformat()

    def another_unit(self):
        """One that can report what happened in the week of the day."""
        monday = self.day - timedelta(self.day.weekday())
        units = set(registry.units_on(monday)) & set(registry.units_on(monday + timedelta(6)))
        return self.chance.choice(sorted(units))

    def another_week(self):
        self.day += timedelta(self.chance.choice([-7, -6, 6, 8]))


def _drawn(chance, shares):
    [one] = chance.choices(list(shares), shares.values())
    return one


def _beginning(day, precision):
    """The instant that stands for the interval."""
    if precision == "week":
        day -= timedelta(day.weekday())
    return datetime.combine(day, time(9, 30) if precision == "second" else time(0), SHANGHAI)


class LivedYear:
    """About `commands` commands in the `running` services. `issues` are the documents that it
    published, in their order."""

    def __init__(self, running, seed, commands):
        self.running = running
        self.seed = seed
        self.chance = Random(f"year:{seed}")
        self.ledger = Ledger()
        self.issues = []
        # (week, reason) of publications that were refused, as they had to be.
        self.refused = []
        # Commands with unlikely values.
        self.confirmed = []
        # Week → a unit that reported nil of its clinics.
        self.nil = {}
        self._drafted_early = set()
        self._waiting = []
        self._order = itertools.count()
        self._numbers = itertools.count()
        self._plan(commands)
        self.groups = Groups(running, seed, PERIODS, self._at)
        self.assessed = Assessed(running, seed, _within(HalfYear), self._at)

    def live(self):
        """Everything that happens until the last issue is published."""
        while self._waiting:
            at, _, act = heapq.heappop(self._waiting)
            if at > PERIODS[-1].cutoff + timedelta(hours=1):
                break
            self.running.set_clock(at)
            act()

    # --- what is planned from the beginning

    def _plan(self, commands):
        for method, arguments in registry.BEGINNING:
            self._at(PERIODS[0].start - timedelta(days=1), self._registry(method, arguments))
        self._at(PERIODS[0].start - timedelta(hours=1), self.running.settled)
        for act in registry.LATER:
            entered = datetime.combine(act.entered, time(8), SHANGHAI)
            self._at(entered, self._registry(act.method, act.arguments))
            self._at(entered, self.running.settled)
        stories = max(1, commands // (3 * WEEKS))
        for number, period in enumerate(PERIODS):
            for _ in range(stories):
                self._begin(period.first_day + timedelta(self.chance.randrange(7)))
            self._plan_office(number, period)
        for number, period in enumerate(LONGER):
            self._at(period.cutoff + timedelta(minutes=7), lambda it=period: self._publish(it))
            if number % 3 == 2:
                late = period.cutoff + timedelta(days=9, minutes=7)
                self._at(late, lambda it=period: self._revise(it))

    def _plan_office(self, number, period):
        cutoff = period.cutoff
        if number % 5 == 2:
            self._at(period.start + timedelta(days=2), lambda: self._draft_early(period))
        if number in (10, 14):
            self._at(period.start + timedelta(days=3), lambda: self._lose_the_time(number))
        self._at(cutoff - timedelta(hours=3), lambda: self._report_nil(period))
        self._at(cutoff + timedelta(minutes=5), lambda: self._publish(period))
        if number % 6 == 5:
            old = PERIODS[number - 3]
            self._at(cutoff + timedelta(minutes=10), lambda: self._revise(old))

    def _at(self, instant, act):
        heapq.heappush(self._waiting, (instant, next(self._order), act))

    def _registry(self, method, arguments):
        given = {"actor": registry.ACTOR, **arguments}
        return lambda: self._give("supervision", method, given)

    # --- stories

    def _begin(self, day):
        told = Entered(f"{self.seed}:{next(self._numbers)}", self.chance, day)
        if self.chance.randrange(100) < MISTAKEN:
            story = self.chance.choice(MISTAKES)
        else:
            story = self.chance.choice(STORIES[self.chance.choice(sorted(STORIES))])
        self._go_on(story(told), None, datetime.combine(day, time(0), SHANGHAI))

    def _go_on(self, story, result, earliest):
        """The story's next command, when it is entered."""
        step = next(story, None) if result is None else _sent(story, result)
        if step is None:
            return
        service, method, arguments = step
        delay = timedelta(minutes=self.chance.randrange(1, _drawn(self.chance, DELAYS) * 24 * 60))
        entered = max(earliest, _end(arguments, earliest) + delay)

        def act():
            self._go_on(story, self._give(service, method, arguments), entered)

        self._at(entered, act)

    def _give(self, service, method, arguments):
        command = Command(f"year:{len(self.ledger)}", service, method, arguments)
        for _ in range(2 if self.chance.randrange(100) < REPEATED else 1):
            result = self._confirmed(command)
            self.ledger.acknowledge(command, result)
        return result

    def _confirmed(self, command):
        """What is unlikely is confirmed with the same id."""
        given = {"command_id": command.id, **command.arguments}
        try:
            return self.running.ask(command.service, command.method, **given)
        except NeedsConfirmation:
            self.confirmed.append(command)
            return self.running.ask(command.service, command.method, **given, confirm_unlikely=True)

    # --- the office

    def _office(self, method, **arguments):
        given = {"command_id": str(uuid.UUID(int=self.chance.getrandbits(128)))}
        given["actor"] = OFFICE
        return self.running.ask("supervision", method, **given | arguments)

    def _draft_early(self, period):
        self._office("draft_briefing", period=str(period))
        self._approve(period)
        self._drafted_early.add(period)

    def _lose_the_time(self, number):
        """A clock that jumps: years ahead, or some days back, while somebody enters something."""
        now = self.running.now
        jump = timedelta(days=4_000) if number == 10 else -timedelta(days=3)
        self.running.set_clock(now + jump)
        self._begin_now(now.date() - timedelta(8))
        self.running.settled()
        if number == 10:
            self._office("draft_briefing", period=str(FUTURE))
        self.running.set_clock(now)
        if number == 10:
            self._office("discard_briefing", period=str(FUTURE), reason="时钟有误")

    def _begin_now(self, day):
        told = Entered(f"{self.seed}:{next(self._numbers)}", self.chance, day)
        told.precisely()
        given = told.here(kind="household", visits=told.amount("visit"))
        self._give("relief", "record_visits", given)

    def _report_nil(self, period):
        """A unit without a clinic reports that; now and then one was forgotten."""
        quiet = [
            unit
            for unit in registry.units_on(period.first_day)
            if len(unit) == SUBDISTRICT and not self._has_reported(unit, "clinics", period)
        ]
        if not quiet:
            return
        unit = self.chance.choice(quiet)
        given = {"actor": OFFICE, "orgunit": unit, "period": str(period)}
        self._give("clinics", "report_nil", given)
        if self.chance.randrange(3) == 0:
            self._give("clinics", "plan_clinic", self._forgotten(unit, period))
        self.nil[str(period)] = unit

    def _forgotten(self, unit, period):
        told = Entered(f"{self.seed}:{next(self._numbers)}", self.chance, period.first_day)
        told.precisely()
        return told.then(orgunit=unit, venue="广场", planned_for=str(period.last_day))

    def _has_reported(self, unit, service, period):
        """Has anything of the week been reported of the sub-district to the service?"""
        return any(
            entry.command.service == service
            and _happened_in(entry.command.arguments, period)
            and entry.command.arguments.get("orgunit", "").startswith(unit)
            for entry in self.ledger.entries()
        )

    def _publish(self, period):
        self.running.settled()
        if period in self._drafted_early:
            self._try_early_draft(period)
        self._office("draft_briefing", period=str(period))
        self._approve(period)
        self._office("publish_briefing", period=str(period))
        self._keep(period)

    def _try_early_draft(self, period):
        try:
            self._office("publish_briefing", period=str(period))
        except Conflict as conflict:
            self.refused.append((str(period), conflict.data["reason"]))

    def _revise(self, period):
        proposal = self.running.ask("supervision", "revision_proposal", period=str(period))
        if proposal["changes"] or proposal["told_differently"]:
            reason = {"zh": "补报与更正", "en": "late facts and corrections"}
            self._office("revise_briefing", period=str(period), reason=reason)
            self._approve(period)
            self._office("publish_briefing", period=str(period))
            self._keep(period)

    def _approve(self, period):
        read = {"period": str(period), "content_digest": self._read(period)}
        self._office("approve_briefing", actor=HEAD, **read)

    def _read(self, period):
        return self._show(period)["content_digest"]

    def _show(self, period):
        return json.loads(self.running.ask("supervision", "briefing", period=str(period)))

    def _keep(self, period):
        self.issues.append(self._show(period))


def _happened_in(arguments, period):
    return "time" not in arguments or Week.of(parse_instant(arguments["time"])) == period


def _end(arguments, earliest):
    """The end of the time in which it happened; of what has no time, when it may be entered."""
    if "time" not in arguments:
        return earliest
    return interval_end(parse_instant(arguments["time"]), arguments["timeprecision"])


def _sent(story, result):
    try:
        return story.send(result)
    except StopIteration:
        return None
