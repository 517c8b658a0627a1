"""The contract as JSON Schemas (draft 2020-12), for consumers in any language.

`docs/events/<type>.<version>.json` describes a whole event, `docs/rpc/<owner>.<method>.json` the
arguments, the result and the errors of a method; the owner `common` stands for every service.
`docs/errors/<name>.json` describes the `error` in the answer of a method that failed.
`python -m deploy.catalogue` writes them.
"""

import json
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, missing

from shared.contracts.envelope import event_schema
from shared.contracts.events import published_versions
from shared.contracts.events.declare import EventType
from shared.contracts.json_schema import DEFINITIONS, json_schema, opened, published
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.common import ALIASES
from shared.contracts.rpc.declare import Method
from shared.contracts.rpc.error_schemas import ERRORS, error_schema
from shared.domain.errors import WarmError
from shared.domain.quantities import Quantity
from shared.domain.types import Json

DOCS = Path(__file__).parents[2] / "docs"
FOLDERS = ("events", "rpc", "errors")
# Begins the comment of an earlier version of an event; the release follows.
UNTIL = "published until "


def files() -> dict[str, str]:
    """Path below DOCS → content of every schema file."""
    events = {
        f"events/{it.name}.{it.version}.json": event_document(it) for it in published_versions()
    }
    methods = {
        f"rpc/{owner}.{name}.json": method_document(f"{owner}.{name}", method)
        for owner, declared in DECLARED.items()
        for name, method in declared.items()
    }
    errors = {f"errors/{it.__name__}.json": error_document(it) for it in ERRORS}
    return {path: _text(document) for path, document in (events | methods | errors).items()}


def event_document(event_type: EventType) -> Json:
    """An earlier version is deprecated; its comment names the first release without it."""
    beside = event_type.beside
    about = {
        "title": event_type.name,
        "description": f"{event_type.zh} · {event_type.en}",
    }
    until = {"deprecated": True, "$comment": f"{UNTIL}{beside.until}"} if beside else {}
    return about | until | published(event_schema(event_type), event_type.dataschema)


def method_document(name: str, method: Method) -> Json:
    """Unknown arguments are refused; unknown fields of a result have to be ignored. `errors` are
    names of error documents."""
    former = [old for old, present in ALIASES.items() if name == f"{COMMON}.{present}"]
    return {
        "title": name,
        "former_names": former,
        "changes": method.changes,
        "arguments": published(_argument_schema(method), part_id(name, "arguments")),
        "result": published(opened(result_schema(method)), part_id(name, "result")),
        "errors": [error.__name__ for error in method.raises],
    }


def error_document(error: type[WarmError]) -> Json:
    """Further fields have to be ignored."""
    return published(error_schema(error), f"urn:warm:error:{error.__name__}")


def part_id(name: str, part: str) -> str:
    """The `$id` of the schema of a method's arguments or result."""
    return f"urn:warm:rpc:{name}:{part}"


def _argument_schema(method: Method) -> Json:
    """With the defaults of what is left out."""
    schema, takes = json_schema(method.arguments), method.arguments
    properties = schema[DEFINITIONS][takes.__name__]["properties"]
    for name, field in takes().fields.items():
        if field.load_default is not missing:
            properties[name]["default"] = default_of(field)
    return schema


def default_of(field: fields.Field[Any]) -> Any:
    """What an argument that is left out counts as, as JSON."""
    value = field.load_default() if callable(field.load_default) else field.load_default
    return value.to_json() if isinstance(value, Quantity) else value


def result_schema(method: Method) -> Json:
    """The JSON Schema of the method's result, closed: exactly what the method answers now."""
    result = (
        method.result if isinstance(method.result, fields.Field) else fields.Nested(method.result)
    )
    whole = json_schema(Schema.from_dict({"result": result}, name="Answer"))
    definitions = whole[DEFINITIONS]
    answer: Json = definitions.pop("Answer")["properties"]["result"]
    return {**answer, DEFINITIONS: definitions}


def write() -> None:
    """Write all files anew; files of what is no longer declared are removed."""
    for folder in FOLDERS:
        (DOCS / folder).mkdir(parents=True, exist_ok=True)
        for old in (DOCS / folder).glob("*.json"):
            old.unlink()
    for path, text in files().items():
        (DOCS / path).write_text(text, encoding="utf-8")


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
