"""Reads a file in YAML by the core schema of YAML 1.2, in which nothing becomes another number.

A scalar without quotes is null, true, false or a whole number only where it is written in the one
plain form of these; any other (`0200`, `1:30`, `yes`, `1_000`, `0x10`, `2017-02-07`) stays the text
that it is, and the field that it belongs to takes or refuses it.
"""

import re
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

LARGEST = 2 * 1024 * 1024
DEEPEST = 20
# Values and fields of a file, what an alias stands for included.
MOST = 200_000

_NULL = ("", "~", "null", "Null", "NULL")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# Short enough for every program: a longer one stays text.
_WHOLE = re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z")


class BadYaml(ValueError):
    """The file can't be read: the message says where and why."""


def read_yaml(path: Path) -> Any:
    """What the file holds. Raises BadYaml, OSError."""
    if path.stat().st_size > LARGEST:
        raise BadYaml(f"larger than {LARGEST // 1024 // 1024} MB: divide it into several files")
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadYaml(f"isn't text in UTF-8: {error}") from None


def parse(text: str) -> Any:
    """The value of a text in YAML. Raises BadYaml."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYaml(f"{_at(mark)}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise BadYaml(" ".join(str(error).split())) from None
    return None if node is None else _value(node)


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes nodes, with limits on depth and size."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._depth = self._count = 0
        # Collection → how many values are in it.
        self._sizes: dict[Node, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        alias = self.check_event(AliasEvent)
        before, mark = self._count, self.peek_event().start_mark
        if getattr(self.peek_event(), "tag", None):
            _refuse(mark, "a tag such as !!int isn't read here: write the value alone")
        self._count += 1
        self._depth += 1
        if self._depth > DEEPEST:
            _refuse(mark, f"nested deeper than {DEEPEST} levels")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if alias:
            self._count += self._size(node, mark)
        elif isinstance(node, CollectionNode):
            self._sizes[node] = self._count - before
        if self._count > MOST:
            _refuse(mark, f"more than {MOST:,} values")
        return node

    def _size(self, node: Node, mark: yaml.Mark) -> int:
        """How many values an alias stands for."""
        if isinstance(node, CollectionNode) and node not in self._sizes:
            _refuse(mark, "an alias stands for what it is in itself")
        return self._sizes.get(node, 0)


def _value(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return _fields(node)
    if isinstance(node, ScalarNode):
        # Quoted or in a block, it is text.
        return node.value if node.style else _plain(node.value)
    return [_value(each) for each in node.value]


def _fields(node: MappingNode) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, line = _name(key), key.start_mark.line + 1
        if name in lines:
            problem = f"{name} is given twice, first on line {lines[name]}"
            _refuse(key.start_mark, f"{problem}: put the two together")
        lines[name] = line
        fields[name] = _value(value)
    return fields


def _name(key: Node) -> str:
    if not isinstance(key, ScalarNode):
        _refuse(key.start_mark, "the name of a field must be text")
    return str(key.value)


def _plain(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    return int(text) if _WHOLE.match(text) else text


def _refuse(mark: yaml.Mark, problem: str) -> NoReturn:
    raise BadYaml(f"{_at(mark)}: {problem}")


def _at(mark: yaml.Mark | None) -> str:
    return f"line {mark.line + 1}" if mark else "the file"
