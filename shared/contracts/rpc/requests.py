"""Reads the body of an RPC request: within the limits of limits.py, and nothing but JSON.

Kombu's own decoder has no limits, accepts NaN and Infinity, lets the last of two equal keys win and
makes dates of objects that look like kombu's.
"""

import json
import math
from collections import Counter
from typing import Any, NoReturn

from kombu.utils.json import dumps

from shared.contracts.limits import (
    NUMBER_CHARACTERS,
    REQUEST_BYTES,
    REQUEST_DEPTH,
    REQUEST_MARKS,
    REQUEST_VALUES,
)
from shared.domain.errors import ValidationFailed
from shared.domain.nesting import levels
from shared.domain.types import Json

CONTENT_TYPE = "application/json"
# In place of a field's name where the request as a whole is at fault.
WHOLE = "_body"
# The same where the answer would be too large.
ANSWER = "_answer"


def read(body: bytes, content_type: str | None) -> Json:
    """The arguments of a request by name. Raises ValidationFailed."""
    if content_type != CONTENT_TYPE:
        _refuse(f"The content type must be {CONTENT_TYPE}.")
    require_size(body)
    request = _decoded(body)
    if not isinstance(request, dict) or not isinstance(request.get("kwargs"), dict):
        _refuse("Must be an object with `args` and `kwargs`.")
    if request.get("args"):
        raise ValidationFailed(
            {"_args": ["Must be left out: give arguments by name, such as period."]}
        )
    arguments: Json = request["kwargs"]
    return arguments


def require_size(body: bytes) -> None:
    """Callers check the same before they send. Raises ValidationFailed."""
    if len(body) > REQUEST_BYTES:
        _refuse(f"Has {len(body)} bytes: must be at most {REQUEST_BYTES}.")


def encoded(content: Json) -> bytes:
    """The body of a request or an answer."""
    try:
        text: str = dumps(content, default_kwargs={"ensure_ascii": False})
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate. The reader refuses it with the name of its field.
        text = dumps(content)
        return text.encode()


def _decoded(body: bytes) -> Any:
    if sum(map(body.count, (b",", b"[", b"{"))) > REQUEST_MARKS:
        _refuse(_MANY)
    try:
        request = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        _refuse(f"Must be JSON in UTF-8: {_problem(error)}.")
    _require_few(request)
    return request


_MANY = f"Has too many values: must be at most {REQUEST_VALUES} elements of lists and objects."


def _require_few(request: Any) -> None:
    values = 0
    for depth, level in enumerate(levels(request)):
        values += len(level)
        if values > REQUEST_VALUES:
            _refuse(_MANY)
        if depth > REQUEST_DEPTH:
            _refuse(
                f"Is too deep: must be at most {REQUEST_DEPTH} lists and objects in each other."
            )


class _NotJson(ValueError):
    """Accepted by Python's decoder. The message says why it isn't accepted here."""


def _problem(error: Exception) -> str:
    """What is wrong, without a part of the body."""
    if isinstance(error, _NotJson):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"wrong at character {error.pos + 1}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start + 1}"
    return "lists or objects too deep in each other"


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise _NotJson(f"the key {twice[:100]!r} is given twice")
    return found


def _constant(name: str) -> NoReturn:
    raise _NotJson(f"{name} is not a number of JSON")


def _number(text: str) -> str:
    if len(text) > NUMBER_CHARACTERS:
        reason = f"a number of {len(text)} characters: must be at most {NUMBER_CHARACTERS}"
        raise _NotJson(reason)
    return text


def _whole(text: str) -> int:
    return int(_number(text))


def _fraction(text: str) -> float:
    number = float(_number(text))
    if math.isinf(number):
        raise _NotJson("a number out of range")
    return number


def _refuse(problem: str) -> NoReturn:
    raise ValidationFailed({WHOLE: [problem]})


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
)
