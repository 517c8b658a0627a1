"""Instants, days and weeks."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields.base import Said, nullable
from shared.contracts.fields.forms import DATE, INSTANT, WEEK
from shared.contracts.fields.published import CHECKS, WEEK_FORMAT, text_of
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
