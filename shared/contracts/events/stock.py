"""Declared stocks: a count at a date, with its source, where single records aren't known."""

from marshmallow import Schema

from shared.contracts.events.declare import EventType
from shared.contracts.fields import Amount, Choice, Flag, Text
from shared.domain.service_names import NAMES


def stock_events(service: str, stocks: dict[str, str]) -> list[EventType]:
    """The event types of a service's declared stocks; `stocks` maps each stock to its unit."""
    state = type(
        f"{service.title()}StockState",
        (Schema,),
        {
            "__doc__": "`level` is the stock at the event's time, `stock` its kind. `withdrawn` "
            "says that it was declared by mistake.",
            "stock": Choice(stocks, required=True),
            "level": Amount(*sorted(set(stocks.values())), required=True),
            "reported_by": Text(allow_none=True),
            "withdrawn": Flag(),
            "reason": Text(allow_none=True),
        },
    )
    zh, en = NAMES[service]
    words = {
        "declared": (f"{zh}存量申报", f"{en}: stock declared"),
        "withdrawn": (f"{zh}存量申报撤回", f"{en}: declared stock withdrawn"),
    }
    return [
        EventType(f"{service}.stock.{verb}", 1, state, *titles) for verb, titles in words.items()
    ]
