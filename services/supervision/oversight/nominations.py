"""Nominations for a year's commendation, and the applications of its rules."""

from collections.abc import Iterable

from mongoengine import DictField, IntField, ListField, StringField

from services.supervision.oversight.schema_state import SchemaState
from services.supervision.oversight.staff import PERSON
from shared.aggregates.aggregate import Aggregate, Step, derived_id
from shared.contracts.envelope import Moment
from shared.contracts.events.nominations import BY_PERSON, NominationState, ScreeningState
from shared.domain.errors import Forbidden
from shared.domain.orgunits import SUBDISTRICT
from shared.domain.types import Json


def nomination_id(year: int, category: str, subject: str) -> str:
    """A subject is nominated once in a category of a year."""
    return derived_id(f"nomination:{year}:{category}:{subject}")


def screening_id(year: int) -> str:
    return f"screening:{year}"


def require_person(actor: str, action: str) -> None:
    """Raises Forbidden for an actor that isn't a person."""
    if not actor.startswith(PERSON):
        raise Forbidden({"actor": actor, "reason": f"a person {action}, by name"})


class Nomination(SchemaState, Aggregate):
    """nominated → chosen or passed_over; the decision may be taken anew."""

    entity = "supervision.nomination"
    state_schema = NominationState
    steps = {
        "choose": Step(("nominated", "passed_over"), "chosen"),
        "pass_over": Step(("nominated", "chosen"), "passed_over"),
    }

    status = StringField(required=True, default="nominated")
    year = IntField(required=True)
    category = StringField(required=True)
    kind = StringField(required=True)
    subject = StringField(required=True)
    name = StringField()
    by = StringField(required=True)
    rules_version = StringField(required=True)
    figure = DictField(default=None)
    grounds = DictField(default=None)
    evidence = ListField(StringField())
    more = IntField(required=True, default=0)
    nominated_by = DictField(required=True)
    decided_by = DictField(default=None)
    reason = DictField(default=None)

    def make(self, moment: Moment) -> None:
        self.record("supervision.nomination.made", moment)

    def choose(
        self,
        who: Json,
        others: Iterable["Nomination"],
        most: int,
        most_of_unit: int | None,
        moment: Moment,
    ) -> None:
        """`others` are the other nominations of the category that were chosen. Raises Conflict
        where there are as many as the rules allow, Forbidden for who nominated it."""
        self.require("choose")
        self._require_other_person(who)
        chosen = list(others)
        of_unit = [it for it in chosen if it.subdistrict == self.subdistrict]
        self._require_room("category", chosen, most)
        if most_of_unit is not None:
            self._require_room("unit", of_unit, most_of_unit)
        self.step("choose")
        self.decided_by, self.reason = who, None
        self.record("supervision.nomination.chosen", moment)

    def pass_over(self, who: Json, reason: Json, moment: Moment) -> None:
        """Raises Forbidden for who nominated it."""
        self.require("pass_over")
        self._require_other_person(who)
        self.step("pass_over")
        self.decided_by, self.reason = who, reason
        self.record("supervision.nomination.passed_over", moment)

    @property
    def subdistrict(self) -> str:
        code: str = self.orgunit
        return code[:SUBDISTRICT]

    def _require_other_person(self, who: Json) -> None:
        actor = who["actor"]
        require_person(actor, "decides")
        if self.by == BY_PERSON and actor == self.nominated_by["actor"]:
            reason = "nominated it: another person has to decide"
            raise Forbidden({"actor": actor, "reason": reason})

    def _require_room(self, of: str, chosen: list["Nomination"], most: int) -> None:
        if len(chosen) >= most:
            reason = f"as many are chosen as the rules allow in one {of}"
            self.refuse(category=self.category, reason=reason, most=most)


class Screening(SchemaState, Aggregate):
    """The last application of the rules to a year."""

    entity = "supervision.screening"
    state_schema = ScreeningState

    year = IntField(required=True)
    rules_version = StringField(required=True)
    categories = ListField(DictField())

    def make(self, rules_version: str, categories: list[Json], moment: Moment) -> None:
        self.rules_version, self.categories = rules_version, categories
        self.record("supervision.screening.made", moment)
