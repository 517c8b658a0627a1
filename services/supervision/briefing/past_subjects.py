"""The subjects of which a briefing has nothing but their part in the totals of all weeks.

Most facts of years are of them: all that happened to such a subject was long before the week, and
nothing of it is standing, open or reported in it. For these it is enough to fold their flows.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import cache

from services.supervision.figures.as_of import precedence
from services.supervision.figures.fold import by_indicator
from services.supervision.indicators.reporting import ALWAYS, CARRIED_OVER, SAID_OF_PERIOD
from services.supervision.indicators.rules import Rules
from shared.contracts.week_summary import SEALED
from shared.domain.periods import Period, Week
from shared.domain.types import Event

# Words about weeks that may be others than the event's own.
ABOUT_OTHER_WEEKS = (SEALED, ".nil.reported")
# Of times in this zone, as all times are written since then, the text begins with the local day.
ZONE, SINCE = "+08:00", "1992"


class PastSubjects:
    """Of the briefing of a week that has cells of the weeks from `first` on."""

    def __init__(self, period: Period, first: Period, rules: Rules) -> None:
        self.rules = rules
        # In the programme's first week anything older may be listed.
        self._has_any = period != rules.first_week
        self._since = str(rules.first_week.first_day) if rules.first_week else SINCE
        # What is known to a week is written with its Monday, which may be before a month.
        self._until = str(Week.of_day(first.first_day).first_day)
        self._entered_until = str(period.previous().cutoff.date() - timedelta(days=1))

    def __contains__(self, events: Collection[Event]) -> bool:
        """Is the subject of all these events one of them?"""
        return self._has_any and all(map(self._is_past, events)) and not self._stands(events)

    def _is_past(self, event: Event) -> bool:
        """Did it happen, and was it entered, before any week that matters, and carries over
        nothing?"""
        time, entered = event["time"], event["recordedtime"]
        if not (
            self._since <= time[:10] < self._until
            and SINCE <= entered[:10] < self._entered_until
            and time.endswith(ZONE)
            and entered.endswith(ZONE)
        ):
            return False
        statuses = _carried_over(event["type"])
        return statuses is not None and event["data"].get("status") not in statuses

    def _stands(self, events: Collection[Event]) -> bool:
        """Does a level stand after the last of them? Others have ended in earlier weeks."""
        return any(
            indicator.since and indicator.since(max(feeding, key=precedence)["data"]) is not None
            for indicator, feeding in by_indicator(events, self.rules.levels_fed_by)
        )


@cache
def _carried_over(event_type: str) -> tuple[str, ...] | None:
    """The statuses in which a subject is carried over; None for what may concern any week."""
    entity = event_type.rsplit(".", 1)[0]
    if entity in (*ALWAYS, *SAID_OF_PERIOD) or event_type.endswith(ABOUT_OTHER_WEEKS):
        return None
    return CARRIED_OVER.get(entity, ())
