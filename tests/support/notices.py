"""Calendar notices of no real year."""

from datetime import date

from shared.domain.workdays import Notice


def notice(year, off=(), worked=()):
    """Days are given as (month, day); December belongs to the year before."""
    return Notice(year, _days(year, off), _days(year, worked))


def announcement(year, working=()):
    """The arguments of `announce_calendar`: the holidays that are in every year."""
    days = (("元旦", "01-01"), ("劳动节", "05-01"), ("国庆节", "10-01"))
    holidays = [
        {"name": name, "first": f"{year}-{day}", "last": f"{year}-{day}"} for name, day in days
    ]
    return {"year": year, "holidays": holidays, "working": list(working), "document": None}


def _days(year, given):
    return frozenset(date(year - (month == 12), month, day) for month, day in given)
