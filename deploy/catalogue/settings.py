"""Every setting of a service: an environment variable, its default, its meaning."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from deploy.catalogue.field_kinds import NO, YES
from deploy.catalogue.markdown import Row, code, table
from shared.platform.settings import Settings, in_file

HEADS = ("名称 name", "必填 required", "默认 default", "含义 meaning")


def lines() -> Iterator[str]:
    yield from (
        "A service reads its settings from the environment when it starts. With a wrong setting it",
        "doesn't start and lists everything that is wrong. Keep secrets in files where a setting",
        "allows it: other users of the machine may see the environment of a process.",
        "",
        *table(HEADS, map(_row, sorted(fields(Settings), key=_order))),
    )


def _order(item: Field[Any]) -> tuple[bool, str]:
    return item.default is not None, item.metadata["name"]


def _row(item: Field[Any]) -> Row:
    required = item.default is None
    default = NO if required or item.default == "" else code(str(item.default))
    return code(item.metadata["name"]), YES if required else NO, default, _meaning(item)


def _meaning(item: Field[Any]) -> str:
    meaning: str = item.metadata["help"]
    if item.metadata["secret"]:
        return f"{meaning}; or {code(in_file(item.metadata['name']))}, a file that holds it"
    return meaning
