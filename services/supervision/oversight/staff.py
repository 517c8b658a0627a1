"""The staff register: by which name and office the people are printed who work on issues."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NoReturn

from mongoengine import DictField, ListField, StringField

from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.contracts.events.staff import MOST_TERMS, StaffState
from shared.domain.errors import ValidationFailed
from shared.domain.types import Json

PERSON = "person:"
PRINTED = ("name", "office")


def staff_id(code: str) -> str:
    return f"staff:{code}"


def printed_as(repository: Repository, actor: str, day: date) -> Json:
    """How a person is printed: name and office, by language, as the register has them for that
    day. Both are null where it has none."""
    code = actor.removeprefix(PERSON)
    found = repository.find(Staff, _id=staff_id(code)) if actor.startswith(PERSON) else []
    term = found[0].term_on(day) if found else None
    return {name: dict(term[name]) if term else None for name in PRINTED}


class Staff(SchemaState, Aggregate):
    """A staff member with the terms of office, the last of which may be open. The code never
    becomes somebody else's."""

    entity = "supervision.staff"
    state_schema = StaffState

    code = StringField(required=True)
    terms = ListField(DictField(), required=True)
    # Of the last correction.
    reason = StringField()

    def begin(self, term: Json, moment: Moment) -> None:
        """Add a term of office. Raises Conflict while the one before is open, ValidationFailed
        where they overlap."""
        if self.terms and not self.terms[-1]["valid_to"]:
            self.refuse(reason="holds an office already; end that term first, or correct it")
        if len(self.terms) == MOST_TERMS:
            self.refuse(reason=f"has {MOST_TERMS} terms of office already")
        self._replace([*self.terms, _stored(term)])
        self.record("supervision.staff.registered", moment)

    def correct(self, parts: Mapping[str, Any], reason: str, moment: Moment) -> None:
        """Restate the last term; a part that is left out keeps its value."""
        self._replace([*self.terms[:-1], dict(self.terms[-1]) | _stored(parts)])
        self.reason = reason
        self.record("supervision.staff.corrected", moment)

    def end(self, valid_to: date, moment: Moment) -> None:
        """`valid_to` is the first day without the office."""
        if self.terms[-1]["valid_to"]:
            self.refuse(reason="the term has an end already; correct it")
        last = dict(self.terms[-1]) | {"valid_to": valid_to.isoformat()}
        self._replace([*self.terms[:-1], last])
        self.record("supervision.staff.ended", moment)

    def term_on(self, day: date) -> Json | None:
        """The term of office of that day; None where there is none."""
        text = day.isoformat()
        held = (
            term
            for term in self.terms
            if term["valid_from"] <= text and (not term["valid_to"] or text < term["valid_to"])
        )
        return next(held, None)

    def _replace(self, terms: list[Json]) -> None:
        """Take these terms, which have to follow each other."""
        last = terms[-1]
        if last["valid_to"] and last["valid_to"] <= last["valid_from"]:
            example = date.fromisoformat(last["valid_from"]) + timedelta(days=1)
            _refuse("valid_to", "a day after valid_from", example.isoformat())
        if len(terms) > 1 and last["valid_from"] < terms[-2]["valid_to"]:
            wanted = "a day at or after the end of the term before"
            _refuse("valid_from", wanted, terms[-2]["valid_to"])
        self.terms = terms


def _stored(parts: Mapping[str, Any]) -> Json:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in parts.items()
    }


def _refuse(field: str, wanted: str, example: str) -> NoReturn:
    raise ValidationFailed({field: [f"Must be {wanted}, such as {example}."]})
