"""An independent oracle of working days: explicit sets of days, counted one by one."""

from datetime import date, timedelta

import chinese_calendar

DAY = timedelta(days=1)


class NaiveCalendar:
    """Every day from 2003 on with what it is: worked, off, or not known."""

    def __init__(self, entered, until=None):
        newest = max(chinese_calendar.holidays).year
        until = until or date(newest + 10, 12, 31)
        self.worked, self.unknown = set(), {}
        day = date(2003, 1, 1)
        while day <= until:
            self._put(day, newest)
            day += DAY
        for notice in entered:
            self._enter(notice)

    def _put(self, day, newest):
        # The library's years, each with the last week of December that belongs to the next one.
        if date(2003, 12, 25) <= day < date(newest, 12, 25):
            works = day in chinese_calendar.workdays or (
                day.weekday() not in (5, 6) and day not in chinese_calendar.holidays
            )
        else:
            works = day.weekday() not in (5, 6)
            self.unknown[day] = day.year + 1 if (day.month, day.day) > (12, 24) else day.year
        if works:
            self.worked.add(day)

    def _enter(self, notice):
        day = date(notice.year - 1, 12, 25)
        while day != date(notice.year, 12, 25):
            self.unknown.pop(day, None)
            self.worked.discard(day)
            if day in notice.worked or (day.weekday() not in (5, 6) and day not in notice.off):
                self.worked.add(day)
            day += DAY

    def due(self, after, count):
        left = sorted(day for day in self.worked if day > after)
        return after if count == 0 else left[count - 1]

    def awaits(self, after, due):
        """The year of the first day on the way that nobody knows."""
        crossed = sorted(day for day in self.unknown if after < day <= due)
        return self.unknown[crossed[0]] if crossed else None
