"""Text: of a pattern, for people, as it came."""

import re
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.fields.base import UNKNOWN, Said, nullable, shown
from shared.contracts.fields.forms import (
    ACTOR,
    DIGEST,
    DIGEST_START,
    FORMS,
    ID,
    INDICATOR,
    NAME,
    ORGUNIT,
    PLAIN,
    PLAIN_FORM,
    TEXT,
)
from shared.contracts.fields.published import plain_text, text_of
from shared.domain.types import Json
from shared.domain.visible_text import visible
from shared.domain.wording import LANGUAGES


class Text(Said, fields.String):
    """Printable text of 1 to `longest` characters that isn't blank, or text of a pattern.

    Plain text is taken in normal form and without characters that nobody sees (visible_text.py).
    """

    def __init__(self, longest: int = NAME, pattern: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.pattern = pattern or PLAIN
        self._match = re.compile(rf"(?:{self.pattern})\Z").match
        self._form = FORMS.get(pattern, f"text of the form {pattern}") if pattern else PLAIN_FORM

    @property
    def example(self) -> str:
        return self._form.rsplit("such as ", 1)[1].strip('"')

    def wanted(self) -> str:
        return self._form

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.longest:
            longest = f"at most {self.longest} characters long"
            raise ValidationError(f"Must be {longest}: {self.wanted()}.")
        text = visible(value) if self.pattern == PLAIN else value
        if not self._match(text):
            raise ValidationError(f"Must be {self._form}.")
        return text

    def _jsonschema_type_mapping(self) -> Json:
        if self.pattern == PLAIN:
            return nullable(plain_text(self.longest), self)
        return nullable(text_of(self.pattern) | {"maxLength": self.longest}, self)


class Words(Said, fields.Field[Json]):
    """Text for people, in Chinese, English or both: {"zh": …, "en": …}, at least one of them. With
    `chinese`, never in English alone."""

    def __init__(self, longest: int = TEXT, chinese: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = Text(longest=longest)
        self.chinese = chinese

    @property
    def example(self) -> Json:
        return {"zh": "大米", "en": "rice"}

    def wanted(self) -> str:
        parts = "zh, perhaps also en" if self.chinese else "zh, en or both"
        return f"an object with {parts}, such as {shown(self.example)}"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Json:
        if not isinstance(value, dict) or not value:
            raise self.make_error("invalid")
        unknown = {lang: [UNKNOWN] for lang in value if lang not in LANGUAGES}
        if unknown:
            raise ValidationError(unknown)
        if self.chinese and "zh" not in value:
            raise self.make_error("invalid")
        return {lang: self._read(lang, value) for lang in value}

    def _read(self, lang: str, value: Json) -> Any:
        try:
            return self.text.deserialize(value[lang])
        except ValidationError as error:
            raise ValidationError({lang: error.messages}) from None

    def _jsonschema_type_mapping(self) -> Json:
        text = self.text._jsonschema_type_mapping()
        return nullable(
            {
                "type": "object",
                "properties": dict.fromkeys(LANGUAGES, text),
                **({"required": ["zh"]} if self.chinese else {"minProperties": 1}),
                "additionalProperties": False,
            },
            self,
        )


class Id(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=ID, **kwargs)


class OrgUnit(Text):
    """A division code: district (6 digits), sub-district (9) or community (12)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=12, pattern=ORGUNIT, **kwargs)


class Actor(Text):
    """Who does it: `person:<id>` or `service:<name>`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=80, pattern=ACTOR, **kwargs)


class Digest(Text):
    """A SHA-256 in hexadecimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=DIGEST, **kwargs)


class DigestStart(Text):
    """The first 8 or more digits of a SHA-256: enough to tell which of two texts was read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=64, pattern=DIGEST_START, **kwargs)


class IndicatorCode(Text):
    """The code of an indicator, `<service>.<indicator>`. Supervision declares which exist."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=80, pattern=INDICATOR, **kwargs)


class RawText(fields.String):
    """Text as it came, in an answer: it may be empty and hold any character."""

    def __init__(self, longest: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if self.longest is not None and len(value) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        return value

    def _jsonschema_type_mapping(self) -> Json:
        longest = {} if self.longest is None else {"maxLength": self.longest}
        return nullable({"type": "string"} | longest, self)
