"""Texts of a public edition."""

import re
from collections.abc import Iterator
from typing import Any

from shared.domain.types import Json

LEFT_OUT = {"zh": "公开版从略", "en": "left out of the public edition"}

# How many people, households or orders: a text with such a number may repeat a suppressed figure.
_CHINESE = re.compile(
    r"[0-9０-９一二两三四五六七八九十百千万几数][多余来几]?\s*"
    r"(?:名|位|户|人|个人|人次|单|例|对|岁|个?(?:家庭|居民|老人|孩子|儿童|学生|志愿者))"
)
_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a (?:couple|few|dozen))"
_WHO = (
    r"(?:people|persons?|residents?|households?|famil(?:y|ies)|orders?|visits?|child(?:ren)?|wom[ae]n"
    r"|m[ae]n|elders?|patients?|volunteers?|seekers?|hires?|students?|pupils?|members?|beneficiar\w+)"
)
_ENGLISH = re.compile(rf"\b{_NUMBER}\b(?: \S+){{0,2}} {_WHO}\b", re.IGNORECASE)
# Names with a number in them.
_NAMES = re.compile("二七")


def counts_people(words: Any) -> bool:
    """Does a text, or any text in a part of a document, give a number of people?"""
    return any(
        _CHINESE.search(text) or _ENGLISH.search(text)
        for text in (_NAMES.sub(" ", it) for it in _texts(words))
    )


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)


def unless_counting(words: Json) -> Json:
    """The words, or that they are left out because they count people."""
    return LEFT_OUT if counts_people(words) else words
