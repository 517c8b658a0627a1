"""Declared stocks: where an office knows only a count, of a date, from a source."""

from marshmallow import Schema

from shared.fields import Amount, Choice, Text


class StockState(Schema):
    """`level` as of the event's time. `stock` says of what."""

    stock = Choice(["merchants"], required=True)
    level = Amount("merchant", required=True)
    reported_by = Text(allow_none=True)
