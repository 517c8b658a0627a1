"""Volunteering's rules: configuration of the programme, each with its reason."""

from decimal import Decimal

from shared.aggregates.personal import keyed_hash

# Above this, somebody else than the recorder has to verify the day.
LONG_DAY = Decimal(8)
# Nobody serves longer in a day, so a larger entry is a mistake.
DAILY_CAP = Decimal(16)


def pseudonym(key: bytes, id_number: str) -> str:
    """The id that stands for a person: the same for the same ID number."""
    return keyed_hash(key, id_number)[:32]


def needs_second_person(hours: Decimal) -> bool:
    """Must somebody else than the recorder verify so many hours of one day?"""
    return hours > LONG_DAY
