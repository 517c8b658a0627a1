"""The reference of events and methods as one HTML page, which needs nothing but itself."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

import jinja2
from markupsafe import Markup

from deploy.catalogue import events, examples, snippets
from deploy.catalogue.field_kinds import (
    ARGUMENT_HEADS,
    FIELD_HEADS,
    RESULT_HEADS,
    argument_rows,
    field_rows,
    result_about,
    result_rows,
)
from deploy.catalogue.kinds import KINDS
from deploy.catalogue.markdown import COMMAND, Row, anchor, summary
from deploy.local.places import ROOT
from shared.contracts.envelope import EnvelopeSchema
from shared.contracts.events import published_versions
from shared.contracts.events.declare import EventType
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.declare import Method
from shared.domain.errors import TRY_AGAIN, WarmError
from shared.domain.service_names import NAMES, service_class
from shared.domain.types import Json
from shared.platform import declarations
from shared.platform.version import project_version
from shared.service.base_service import Service

FILE = ROOT / "docs" / "reference" / "index.html"
EVERY_SERVICE = ("每个服务", "every service")
# A service to try a method of every service with.
ONE = "relief"
_MARKS = re.compile(r"`([^`]+)`|\[((?:`[^`]+`|[^\]])+)\]\(([^)]+)\)")


def text() -> str:
    return _template().render(
        command=COMMAND,
        version=project_version(),
        kinds=[_kind(it) for it in KINDS],
        errors=[_error(it) for it in WarmError.__subclasses__()],
        envelope=_table(FIELD_HEADS, field_rows(EnvelopeSchema)),
        events=[(name, *NAMES[name], list(_entities(name))) for name in sorted(NAMES)],
        methods=[
            (owner, *(EVERY_SERVICE if owner == COMMON else NAMES[owner]), list(_methods(owner)))
            for owner in (COMMON, *sorted(NAMES))
        ],
    )


def write() -> None:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")


def inline(markdown: str) -> Markup:
    """The HTML of a text with code and links, as the pages of the catalogue write it."""
    made, last = [], 0
    for found in _MARKS.finditer(markdown):
        made.append(escape(markdown[last : found.start()]))
        made.append(_mark(*found.groups()))
        last = found.end()
    return Markup("".join([*made, escape(markdown[last:])]))  # noqa: S704


def _mark(code: str | None, words: str | None, target: str | None) -> str:
    if code is not None:
        return f"<code>{escape(code)}</code>"
    page, _, place = (target or "").partition("#")
    here = page in ("", "kinds.md")
    address = f"#{place}" if here else f"../catalogue/{target}"
    return f'<a href="{escape(address)}">{inline(words or "")}</a>'


def _table(heads: Row, rows: Iterable[Row]) -> Json:
    return {"heads": heads, "rows": [[inline(cell) for cell in row] for row in rows]}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _kind(kind: Any) -> Json:
    return {
        "id": anchor(kind.title),
        "title": kind.title,
        "about": inline(kind.about),
        "example": _json(kind.example),
        "schema": _json(kind.schema),
        "beyond": [inline(it.refused) for it in kind.beyond],
    }


def _error(error: type[WarmError]) -> Json:
    return {
        "name": error.__name__,
        "about": inline(summary(error)),
        "again": inline(f"`{error.try_again}`: {TRY_AGAIN[error.try_again]}"),
        "example": _json(examples.failure(error)),
    }


def _entities(service: str) -> Iterator[Json]:
    """The entities of a service, each with its states and their event types."""
    types = [it for it in published_versions() if it.service == service]
    ordered = sorted(types, key=lambda it: (it.name, it.version))
    for name, of_entity in groupby(ordered, key=events.entity):
        states: dict[Any, list[EventType]] = {}
        for event_type in of_entity:
            states.setdefault(event_type.data, []).append(event_type)
        yield {
            "name": name,
            "states": [
                {
                    "about": inline(summary(state)),
                    "fields": _table(FIELD_HEADS, field_rows(state)),
                    "types": list(map(_event, event_types)),
                }
                for state, event_types in states.items()
            ],
        }


def _event(event_type: EventType) -> Json:
    return {
        "id": f"{event_type.name}.{event_type.version}",
        "name": event_type.name,
        "version": event_type.version,
        "until": event_type.beside and event_type.beside.until,
        "zh": event_type.zh,
        "en": event_type.en,
        "exchange": declarations.events_exchange(event_type.service),
        "key": event_type.routing_key,
        "dataschema": event_type.dataschema,
        "example": _json(examples.event(event_type)),
        "python": snippets.hear(event_type),
    }


def _methods(owner: str) -> Iterator[Json]:
    for name, method in sorted(DECLARED[owner].items()):
        yield _method(owner, name, method)


def _method(owner: str, name: str, method: Method) -> Json:
    full = f"{owner}.{name}"
    address = f"{ONE if owner == COMMON else owner}.{name}"
    documented = Service if owner == COMMON else service_class(owner)
    return {
        "id": full,
        "name": f"*.{name}" if owner == COMMON else full,
        "about": inline(summary(getattr(documented, name))),
        "changes": method.changes,
        "arguments": _table(ARGUMENT_HEADS, argument_rows(method.arguments)),
        "result_about": inline(result_about(method.result)),
        "result": _table(RESULT_HEADS, result_rows(method.result)),
        "errors": [error.__name__ for error in method.raises],
        "request": _json(examples.request(full)),
        "answer": _json(examples.answer(full)),
        "python": snippets.call(full, address),
        "shell": "" if method.changes else snippets.shell(full, address),
    }


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("deploy.catalogue"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("reference.html")
