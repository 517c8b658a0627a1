"""What most commands of a service do: open one aggregate, or move one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from shared.aggregates.aggregate import Aggregate, AnyAggregate, Command
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.types import Json


class When(TypedDict):
    """The arguments of a command that say when something happened."""

    time: datetime
    timeprecision: str


class Where(When):
    """The arguments of a command that say when and in which org unit something happened."""

    orgunit: str


class AggregateCommands:
    """Base of services and of the mixins that bring methods; they have `books` and `place`."""

    repository: Repository
    place: Callable[..., tuple[str, Moment]]
    moment: Callable[..., Moment]

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
        """A new aggregate with `state`; `act` gets it with the moment.

        `where` is unit, time and precision as `place` takes them. Raises NotFound for the first of
        `needs`, (kind, id) pairs, that isn't there; an id of None needs nothing.
        """
        orgunit, moment = self.place(**where)
        for needed, id in needs:
            if id is not None:
                self.repository.get(needed, id)
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
    ) -> Json:
        """What `act` does to an aggregate at a moment."""
        moment = self.moment(**when)
        return self.repository.change(kind, id, command, lambda moved: act(moved, moment))
