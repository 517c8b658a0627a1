"""What the commendation of a year reads of the facts, besides the fold of its document."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from services.supervision.commendation.nominate import Counted
from services.supervision.commendation.rules import CommendationRules
from services.supervision.figures.fold import Contribution, counts, flows
from services.supervision.indicators import EVER
from services.supervision.indicators.rules import Rules
from services.supervision.proof.verify import UNREADABLE
from services.supervision.workflow.projection import Projection
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.nominations import STATION, TEAM, VOLUNTEER
from shared.domain.errors import Conflict
from shared.domain.report_periods import Year
from shared.domain.types import Event, Json

# Kind of a subject → the entity of its events.
ENTITIES = {
    TEAM: "volunteering.team",
    STATION: "volunteering.station",
    VOLUNTEER: "volunteering.volunteer",
}


class YearFacts:
    """`present` are the rules of the figures, with the programme's first week."""

    def __init__(self, projection: Projection, present: Rules) -> None:
        self.projection = projection
        self.present = present

    def unknown(self, ids: Iterable[str]) -> list[str]:
        """Those of these ids that are no facts, in their order."""
        given = list(ids)
        known = self.projection.facts.known(given)
        return [id for id in given if id not in known]

    def subject(self, kind: str, id: str) -> Json | None:
        """The last state of a team, a station or a volunteer; None where no event has the id."""
        types = [name for name in EVENT_TYPES if name.rsplit(".", 1)[0] == ENTITIES[kind]]
        return self.projection.facts.latest_data(id, types).get(id)

    def counted(self, year: int, rules: CommendationRules) -> Mapping[str, list[Counted]]:
        """Indicator → what it counts in the year by everything known now, for the indicators that
        the rules name. Raises Conflict where facts were changed by hand."""
        period = Year(year)
        wanted = {category.rule.indicator for category in rules.categories if category.rule}
        types = {name for code in wanted for name in EVER[code].feeds}
        marks = {state.source: state.mark for state in self.projection.source_states()}
        found: defaultdict[str, list[Counted]] = defaultdict(list)
        try:
            for events in self.projection.frozen_among(marks, {"type": {"$in": sorted(types)}}):
                for item in self._of_subject(events, period):
                    if item.indicator in wanted:
                        found[item.indicator].append(Counted(item.event, item.value))
        except UNREADABLE:
            reason = "facts of it can't be read: somebody changed them; verify names them"
            raise Conflict({"kind": "year", "id": str(year), "reason": reason}) from None
        return found

    def _of_subject(self, events: Iterable[Event], period: Year) -> Iterator[Contribution]:
        for item in flows(events, self.present, Year):
            if item.counts_in(period) and counts(item, self.present):
                yield item
