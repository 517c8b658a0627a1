"""Do the expectations of partners still hold? Each partner's file says what its program uses.

    {"calls": {"relief.order": {"arguments": {…}, "result": ["status", "items[].item"]}},
     "events": {"relief.order.raised.1": ["subject", "data.category", "data.rating?"]}}

`arguments` is a call as the partner makes it. The others are paths of fields that it reads: `[]`
for each entry of a list, `*` for each value of an object with codes as keys, `?` at the end where
it copes with a field that is left out or null.
"""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.envelope import EnvelopeSchema
from shared.contracts.events import published_versions
from shared.contracts.fields import Anything, Map, OneOf
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.declare import Method, Result
from shared.domain.types import Json

Field = fields.Field[Any]
# The parts of a quantity and of words are declared within their fields.
PARTS = {
    "Amount": {"value": True, "qualifier": False, "unit": False, "stated": True},
    "Words": {"zh": True, "en": True},
}


def problems(expectations: Json) -> Iterator[str]:
    """What the partner uses and the declarations don't promise any more."""
    for name, used in expectations.get("calls", {}).items():
        yield from (f"{name}: {problem}" for problem in _of_call(name, used))
    for name, paths in expectations.get("events", {}).items():
        yield from (f"{name}: {problem}" for problem in _of_event(name, paths))


def _of_call(name: str, used: Json) -> Iterator[str]:
    method = _method(name)
    if method is None:
        yield "no such method"
        return
    try:
        method.arguments().load(used["arguments"])
    except ValidationError as error:
        yield f"the call is refused: {error.normalized_messages()}"
    yield from _missing(_as_field(method.result), used.get("result", ()))


def _method(name: str) -> Method | None:
    service, _, method = name.partition(".")
    return (DECLARED[COMMON] | DECLARED.get(service, {})).get(method) if service else None


def _of_event(name: str, paths: list[str]) -> Iterator[str]:
    known = {f"{it.name}.{it.version}": it for it in published_versions()}
    if name not in known:
        yield "no such event, or this version isn't published any more"
        return
    of_data = [path.removeprefix("data.") for path in paths if path.startswith("data.")]
    of_event = [path for path in paths if not path.startswith("data.")]
    yield from _missing(fields.Nested(EnvelopeSchema), of_event)
    yield from _missing(fields.Nested(known[name].data), of_data)


def _missing(whole: Field, paths: list[str]) -> Iterator[str]:
    for path in paths:
        copes = path.endswith("?")
        found = _always_there(whole, path.rstrip("?").replace("[]", ".[]").split("."))
        if found is None:
            yield f"no field {path}"
        elif not (found or copes):
            yield f"the field {path} may be left out or null"


def _as_field(result: Result) -> Field:
    return result if isinstance(result, fields.Field) else fields.Nested(result)


def _always_there(field: Field, steps: list[str]) -> bool | None:
    """Whether the value at the end is always there and never null; None where there is no such
    field. What is optional on the way counts too, entries of an empty list don't."""
    if not steps or steps == [""]:
        return True
    name, *rest = steps
    if not name:
        return _always_there(field, rest)
    if isinstance(field, Anything | fields.Dict):
        return False
    if (parts := PARTS.get(type(field).__name__)) is not None:
        return not parts[name] if name in parts and not rest else None
    if isinstance(field, OneOf):
        # Only what every alternative promises.
        found = [_always_there(fields.Nested(it), steps) for it in field.schemas]
        known = [it for it in found if it is not None]
        return all(known) and len(known) == len(found) if known else None
    inner = _inner(field, name)
    if inner is None:
        return None
    below = _always_there(inner, rest)
    promised = name in ("[]", "*") or (inner.required and not inner.allow_none)
    return below and promised


def _inner(field: Field, name: str) -> Field | None:
    if isinstance(field, fields.List):
        return field.inner if name == "[]" else None
    if isinstance(field, Map):
        return field.inner if name == "*" else None
    if isinstance(field, fields.Nested):
        return field.schema.fields.get(name)
    return None
