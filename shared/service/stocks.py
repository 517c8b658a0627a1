"""Declared stocks: a count at a date, where single records aren't known.

Their events: shared/contracts/events/stock.py.
"""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, ClassVar

from mongoengine import BooleanField, DictField, StringField

from shared.aggregates.aggregate import AnyAggregate, Command, moment_of
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.periods import format_instant, parse_instant
from shared.domain.quantities import Quantity
from shared.domain.types import Event, Json


class DeclaredStock:
    """The stock of a unit at an instant; a later declaration for the same instant replaces it.

    A service with declared stocks has `class Stock(DeclaredStock, Aggregate)`.
    """

    service: ClassVar[str]
    follows: ClassVar[dict[str, tuple[str, ...]]] = {"withdrawn": ("declared",)}
    record: Callable[[str, Moment], None]
    require_there: Callable[[], None]
    moment_of: Callable[[str], Moment | None]

    stock = StringField(required=True)
    level = DictField(required=True)
    reported_by = StringField()
    # The instant of the stock, as text that sorts by time.
    as_of = StringField(default="")
    withdrawn = BooleanField(default=False)
    reason = StringField()

    def state(self) -> Json:
        plain = ("stock", "reported_by", "withdrawn", "reason")
        return {name: getattr(self, name) for name in plain} | {"level": dict(self.level)}

    def restore_state(self: Any, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)  # type: ignore[misc]  # the aggregate has it
        self.as_of = format_instant(moment_of(events[-1]).time)

    def declare(self, level: Json, reported_by: str | None, moment: Moment) -> None:
        self.level, self.reported_by = level, reported_by
        self.withdrawn, self.reason = False, None
        self.as_of = format_instant(moment.time)
        self.record(f"{self.service}.stock.declared", moment)

    def withdraw(self, reason: str) -> None:
        """It was declared by mistake, such as for another unit or day: it counts in no week. Raises
        Conflict where it is withdrawn already."""
        self.require_there()
        self.withdrawn, self.reason = True, reason
        # The same instant again, so that no week is left in which the declaration counts. Releases
        # before 0.3 didn't store how precisely it is known.
        declared = self.moment_of("declared") or Moment(parse_instant(self.as_of))
        self.record(f"{self.service}.stock.withdrawn", declared)


def declare_stock(
    repository: Repository,
    kind: type[AnyAggregate],
    command: Command,
    place: tuple[str, Moment],
    stock: str,
    level: Quantity,
    reported_by: str | None,
) -> Json:
    """Carry out a service's `declare_stock`; `kind` is its class Stock.

    There is one aggregate for each unit, stock and instant, whose versions order the declarations.
    """
    orgunit, moment = place
    at = moment.time.astimezone(UTC)
    return repository.put(
        kind,
        f"stock:{orgunit}:{stock}:{at:%Y%m%dT%H%M%S%f}",
        command,
        lambda declared: declared.declare(level.to_json(), reported_by, moment),
        orgunit=orgunit,
        stock=stock,
    )
