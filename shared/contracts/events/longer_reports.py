"""Events of the reports of longer periods: summary, assessment and commendation. They say what the
events of a briefing say, of a period of their own kind."""

from marshmallow import Schema

from shared.contracts.events.briefing import EVENTS as OF_BRIEFINGS
from shared.contracts.events.declare import EventType
from shared.contracts.fields import Checked, Choice, HalfYear, Month, Year
from shared.contracts.series import SERIES, Series
from shared.domain import report_periods
from shared.domain.periods import Period

_FIELDS: dict[type[Period], type[Checked]] = {
    report_periods.Month: Month,
    report_periods.HalfYear: HalfYear,
    report_periods.Year: Year,
}


def _schema(of_briefing: type[Schema], series: Series) -> type[Schema]:
    name = of_briefing.__name__.rstrip("2").replace("Briefing", series.name.capitalize())
    own = {
        "__doc__": of_briefing.__doc__,
        "period": _FIELDS[series.period](required=True),
        "series": Choice([series.name], required=True),
    }
    return type(name, (of_briefing,), own)


def _event(of_briefing: EventType, series: Series) -> EventType:
    """The first version of the type of another series: as the newest one of a briefing."""
    return EventType(
        of_briefing.name.replace(".briefing.", f".{series.name}."),
        1,
        _schema(of_briefing.data, series),
        _named(of_briefing.zh, "通报", series.zh, "："),
        _named(of_briefing.en, "briefing", series.en, ": "),
    )


def _named(text: str, briefing: str, report: str, colon: str) -> str:
    """What people read of a type, of another report than a briefing."""
    return text.replace(briefing, report) if briefing in text else f"{report}{colon}{text}"


EVENTS = [_event(it, series) for series in SERIES[1:] for it in OF_BRIEFINGS]
