"""RPC methods for the year-end commendation: who is nominated, chosen, passed over."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.supervision.commendation.nominate import UNIT_DIGITS, Candidate, nominate
from services.supervision.commendation.released import rules_for, rules_of
from services.supervision.commendation.rules import Category, CommendationRules
from services.supervision.indicators import PRESENT
from services.supervision.oversight.nominations import (
    Nomination,
    Screening,
    nomination_id,
    require_person,
    screening_id,
)
from services.supervision.oversight.staff import printed_as
from services.supervision.workflow.projection import Projection
from services.supervision.workflow.year_facts import ENTITIES, YearFacts
from shared.aggregates.aggregate import Command, derived_id
from shared.contracts.envelope import Moment
from shared.contracts.events.nominations import BY_PERSON, BY_RULE, MOST_EVIDENCE
from shared.contracts.rpc import nominations
from shared.domain.errors import Conflict, ValidationFailed
from shared.domain.periods import SHANGHAI
from shared.domain.report_periods import Year
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

# Of a community's code, which begins with that of its sub-district.
EXAMPLE = "410103001001"

rpc = rpc_methods(nominations.METHODS)


class NominationCommands(AggregateCommands):
    projection: Projection

    @rpc
    def nominate(
        self,
        command: Command,
        year: int,
        category: str,
        subject: str,
        orgunit: str,
        **given: Any,
    ) -> Json:
        """A person nominates. Raises ValidationFailed for a year that has not begun or has no
        rules, for a subject or a unit that isn't known, and for evidence that isn't; Conflict where
        the subject is nominated in the category already; Forbidden for a service."""

        def make() -> Json:
            require_person(command.actor, "nominates")
            rules = self._rules(year)
            wanted = rules.category(category)
            name = self._name(wanted, subject, orgunit, year)
            self._require_evidence(given["evidence"])
            state = {"name": name, "by": BY_PERSON, **given}
            return self._make(command, rules, wanted, subject, orgunit, year=year, **state)

        return self.repository.once(command, make)

    @rpc
    def nominate_by_rules(self, command: Command, year: int) -> Json:
        """Nominate everyone whom the rules nominate by what is known now. Who is nominated already
        stays as it is. Raises ValidationFailed for a year that has not begun or has no rules."""

        def make() -> Json:
            rules = self._rules(year)
            found = nominate(rules, self.year_facts.counted(year, rules))
            for candidate in found:
                self._make_by_rule(command, rules, candidate, year)
            number = Counter(candidate.category for candidate in found)
            categories = [
                {"category": it.code, "nominated": number[it.code]} for it in rules.categories
            ]
            return self.repository.put(
                Screening,
                screening_id(year),
                command,
                lambda it: it.make(rules.version, categories, Moment(command.recorded)),
                orgunit=self._district(),
                year=year,
            )

        return self.repository.once(command, make)

    @rpc
    def choose_nominee(self, command: Command, id: str) -> Json:
        """A nominee is chosen, by another person than who nominated it. Raises Conflict where as
        many are chosen as the rules allow; Forbidden for who nominated it, and for a service."""

        def choose(nominee: Nomination, who: Json, moment: Moment) -> None:
            category = rules_of(nominee.rules_version).category(nominee.category)
            others = self.repository.find(
                Nomination,
                year=nominee.year,
                category=nominee.category,
                status="chosen",
                _id={"$ne": nominee.id},
            )
            nominee.choose(who, others, category.most, category.most_of_unit, moment)

        return self._decide(command, id, choose)

    @rpc
    def pass_over_nominee(self, command: Command, id: str, reason: Json) -> Json:
        """A nominee isn't chosen; the reason stays internal. Raises Forbidden for who nominated it,
        and for a service."""
        return self._decide(command, id, lambda it, who, moment: it.pass_over(who, reason, moment))

    @rpc
    def nominations(self, year: int, after: str | None, limit: int | None) -> list[Json]:
        """Everyone who was considered for a year's commendation, with the decisions."""
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.repository.page(Nomination, after, limit, year=year)
        ]

    @property
    def year_facts(self) -> YearFacts:
        return YearFacts(self.projection, PRESENT.beginning_in(self.context.settings.beginning))

    def _rules(self, year: int) -> CommendationRules:
        """The rules in force for a year that has begun."""
        begun = self.context.clock.now().astimezone(SHANGHAI).year
        if year > begun:
            raise ValidationFailed({"year": [f"Must be a year that has begun, such as {begun}."]})
        return rules_for(year)

    def _name(self, category: Category, subject: str, orgunit: str, year: int) -> str | None:
        """What the subject is called; None for a volunteer. Raises ValidationFailed where it isn't
        known, or isn't of the category's kind."""
        period = Year(year)
        problem = self.context.orgunits.problem(orgunit, period.first_day, period.last_day)
        if problem:
            raise ValidationFailed({"orgunit": [problem]})
        kind = category.kind
        if kind in UNIT_DIGITS:
            if len(orgunit) != UNIT_DIGITS[kind]:
                example = EXAMPLE[: UNIT_DIGITS[kind]]
                raise _refused("orgunit", f"the code of a {kind}", example)
            if subject != orgunit:
                raise _refused("subject", "the code that is in orgunit", orgunit)
            name: str = self.context.orgunits.all()[subject]["name"]
            return name
        if kind not in ENTITIES:
            return subject
        known = self.year_facts.subject(kind, subject)
        if known is None or known.get("withdrawn") or known.get("erased"):
            example = f"the subject of an event of {ENTITIES[kind]}"
            raise _refused("subject", f"the id of a {kind} that there is", example)
        return known.get("name")

    def _require_evidence(self, ids: list[str]) -> None:
        unknown = self.year_facts.unknown(ids)
        if unknown:
            example = f"those behind a figure, and not {unknown[0]}"
            raise _refused("evidence", "ids of events that supervision has", example)

    def _make_by_rule(
        self, command: Command, rules: CommendationRules, candidate: Candidate, year: int
    ) -> None:
        """A command of its own, whose id is derived from `command`. Where the call was interrupted,
        a repetition of it does the rest."""
        category = rules.category(candidate.category)
        identity = nomination_id(year, category.code, candidate.subject)
        if self.repository.ids(Nomination, _id=identity) or category.rule is None:
            return
        shown = candidate.evidence[:MOST_EVIDENCE]
        state = {
            "name": self._present_name(category, candidate.subject),
            "by": BY_RULE,
            "figure": {
                "indicator": category.rule.indicator,
                "figure": candidate.figure.to_json(),
            },
            "evidence": list(shown),
            "more": len(candidate.evidence) - len(shown),
        }
        own = replace(command, id=derived_id(f"{command.id}:{identity}"))
        subject, unit = candidate.subject, candidate.orgunit
        try:
            self._make(own, rules, category, subject, unit, year=year, **state)
        except Conflict:
            # A person nominated it at the same moment.
            if not self.repository.ids(Nomination, _id=identity):
                raise

    def _present_name(self, category: Category, subject: str) -> str | None:
        if category.kind in UNIT_DIGITS:
            unit = self.context.orgunits.all().get(subject)
            return unit["name"] if unit else None
        known = self.year_facts.subject(category.kind, subject)
        return known.get("name") if known else None

    def _make(
        self,
        command: Command,
        rules: CommendationRules,
        category: Category,
        subject: str,
        orgunit: str,
        **state: Any,
    ) -> Json:
        return self.repository.create(
            Nomination,
            command,
            lambda nominee: nominee.make(Moment(command.recorded)),
            identity=nomination_id(state["year"], category.code, subject),
            orgunit=orgunit,
            category=category.code,
            kind=category.kind,
            subject=subject,
            rules_version=rules.version,
            nominated_by=self._who(command),
            **state,
        )

    def _decide(
        self, command: Command, id: str, act: Callable[[Nomination, Json, Moment], None]
    ) -> Json:
        who, moment = self._who(command), Moment(command.recorded)
        return self.repository.change(
            Nomination, id, command, lambda nominee: act(nominee, who, moment)
        )

    def _who(self, command: Command) -> Json:
        """The person, and the office of that day."""
        day = command.recorded.astimezone(SHANGHAI).date()
        office = printed_as(self.repository, command.actor, day)["office"]
        return {"actor": command.actor, "office": office}

    def _district(self) -> str:
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        return district


def _refused(field: str, wanted: str, example: str) -> ValidationFailed:
    return ValidationFailed({field: [f"Must be {wanted}, such as {example}."]})
