"""Every event type that a service publishes, with its meaning, its schema and its fields.

There is one section for each entity, because all events of an entity carry its whole state.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from marshmallow import Schema

from deploy.catalogue import examples
from deploy.catalogue.field_kinds import FIELD_HEADS, field_rows
from deploy.catalogue.markdown import Row, anchor, code, link, summary, table
from shared.contracts.events import EVENT_TYPES, published_versions
from shared.contracts.events.declare import EventType
from shared.domain.service_names import NAMES

HEADS = ("事件 type", "版本 version", "含义", "meaning", "JSON Schema", "示例 example")


def lines() -> Iterator[str]:
    yield from (
        "Every event is a CloudEvent in JSON. Its `data` is the whole state of the entity after",
        "the event. The schemas describe the whole event. Where a person has confirmed unlikely",
        "values, `confirmed` names [the rules](plausibility.md), separated by commas.",
        "",
        "一个事件类型有两个版本时，在所标软件版本之前两者同时发布，以 `dataschema` 区分。",
        "Where an event type has two versions, both are published in every release before the one",
        "that is named. They differ in `dataschema`.",
        "",
    )
    for service in sorted(NAMES):
        zh, en = NAMES[service]
        yield from (f"## {service}：{zh} {en}", "")
        for name, types in _entities(service):
            yield from (f"### {name}", "")
            yield from _entity(types)


def entity(event_type: EventType) -> str:
    return f"{event_type.service}.{event_type.routing_key.split('.', 1)[0]}"


def reference(name: str) -> str:
    """A link to the section about an event type."""
    return link(code(name), f"events.md#{anchor(entity(EVENT_TYPES[name]))}")


def link_to_entity(name: str) -> str:
    """A link to the events of an entity such as `clinics.clinic`."""
    return link(code(name), f"events.md#{anchor(name)}")


def _entities(service: str) -> Iterator[tuple[str, Iterable[EventType]]]:
    types = (item for item in published_versions() if item.service == service)
    return groupby(sorted(types, key=lambda item: (item.name, item.version)), key=entity)


def _entity(types: Iterable[EventType]) -> Iterator[str]:
    states: dict[type[Schema], list[EventType]] = {}
    for item in types:
        states.setdefault(item.data, []).append(item)
    for state, event_types in states.items():
        about = summary(state)
        yield from (about, "") if about else ()
        yield from table(HEADS, map(_row, event_types))
        yield from table(FIELD_HEADS, field_rows(state))
        yield from ("例如 For example:", "", *examples.block(examples.event(event_types[0])))


def _row(item: EventType) -> Row:
    name = f"{item.name}.{item.version}.json"
    until = f"，{item.beside.until} 版之前 until {item.beside.until}" if item.beside else ""
    version = f"{item.version}{until}"
    example = link("示例 example", f"../../tests/contract/golden/events/{name}")
    schema = link(name, f"../events/{name}")
    return code(item.name), version, item.zh, item.en, schema, example
