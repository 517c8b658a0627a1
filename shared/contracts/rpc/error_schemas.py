"""The typed errors as JSON Schemas: the `error` of an answer, and an example of each.

Every text of an error is cut, and messages that there is no room for are counted (error_data.py).
"""

from dataclasses import dataclass

from shared.contracts.json_schema import DEFINITIONS
from shared.contracts.rpc import error_payload
from shared.domain.errors import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    NeedsConfirmation,
    NotFound,
    Unavailable,
    ValidationFailed,
    WarmError,
)
from shared.domain.types import Json

TEXT: Json = {"type": "string"}


@dataclass(frozen=True)
class ErrorData:
    """What the data of an error hold, and an example. Further fields may come."""

    schema: Json
    example: Json


def _object(*required: str, **properties: Json) -> Json:
    found: Json = {"type": "object", "properties": properties}
    return found | ({"required": list(required)} if required else {})


def _by_field(leaf: Json) -> Json:
    """An object of fields with a list for each; an object within the arguments is one here too."""
    return {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "array", "items": leaf}, {"type": "object"}]},
    }


_RULE = _object("rule", "zh", "en", rule=TEXT, zh=TEXT, en=TEXT)
# Where messages are counted, in `_more`, a text stands in place of a rule.
_RULE_OR_TEXT: Json = {"anyOf": [_RULE, TEXT]}
ERRORS: dict[type[WarmError], ErrorData] = {
    ValidationFailed: ErrorData(
        _by_field(TEXT),
        {"orgunit": ["Must be a 6-, 9- or 12-digit division code, such as 410103005."]},
    ),
    NeedsConfirmation: ErrorData(
        _by_field(_RULE_OR_TEXT),
        {"visits": [{"rule": "many_visits", "zh": "走访次数偏多", "en": "unusually many visits"}]},
    ),
    NotFound: ErrorData(
        _object(kind=TEXT, id=TEXT, reason=TEXT), {"kind": "order", "id": "order-17"}
    ),
    Conflict: ErrorData(
        _object(kind=TEXT, id=TEXT, command_id=TEXT, reason=TEXT),
        {"command_id": "c-17", "reason": "used with other arguments"},
    ),
    Forbidden: ErrorData(
        _object(actor=TEXT, rule=TEXT, reason=TEXT),
        {"actor": "person:clerk-7", "reason": "another person verifies a long day"},
    ),
    DeadlineExceeded: ErrorData(
        _object(reason=TEXT, carried_out={"type": "string", "enum": ["no", "unknown"]}),
        {
            "reason": "the service's database is unreachable; repeat the command",
            "carried_out": "unknown",
        },
    ),
    Unavailable: ErrorData(
        _object(problem=TEXT, reason=TEXT), {"problem": "broker_alarm", "reason": "low on disk"}
    ),
}


def example(error: type[WarmError]) -> Json:
    """The `error` of an answer that carries it."""
    return error_payload.of(error(ERRORS[error].example))


def error_schema(error: type[WarmError]) -> Json:
    """The JSON Schema of the `error` of an answer.

    `value` is JSON text, for clients of nameko's that see nothing else of an error.
    """
    name = f"{error.__name__}Data"
    data = {"$ref": f"#/{DEFINITIONS}/{name}"}
    again: Json = {"type": "string", "enum": [error.try_again]}
    content = _object("data", "try_again", data=data, try_again=again)
    text = TEXT | {"contentMediaType": "application/json", "contentSchema": content}
    whole = {
        "exc_type": {"type": "string", "enum": [error.__name__]},
        "exc_path": TEXT,
        "exc_args": {"type": "array", "items": data, "minItems": 1, "maxItems": 1},
        "value": text,
        "try_again": again,
    }
    return _object(*whole, **whole) | {DEFINITIONS: {name: ERRORS[error].schema}}
