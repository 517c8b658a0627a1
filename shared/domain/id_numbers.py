"""Resident identity numbers (公民身份号码), by GB 11643-1999."""

import re
from datetime import date

# Weights of the first 17 digits, and the check character for each remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# The example is that of the standard, and nobody's.
_FORM = "Must be an ID number of 17 digits and a digit or X, such as 11010519491231002X"
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def normal_id_number(text: str) -> str:
    """The ID number in upper case, without spaces. Raises ValueError, which never quotes it."""
    number = text.strip().upper()
    if not _ID_NUMBER.fullmatch(number):
        raise ValueError(f"{_FORM}.")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECKS[total % 11] != number[-1]:
        raise ValueError(f"{_FORM}: the check character at the end is wrong, so it was mistyped.")
    birth_date(number)
    return number


def birth_date(number: str) -> date:
    """The day of birth in an ID number. Raises ValueError, which never quotes it."""
    year, month, day = number.strip()[6:10], number.strip()[10:12], number.strip()[12:14]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(
            f"{_FORM}: the date of birth in it doesn't exist, so it was mistyped."
        ) from None
