"""Volunteering's rules: configuration of the programme, each with its reason."""

from decimal import Decimal

from shared.aggregates.personal import keyed_hash

# A day longer than this needs somebody else than who recorded it to verify it.
LONG_DAY = Decimal(8)
# Nobody serves longer in a day, whatever is written down.
DAILY_CAP = Decimal(16)


def pseudonym(key: bytes, id_number: str) -> str:
    """The id that stands for a person: the same for the same ID number."""
    return keyed_hash(key, id_number)[:32]


def needs_another(value: Decimal) -> bool:
    """Must somebody else verify so many hours of one day?"""
    return value > LONG_DAY
