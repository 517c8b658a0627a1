"""RPC methods for the staff register."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.supervision.oversight.staff import Staff, staff_id
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
from shared.contracts.rpc import staff
from shared.domain.errors import Conflict
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(staff.METHODS)


class StaffCommands(AggregateCommands):
    @rpc
    def register_staff(self, command: Command, code: str, **term: Any) -> Json:
        """A person takes an office: the first one, or the next one after a term that has ended."""
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        now = Moment(command.recorded)
        return self.repository.put(
            Staff,
            staff_id(code),
            command,
            lambda person: person.begin(term, now),
            orgunit=district,
            code=code,
        )

    @rpc
    def correct_staff(self, command: Command, code: str, reason: str, **parts: Any) -> Json:
        """Put a mistake in the last term of office right. Published issues stay as they are."""
        return self._on_staff(command, code, lambda person, now: person.correct(parts, reason, now))

    @rpc
    def end_staff(self, command: Command, code: str, valid_to: date) -> Json:
        """A person leaves the office."""
        return self._on_staff(command, code, lambda person, now: person.end(valid_to, now))

    @rpc
    def staff(self, after: str | None, limit: int | None) -> list[Json]:
        """The staff register, with all terms of office."""
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self.repository.page(Staff, after, limit)
        ]

    def _on_staff(self, command: Command, code: str, act: Callable[[Staff, Moment], None]) -> Json:
        now = Moment(command.recorded)
        return self.repository.change(
            Staff, staff_id(code), command, lambda person: act(person, now)
        )
