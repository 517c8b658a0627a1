"""The two forms of most commands: create one aggregate, or change one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from shared.aggregates.aggregate import Aggregate, AnyAggregate, Command
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.types import Json
from shared.domain.workdays import Calendar
from shared.service.service_context import ServiceContext

# The arguments of a correction that aren't parts of the state.
NOT_PARTS = {"time", "timeprecision", "orgunit", "withdrawn", "still_standing", "reason"}


class When(TypedDict):
    """The arguments of a command that say when something happened."""

    time: datetime
    timeprecision: str


class Where(When):
    """The arguments of a command that say when and in which org unit something happened."""

    orgunit: str


class AggregateCommands:
    """Base of the services and of their mixins, which have `repository`, `place` and `moment`."""

    repository: Repository
    place: Callable[..., tuple[str, Moment]]
    moment: Callable[..., Moment]
    context: ServiceContext

    def present_calendar(self) -> Calendar:
        """The working days by everything known now."""
        return self.context.calendar.present()

    def _open(
        self,
        kind: type[AnyAggregate],
        command: Command,
        where: Mapping[str, object],
        act: Callable[[AnyAggregate, Moment], object],
        /,
        identity: str | None = None,
        needs: Iterable[tuple[type[Aggregate], str | None]] = (),
        **state: Any,
    ) -> Json:
        """Create an aggregate with `state`; `act` gets it and the moment.

        `where` has the arguments of `place`: unit, time and precision. `needs` are (kind, id) pairs
        of aggregates that must exist, where an id isn't None. Raises NotFound for a missing one,
        Conflict for one that was withdrawn.
        """
        orgunit, moment = self.place(**where)
        for needed, id in needs:
            if id is not None:
                self.repository.get(needed, id).require_there()
        return self.repository.create(
            kind,
            command,
            lambda opened: act(opened, moment),
            identity=identity,
            orgunit=orgunit,
            **state,
        )

    def _move(
        self,
        kind: type[AnyAggregate],
        command: Command,
        id: str,
        when: Mapping[str, object],
        act: Callable[[AnyAggregate, Moment], object],
        orgunit: str | None = None,
    ) -> Json:
        """Change an aggregate with `act`, which gets it and the moment. Where an `orgunit` is
        given, it belongs to that unit, which has to be valid at the moment."""
        moment = self.moment(**when)
        if orgunit:
            self.place(orgunit, **when)

        def change(moved: AnyAggregate) -> None:
            if orgunit and orgunit != moved.orgunit:
                moved.move_to(orgunit)
            act(moved, moment)

        return self.repository.change(kind, id, command, change)

    def _correct(
        self,
        kind: type[Any],
        command: Command,
        id: str,
        correction: Json,
        check: Callable[[Any, Moment], object] = lambda corrected, at: None,
        **more: object,
    ) -> Json:
        """Carry out the `correct` of something that began at a time, such as a station.

        `correction` has the arguments of the contract's Correction, and the corrected parts.
        `check` gets the corrected aggregate, and raises where others rest on what would be no more.
        `more` is passed to the aggregate's `correct`.
        """
        parts = {name: value for name, value in correction.items() if name not in NOT_PARTS}
        when = {name: correction[name] for name in ("time", "timeprecision")}
        still_standing = correction.get("still_standing", False)

        def correct(corrected: Any, at: Moment) -> None:
            reason, withdrawn = correction["reason"], correction["withdrawn"]
            corrected.correct(parts, withdrawn, still_standing, reason, at, **more)
            check(corrected, at)

        return self._move(kind, command, id, when, correct, correction["orgunit"])
