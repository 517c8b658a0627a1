"""How long two versions run side by side, and what the next release changes in the contract."""

from collections.abc import Iterable, Iterator

from deploy.catalogue.compatibility import DELIBERATE, Documents, current, published
from deploy.catalogue.markdown import Row, code, codes, link, table
from shared.contracts.envelope import EnvelopeSchema
from shared.contracts.events import published_versions
from shared.contracts.events.declare import EventType
from shared.contracts.json_schema import DEFINITIONS
from shared.contracts.rpc.common import ALIASES
from shared.domain.types import Json

BESIDE_HEADS = (
    "事件 event",
    "旧版 earlier version",
    "新版 newer version",
    "旧版发布至 the earlier one is published until",
)
DELIBERATE_HEADS = ("何处 where", "原因 reason")
NEW_HEADS = ("种类 kind", "新增 new")
GONE_HEADS = ("种类 kind", "取消 gone")
FIELD_HEADS = ("何处 where", "新增字段 new fields")
FORMER_HEADS = ("以前的名称 former name", "现在的名称 present name")
KINDS = {"events": "事件 event", "rpc": "方法 method"}
ENVELOPE = EnvelopeSchema.__name__
NOTHING = "无 Nothing."


def lines() -> Iterator[str]:
    old, new = published(), current()
    yield from (
        "## 两个版本并存多久 How long two versions run side by side",
        "",
        "An incompatible change of an event is a new version. The earlier one is published beside",
        "it in every release before the one named here, and this release may only become later.",
        "Read the version that you know, by `dataschema`, and ignore the other. The JSON Schema of",
        "the earlier one is `deprecated`, and its `$comment` names the release. Facts of a version",
        "are kept and read for good.",
        "",
        *_or_nothing(BESIDE_HEADS, map(_beside, _earlier())),
        "A method doesn't change in a way that breaks its callers: another one gets a new name. A",
        "method that is renamed is answered under its former name too:",
        "",
        *_or_nothing(FORMER_HEADS, ((code(it), code(now)) for it, now in ALIASES.items())),
        "## 下一版本的变化 What the next release changes",
        "",
        "Compared with the JSON Schemas of the last release. Subscribers and callers of the last",
        "release go on working, but for what is changed on purpose.",
        "",
        "### 有意的不兼容变化 Changed on purpose, and not compatible",
        "",
        *_or_nothing(DELIBERATE_HEADS, map(_deliberate, DELIBERATE.items())),
        "### 新增 New events and methods",
        "",
        *_or_nothing(NEW_HEADS, _new(old, new)),
        "### 不再发布 Not published or answered any more",
        "",
        *_or_nothing(GONE_HEADS, _new(new, old)),
        "### 新增字段 New fields",
        "",
        *_or_nothing(FIELD_HEADS, _fields(old, new)),
    )


def _or_nothing(heads: Row, rows: Iterable[Row]) -> list[str]:
    found = list(rows)
    return table(heads, found) if found else [NOTHING, ""]


def _earlier() -> Iterator[EventType]:
    return (it for it in published_versions() if it.beside)


def _beside(event_type: EventType) -> Row:
    newer = event_type.version + 1
    versions = (f"{event_type.name}.{it}.json" for it in (event_type.version, newer))
    until = event_type.beside.until if event_type.beside else ""
    return code(event_type.name), *(link(it, f"../events/{it}") for it in versions), until


def _deliberate(item: tuple[tuple[str, str], str]) -> Row:
    (file, path), reason = item
    return f"{link(_name(file), f'../{file}')}: {code(path)}", reason


def _name(file: str) -> str:
    return file.split("/")[1].removesuffix(".json")


def _new(old: Documents, new: Documents) -> Iterator[Row]:
    """What `new` has and `old` lacks."""
    for folder, kind in KINDS.items():
        names = [_name(it) for it in sorted(new.keys() - old.keys()) if it.startswith(f"{folder}/")]
        if names:
            yield kind, codes(names)


def _fields(old: Documents, new: Documents) -> Iterator[Row]:
    added = {it: _properties(new[it]) - _properties(old[it]) for it in old.keys() & new.keys()}
    every = {name for names in added.values() for name in names if _is_envelope(name)}
    if every:
        yield "每个事件 every event", codes(sorted(every))
    for file, names in sorted(added.items()):
        own = sorted(name for name in names if not _is_envelope(name))
        if own:
            yield link(_name(file), f"../{file}"), codes(own)


def _is_envelope(name: str) -> bool:
    return name.startswith(f"{ENVELOPE}.")


def _properties(document: Json) -> set[str]:
    """Schema and field, such as `OrderState.status`, of all objects of an event or a method."""
    parts = (document, document.get("arguments", {}), document.get("result", {}))
    return {
        f"{name}.{field}"
        for part in parts
        for name, it in part.get(DEFINITIONS, {}).items()
        for field in it.get("properties", ())
    }
