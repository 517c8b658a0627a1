"""Does every value that one JSON Schema allows fit another one?

Only the keywords that our fields write are understood; any other raises ValueError. Two different
patterns, formats or exclusions (`not`) never fit each other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.contracts.json_schema import DEFINITIONS
from shared.domain.types import Json

# Type → the keywords that limit its values.
LIMITS = {
    "string": ("enum", "pattern", "not", "format", "minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "array": ("items", "minItems", "maxItems"),
    "object": (
        "required",
        "properties",
        "additionalProperties",
        "minProperties",
        "maxProperties",
    ),
    "boolean": (),
    "null": (),
}
FORMS = ("pattern", "not", "format")
UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "minLength", "minItems", "minProperties")
KNOWN = {"$ref", "type", "anyOf"}.union(*LIMITS.values())
DESCRIPTIONS = {
    *("$schema", "$id", "$comment", "title", "description", "default", "deprecated"),
    *("contentMediaType", "contentSchema", DEFINITIONS),
}

INFINITY = float("inf")


class Misfit(NamedTuple):
    """Why a value may be refused, and where in the document that is: `cells[].value`."""

    path: str
    rule: str
    detail: str


def misfits(
    writer: Json, reader: Json, sides: tuple[str, str], keeps: bool = False
) -> list[Misfit]:
    """Why a value that the schema `writer` allows may be refused by the schema `reader`.

    `sides` are the names of both for people. With `keeps` the writer has to go on writing every
    field that the reader knows.
    """
    return _Comparison(writer, reader, sides, keeps).misfits(writer, reader, "")


def resolved(schema: Json, root: Json) -> Json:
    """The schema with what its `$ref` stands for in `root`."""
    unknown = schema.keys() - KNOWN - DESCRIPTIONS
    if unknown:
        raise ValueError(f"the comparison doesn't understand: {', '.join(sorted(unknown))}")
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].removeprefix(f"#/{DEFINITIONS}/")
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return rest | resolved(root[DEFINITIONS][name], root)


class _Comparison:
    def __init__(self, writer: Json, reader: Json, sides: tuple[str, str], keeps: bool) -> None:
        self._roots = (writer, reader)
        self._keeps = keeps
        self._writer, self._reader = sides

    def misfits(self, writer: Json, reader: Json, path: str) -> list[Misfit]:
        """Each alternative of the writer has to fit one of the reader's."""
        found: list[Misfit] = []
        read = _alternatives(reader, self._roots[1])
        for written in _alternatives(writer, self._roots[0]):
            choices = [choice for choice in read if _takes(choice, written)]
            compared = [list(self._compared(written, choice, path)) for choice in choices]
            compared.sort(key=len)
            found += compared[0] if compared else [self._of_kind(written, path)]
        return list(dict.fromkeys(found))

    def _of_kind(self, written: Json, path: str) -> Misfit:
        kind = written.get("type", "any JSON")
        rule = "null" if kind == "null" else "type"
        return Misfit(path, rule, f"{self._writer} may write {kind}, {self._reader} refuse it")

    def _compared(self, writer: Json, reader: Json, path: str) -> Iterator[Misfit]:
        yield from self._limits(writer, reader, path)
        if "items" in reader:
            yield from self.misfits(writer.get("items", {}), reader["items"], f"{path}[]")
        yield from self._fields(writer, reader, path)

    def _limits(self, writer: Json, reader: Json, path: str) -> Iterator[Misfit]:
        if "enum" in reader:
            written = writer.get("enum", ["any other text"])
            if strange := [code for code in written if code not in reader["enum"]]:
                codes = ", ".join(map(str, strange))
                detail = f"{self._writer} may write {codes}, {self._reader} refuse it"
                yield Misfit(path, "enum", detail)
        for keyword in reader.keys() & {*UPPER, *LOWER, *FORMS}:
            if not _within(keyword, writer, reader):
                allowed = writer.get(keyword, "any")
                detail = f"{self._writer} write {keyword} {allowed}"
                detail += f", {self._reader} take {keyword} {reader[keyword]}"
                yield Misfit(path, "form" if keyword in FORMS else "limit", detail)

    def _fields(self, writer: Json, reader: Json, path: str) -> Iterator[Misfit]:
        written, read = writer.get("properties", {}), reader.get("properties", {})
        needed = set(reader.get("required", ())) - set(writer.get("required", ()))
        for name in sorted(needed):
            detail = f"{self._writer} may leave it out, {self._reader} need it"
            yield Misfit(_below(path, name), "required", detail)
        for name in sorted(read.keys() - written.keys() - needed) if self._keeps else ():
            detail = f"{self._writer} don't write it any more, {self._reader} know it"
            yield Misfit(_below(path, name), "removed", detail)
        others = reader.get("additionalProperties", True)
        for name, part in written.items():
            if name in read:
                yield from self.misfits(part, read[name], _below(path, name))
            elif others is False:
                detail = f"{self._writer} may write it, {self._reader} refuse unknown fields"
                yield Misfit(_below(path, name), "unknown", detail)
            elif isinstance(others, dict):
                yield from self.misfits(part, others, _below(path, name))
        if isinstance(others, dict):
            named = writer.get("additionalProperties", True)
            each = named if isinstance(named, dict) else {}
            yield from self.misfits(each, others, _below(path, "*")) if named else ()


def _alternatives(schema: Json, root: Json) -> list[Json]:
    """What the schema allows, one type each, without `anyOf`."""
    schema = resolved(schema, root)
    base = {key: value for key, value in schema.items() if key != "anyOf"}
    chosen = [part for choice in schema.get("anyOf", ()) for part in _alternatives(choice, root)]
    whole = [_both(base, part, root) for part in chosen] if chosen else [base]
    return [part for one in whole for part in _by_type(one)]


def _both(one: Json, other: Json, root: Json) -> Json:
    """What fits both schemas, neither of which has alternatives."""
    one, other = resolved(one, root), resolved(other, root)
    merged = one | other
    if "type" in one and "type" in other:
        merged["type"] = [kind for kind in _types(one) if kind in _types(other)]
    if "enum" in one and "enum" in other:
        merged["enum"] = [code for code in one["enum"] if code in other["enum"]]
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *other["required"]]
    if "properties" in one and "properties" in other:
        shared = one["properties"].keys() & other["properties"].keys()
        merged["properties"] = one["properties"] | other["properties"]
        for name in shared:
            merged["properties"][name] = _both(
                one["properties"][name], other["properties"][name], root
            )
    return merged


def _types(schema: Json) -> list[str]:
    kinds = schema["type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _by_type(schema: Json) -> Iterator[Json]:
    if "type" not in schema:
        yield schema
        return
    for kind in _types(schema):
        part = {"type": kind} | {key: schema[key] for key in LIMITS[kind] if key in schema}
        if "enum" in part:
            part["enum"] = [code for code in part["enum"] if code is not None]
        yield part


def _takes(reader: Json, writer: Json) -> bool:
    if "type" not in reader:
        return True
    kinds = ("integer", "number") if reader["type"] == "number" else (reader["type"],)
    return writer.get("type") in kinds


def _within(keyword: str, writer: Json, reader: Json) -> bool:
    if keyword in FORMS:
        return bool(writer.get(keyword) == reader[keyword])
    if keyword in UPPER:
        return bool(writer.get(keyword, INFINITY) <= reader[keyword])
    least: Any = -INFINITY if keyword == "minimum" else 0
    return bool(writer.get(keyword, least) >= reader[keyword])


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
