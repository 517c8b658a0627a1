"""The series of reports: each kind of period has one, with numbers and event types of its own."""

from dataclasses import dataclass

from shared.domain.periods import Period, Week
from shared.domain.report_periods import HalfYear, Month, Year


@dataclass(frozen=True)
class Series:
    """`name` is in ids, event types and documents; `zh` and `en` are what readers call it."""

    name: str
    period: type[Period]
    zh: str
    en: str


SERIES = (
    Series("briefing", Week, "周通报", "briefing"),
    Series("summary", Month, "月小结", "monthly summary"),
    Series("assessment", HalfYear, "半年考核", "half-year assessment"),
    Series("commendation", Year, "年底表彰", "year-end commendation"),
)
SERIES_NAMES = tuple(series.name for series in SERIES)
_OF_PERIOD = {series.period: series for series in SERIES}


def series_of(period: Period) -> Series:
    """The series of a period's report."""
    return _OF_PERIOD[type(period)]


def issue_id(period: Period, revision: int = 0) -> str:
    """The id of an issue: briefing:2017-W06:r0."""
    return f"{series_of(period).name}:{period}:r{revision}"


def report_keys(*verbs: str) -> tuple[str, ...]:
    """The routing keys of supervision's events with these verbs, of every series."""
    return tuple(f"{name}.{verb}" for name in SERIES_NAMES for verb in verbs)


def event_types(*verbs: str) -> tuple[str, ...]:
    """The event types with these verbs, of every series."""
    return tuple(f"supervision.{key}" for key in report_keys(*verbs))
