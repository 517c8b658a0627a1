"""Declared stocks: a count at a date, where single records aren't known.

Their events: shared/contracts/events/stock.py.
"""

from collections.abc import Callable
from datetime import UTC
from typing import ClassVar

from mongoengine import DictField, StringField

from shared.aggregates.aggregate import AnyAggregate, Command
from shared.aggregates.repository import Repository
from shared.contracts.envelope import Moment
from shared.domain.periods import format_instant
from shared.domain.quantities import Quantity
from shared.domain.types import Json


class DeclaredStock:
    """The stock of a unit at an instant; a later declaration for the same instant replaces it.

    A service with declared stocks has `class Stock(DeclaredStock, Aggregate)`.
    """

    service: ClassVar[str]
    record: Callable[[str, Moment], None]

    stock = StringField(required=True)
    level = DictField(required=True)
    reported_by = StringField()
    # The instant of the stock, as text that sorts by time.
    as_of = StringField(default="")

    def state(self) -> Json:
        return {"stock": self.stock, "level": dict(self.level), "reported_by": self.reported_by}

    def declare(self, level: Json, reported_by: str | None, moment: Moment) -> None:
        self.level, self.reported_by = level, reported_by
        self.as_of = format_instant(moment.time)
        self.record(f"{self.service}.stock.declared", moment)


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
