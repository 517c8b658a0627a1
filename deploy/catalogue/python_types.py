"""The kind of a field as a type of Python, for the generated part of the Python client."""

import json
import re
import textwrap
from collections.abc import Callable, Iterator
from functools import singledispatch
from typing import Any

from marshmallow import Schema, fields, missing

from deploy.catalogue.field_kinds import kind
from deploy.catalogue.markdown import summary
from shared.contracts.catalogue import default_of
from shared.contracts.fields import Amount, Anything, Choice, Flag, Many, Map, OneOf, Whole, Words
from shared.contracts.rpc.declare import CommandSchema, Result

Field = fields.Field[Any]
WIDTH = 100
# The TypedDict that the arguments of every command extend, in the module `values`.
COMMAND = "EveryCommand"
# A schema → the name of its TypedDict.
Named = Callable[[type[Schema]], str]


class Types:
    """The TypedDicts of one module, as lines of code, each after those that it needs."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[type[Schema], str] = {}

    def arguments(self, schema: type[Schema], owner: str) -> str:
        """The name of the TypedDict for the arguments of the method `owner`."""
        return self._declare(schema, f"{owner}Arguments", owner)

    def result(self, result: Result, owner: str) -> str:
        """The type of what the method `owner` answers."""
        if isinstance(result, fields.Field):
            return self._type(result, owner)
        return self._declare(result, f"{owner}Result", owner)

    def _type(self, field: Field, owner: str) -> str:
        text = plain(field, lambda schema: self._nested(schema, owner))
        return f"{text} | None" if field.allow_none and text != "Any" else text

    def _nested(self, schema: type[Schema], owner: str) -> str:
        """Two schemas of one name differ by the method that comes first with the second of them."""
        if schema not in self._names:
            name = schema.__name__
            name = f"{owner}{name}" if name in self._names.values() else name
            self._names[schema] = name
            self._declare(schema, name, owner)
        return self._names[schema]

    def commands(self) -> None:
        """Declare what every command takes. Its id is made by the client."""
        rows = [self._row(*item, "") for item in CommandSchema().fields.items()]
        optional = [re.sub(r"^(    command_id: )str", r"\1NotRequired[str]", row) for row in rows]
        self._add(COMMAND, "TypedDict", list(_docstring(CommandSchema)), optional)

    def _declare(self, schema: type[Schema], name: str, owner: str) -> str:
        is_command = issubclass(schema, CommandSchema)
        inherited = CommandSchema().fields if is_command else ()
        found = [item for item in schema().fields.items() if item[0] not in inherited]
        rows = [self._row(*item, owner) for item in found]
        self._add(name, COMMAND if is_command else "TypedDict", list(_docstring(schema)), rows)
        return name

    def _add(self, name: str, base: str, said: list[str], rows: list[str]) -> None:
        between = [""] if said and rows else []
        body = [*said, *between, *rows] or ["    pass"]
        self.lines += ["", "", f"class {name}({base}):", *body]

    def _row(self, name: str, field: Field, owner: str) -> str:
        text = self._type(field, owner)
        text = text if field.required else f"NotRequired[{text}]"
        said = "; ".join(_remarks(field))
        return f"    {name}: {text}" + (f"  # {said}" if said else "")


def _docstring(schema: type[Schema]) -> Iterator[str]:
    # A schema without words of its own has those of marshmallow.
    if schema.__dict__.get("__doc__"):
        yield from docstring("    ", summary(schema))


def docstring(indent: str, *paragraphs: str) -> Iterator[str]:
    """The lines of a docstring."""
    shape = textwrap.TextWrapper(WIDTH - 3, initial_indent=indent, subsequent_indent=indent)
    texts = [shape.wrap(it.replace("\\", "\\\\")) for it in paragraphs]
    lines = texts[0] + [line for it in texts[1:] for line in ("", *it)]
    lines[0] = f'{indent}"""{lines[0].strip()}'
    if len(texts) == 1:
        lines[-1] += '"""'
    else:
        lines.append(f'{indent}"""')
    yield from lines


def _remarks(field: Field) -> Iterator[str]:
    """What the type doesn't say."""
    if isinstance(field, Many | Map):
        field_of_text: Field = field.inner
    else:
        field_of_text = field
    if plain(field_of_text, lambda _: "") in ("str", "Quantity"):
        yield kind(field).replace("`", "")
    if field.load_default not in (missing, None):
        yield f"default {json.dumps(default_of(field), ensure_ascii=False)}"


@singledispatch
def plain(field: Field, named: Named) -> str:
    """The type of a field's value, without None. Raises TypeError for an unknown class of field."""
    raise TypeError(f"no type of Python for {type(field).__name__}: add one in {__name__}")


@plain.register
def _(field: fields.String, named: Named) -> str:
    return "str"


@plain.register
def _(field: Choice, named: Named) -> str:
    return f"Literal[{', '.join(map(json.dumps, field.choices))}]"


@plain.register
def _(field: Whole, named: Named) -> str:
    return "int"


@plain.register
def _(field: Flag, named: Named) -> str:
    return "bool"


@plain.register
def _(field: Amount, named: Named) -> str:
    return "Quantity"


@plain.register
def _(field: Words, named: Named) -> str:
    return "Words"


@plain.register
def _(field: Many, named: Named) -> str:
    return f"list[{_inner(field.inner, named)}]"


@plain.register
def _(field: Map, named: Named) -> str:
    return f"dict[str, {_inner(field.inner, named)}]"


@plain.register
def _(field: OneOf, named: Named) -> str:
    return " | ".join(map(named, field.schemas))


@plain.register
def _(field: fields.Nested, named: Named) -> str:
    return named(type(field.schema))


@plain.register
def _(field: fields.Dict, named: Named) -> str:
    return "dict[str, Any]"


@plain.register
def _(field: Anything, named: Named) -> str:
    return "Any"


def _inner(field: Field, named: Named) -> str:
    text = plain(field, named)
    return f"{text} | None" if field.allow_none and text != "Any" else text
