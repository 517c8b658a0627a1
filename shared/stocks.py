"""Declared stocks: where an office knows only a count, of a date. See shared/events/stock.py."""

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import ValidationError, validates_schema
from mongoengine import DictField, StringField

from shared.envelope import Moment
from shared.fields import Amount, Choice, Text
from shared.periods import format_instant
from shared.service import Happened
from shared.types import Json


class DeclaredStock:
    """One declaration. A service that takes them has `class Stock(DeclaredStock, Aggregate)`."""

    service: ClassVar[str]
    record: Callable[[str, Moment], None]

    stock = StringField(required=True)
    level = DictField(required=True)
    reported_by = StringField()
    # The instant that it is of, in the one form that sorts.
    as_of = StringField(default="")

    def state(self) -> Json:
        return {"stock": self.stock, "level": dict(self.level), "reported_by": self.reported_by}

    def declare(self, moment: Moment) -> None:
        self.as_of = format_instant(moment.time)
        self.record(f"{self.service}.stock.declared", moment)


def declare_stock_schema(stocks: dict[str, str]) -> type[Happened]:
    """What a service's `declare_stock` takes; `stocks` maps each stock to its unit."""

    class DeclareStock(Happened):
        stock = Choice(stocks, required=True)
        level = Amount(*dict.fromkeys(stocks.values()), required=True)
        reported_by = Text(load_default=None)

        @validates_schema
        def _counted_in_its_unit(self, data: Json, **_: Any) -> None:
            unit = stocks[data["stock"]]
            if data["level"].unit != unit:
                raise ValidationError({"level": {"unit": [f"Must be: {unit}."]}})

    return DeclareStock
