"""The series of reports: each kind of period has one, with numbers and event types of its own."""

from dataclasses import dataclass

from shared.domain.periods import Period, Week


@dataclass(frozen=True)
class Series:
    """`name` is in ids, event types and documents."""

    name: str
    period: type[Period]


SERIES = (Series("briefing", Week),)
SERIES_NAMES = tuple(series.name for series in SERIES)


def series_of(period: Period) -> Series:
    """The series of a period's report. Raises LookupError where such periods have no report."""
    for series in SERIES:
        if series.period is type(period):
            return series
    raise LookupError(f"there are no reports of {period}")


def issue_id(period: Period, revision: int = 0) -> str:
    """The id of an issue: briefing:2017-W06:r0."""
    return f"{series_of(period).name}:{period}:r{revision}"


def event_types(*verbs: str) -> tuple[str, ...]:
    """The event types with these verbs, of every series."""
    return tuple(f"supervision.{name}.{verb}" for name in SERIES_NAMES for verb in verbs)
