"""The erasure of a person: all that identifies the person goes, and what was counted stays."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from mongoengine import BinaryField, MapField, StringField

from shared.aggregates.aggregate import Aggregate, AnyAggregate, Command
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.errors import Conflict
from shared.domain.periods import format_instant
from shared.domain.types import Document, Event, Json

ALREADY = "erased already"


class Erasable:
    """Mixin of an aggregate with personal data.

    After the erasure its document holds the ground and no text about the person. The events say as
    much as before, under the same pseudonymous id, so that no figure changes.
    """

    # The first two parts of its event types.
    entity: ClassVar[str]

    # Encrypted field by field; never part of `state`.
    personal = MapField(BinaryField())
    # The ground on which the person was erased, a key of GROUNDS; by whom, and when.
    erased = StringField()
    erased_by = StringField()
    erased_at = StringField()

    def erase(self: Any, ground: str, actor: str, moment: Moment) -> None:
        """Raises Conflict while a case of the person runs, and where that was done before."""
        if self.erased:
            self.refuse(action="erase", reason=ALREADY)
        self.require_no_case()
        self.forget()
        self.erased, self.erased_by = ground, actor
        self.erased_at = format_instant(moment.time)
        self.record(f"{self.entity}.erased", moment)

    def forget(self: Any) -> None:
        """Delete all that says something about the person."""
        self.personal, self.reason = {}, None

    def to_document(self: Any) -> Document:
        """Without an empty field of personal data: what was deleted is gone."""
        document: Document = super().to_document()  # type: ignore[misc]  # the aggregate has it
        if not document["personal"]:
            del document["personal"]
        return document

    def restore_state(self: Any, data: Json, events: Sequence[Event]) -> None:
        """Who was erased since the copy is erased in it too."""
        super().restore_state(data, events)  # type: ignore[misc]  # the aggregate has it
        if self.erased:
            self.forget()

    def still_missing(self: Any, verbs: Collection[str]) -> list[str]:
        found: list[str] = super().still_missing(verbs)  # type: ignore[misc]
        return [name for name in found if name != "personal"] if self.erased else found

    def require_no_case(self) -> None:
        """Raise Conflict with what is still open."""
        raise NotImplementedError


def erase(
    repository: Repository,
    kind: type[AnyAggregate],
    command: Command,
    id: str,
    ground: str,
) -> Json:
    """Carry out a service's erasure. Repeated, also by another command, it changes nothing more.

    Raises NotFound, and the Conflict that says what is still open.
    """

    def act(person: Any) -> None:
        person.erase(ground, command.actor, Moment(command.recorded))

    try:
        return repository.change(kind, id, command, act)
    except Conflict as conflict:
        if conflict.data.get("reason") != ALREADY:
            raise
    return repository.note(kind, id, command)


def erasures(
    repository: Repository, kind: type[Aggregate], after: str | None, limit: int | None
) -> list[Json]:
    """Who was erased, when, by whom and on what ground; by id, up to `limit` with ids above
    `after`."""
    query = {"erased": {"$exists": True}} | ({"_id": {"$gt": after}} if after else {})
    found = repository.fields(kind, ("_id", "erased", "erased_by", "erased_at"), **query)
    return sorted(map(_erasure, found), key=lambda erasure: str(erasure["id"]))[:limit]


def _erasure(document: Json) -> Json:
    return {
        "id": document["_id"],
        "ground": document["erased"],
        "actor": document["erased_by"],
        "recorded": document["erased_at"],
    }
