"""The last weeks of the district's headline figures, week by week."""

from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.table import figure_at
from services.supervision.indicators.reporting import TRENDS
from shared.domain.types import Json


def trends(week: FoldedWeek) -> list[Json]:
    """Each indicator with its weeks, the earliest first: none before the programme's first week."""
    begins = min(week.first_period or week.period, week.period)
    weeks = sorted((period, it) for period, it in {**week.recent, **week.earlier}.items())
    return [
        {
            "indicator": code,
            "weeks": [
                {"period": str(period)} | figure_at(week, indicator, cells, week.district)
                for period, cells in weeks
                if period >= begins
            ],
        }
        for code in TRENDS
        if (indicator := week.rules.indicators.get(code))
    ]
