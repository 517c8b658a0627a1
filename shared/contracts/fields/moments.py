"""Instants, days and weeks."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields.base import Said, nullable
from shared.contracts.fields.forms import DATE, HALF_YEAR, INSTANT, MONTH, PERIOD, WEEK, YEAR
from shared.contracts.fields.published import (
    CHECKS,
    HALF_YEAR_FORMAT,
    MONTH_FORMAT,
    PERIOD_FORMAT,
    WEEK_FORMAT,
    YEAR_FORMAT,
    text_of,
)
from shared.domain.types import Json


class Checked(Said, fields.String):
    """Text of a pattern that the check of its format turns into a value, or refuses."""

    pattern = ""
    format = ""
    form = ""

    @property
    def example(self) -> str:
        return self.form.rsplit("such as ", 1)[1]

    def wanted(self) -> str:
        return self.form

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.make_error("invalid")
        try:
            return CHECKS[self.format].read(value)
        except ValueError as error:
            raise ValidationError(f"Must be {self.form}: {error}.") from error

    def _jsonschema_type_mapping(self) -> Json:
        return nullable(text_of(self.pattern) | {"format": self.format}, self)


class Instant(Checked):
    """RFC 3339 with offset → aware datetime."""

    pattern, format = INSTANT, "date-time"
    form = "an instant with its offset, such as 2017-02-06T09:30:00+08:00"


class Day(Checked):
    """A calendar date → `date`."""

    pattern, format = DATE, "date"
    form = "a date, such as 2017-02-06"


class Week(Checked):
    """An ISO week such as 2017-W06 → Period, with a week before it and one after it."""

    pattern, format = WEEK, WEEK_FORMAT
    form = "an ISO week, such as 2017-W06"


class Month(Checked):
    """A calendar month such as 2017-02 → Period, with a month before it and one after it."""

    pattern, format = MONTH, MONTH_FORMAT
    form = "a month, such as 2017-02"


class HalfYear(Checked):
    """A half-year such as 2017-H1 → Period, with one before it and one after it."""

    pattern, format = HALF_YEAR, HALF_YEAR_FORMAT
    form = "a half-year, such as 2017-H1"


class Year(Checked):
    """A calendar year such as 2017 → Period, with one before it and one after it."""

    pattern, format = YEAR, YEAR_FORMAT
    form = "a year, such as 2017"


class ReportPeriod(Checked):
    """A period that has a report: an ISO week, a month, a half-year or a year → Period."""

    pattern, format = PERIOD, PERIOD_FORMAT
    form = "a week, a month, a half-year or a year, such as 2017-W06"

    def _jsonschema_type_mapping(self) -> Json:
        # One by one, so that it can be seen that what takes any period takes a week.
        choices = [text_of(kind.pattern) | {"format": kind.format} for kind in PERIODS]
        return {"anyOf": [*choices, {"type": "null"}] if self.allow_none else choices}


PERIODS: tuple[type[Checked], ...] = (Week, Month, HalfYear, Year)
