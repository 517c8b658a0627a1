"""Declared stocks: a count at a date, with its source, where single records aren't known."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.fields import Amount, Choice, Text
from shared.domain.service_names import NAMES


def stock_declared(service: str, stocks: dict[str, str]) -> EventType:
    """The event type of a service's declared stocks; `stocks` maps each stock to its unit."""
    state = type(
        f"{service.title()}StockState",
        (Schema,),
        {
            "__doc__": "`level` is the stock at the event's time, `stock` its kind.",
            "stock": Choice(stocks, required=True),
            "level": Amount(*sorted(set(stocks.values())), required=True),
            "reported_by": Text(allow_none=True),
        },
    )
    zh, en = NAMES[service]
    return EventType(
        f"{service}.stock.declared", 1, state, f"{zh}存量申报", f"{en}: stock declared"
    )
