"""Resident identity numbers (公民身份号码), by GB 11643-1999."""

import re
from datetime import date

# Weights of the first 17 digits, and the check character for each remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def normal_id_number(text: str) -> str:
    """The ID number in upper case, without spaces. Raises ValueError, which never quotes it."""
    number = text.strip().upper()
    if not _ID_NUMBER.fullmatch(number):
        raise ValueError("Must be an ID number: 17 digits, then a digit or X.")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECKS[total % 11] != number[-1]:
        raise ValueError("The check character at the end is wrong: the number was mistyped.")
    birth_date(number)
    return number


def birth_date(number: str) -> date:
    """The day of birth in an ID number. Raises ValueError, which never quotes it."""
    year, month, day = number.strip()[6:10], number.strip()[10:12], number.strip()[12:14]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("The date of birth in it doesn't exist: it was mistyped.") from None
