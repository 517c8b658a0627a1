"""Reports that are known only to their week, in a report on a longer period: how many there are,
and to which period each week went that lies in two."""

from collections import Counter
from collections.abc import Iterable

from shared.contracts.event_times import week_of
from shared.contracts.reports import is_report
from shared.domain.periods import Period, Week
from shared.domain.types import Event, Json


class KnownToWeek:
    """Of a report on this period. Add the events of every subject of which something happened in a
    week that the period touches. In a report on a week there is nothing to say."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self._weeks = [] if isinstance(period, Week) else _touching(period)
        self._reports = Counter[Week]()

    def add(self, events: Iterable[Event]) -> None:
        for event in events if self._weeks else ():
            if event["timeprecision"] == "week" and _is_of_a_day(event):
                self._reports[week_of(event)] += 1

    def part(self) -> Json:
        """`weeks` are those that lie in two periods, each with the period to which it belongs."""
        return {
            "events": sum(self._reports[week] for week in self.period.weeks()),
            "weeks": [
                {
                    "week": str(week),
                    "first_day": week.first_day.isoformat(),
                    "last_day": week.last_day.isoformat(),
                    "period": str(self.period.of_week(week)),
                    "events": self._reports[week],
                }
                for week in self._weeks
                if self._lies_in_two(week)
            ],
        }

    def _lies_in_two(self, week: Week) -> bool:
        return self.period.of_day(week.first_day) != self.period.of_day(week.last_day)


def _is_of_a_day(event: Event) -> bool:
    """Is it a report of something that had its day? A nil report is of a week anyway."""
    return is_report(event) and not event["type"].endswith(".nil.reported")


def _touching(period: Period) -> list[Week]:
    """Every week of which a day is in the period, in order."""
    found = [Week.of_day(period.first_day)]
    while found[-1].last_day < period.last_day:
        found.append(found[-1].next())
    return found
