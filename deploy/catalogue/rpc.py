"""Every RPC method of every service, with its arguments and whether it changes anything."""

from collections.abc import Callable, Iterator
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from deploy.catalogue.field_kinds import ARGUMENT_HEADS, NO, YES, argument_rows
from deploy.catalogue.markdown import Row, anchor, code, link, summary, table
from shared.contracts.rpc.common import ALIASES
from shared.contracts.rpc.declare import CommandSchema, Query
from shared.domain.service_names import NAMES, service_class
from shared.service.base_service import Service
from shared.service.rpc_server import CheckedRpc

HEADS = ("方法 method", "作用 what it does", "改变数据 changes something")
COMMAND = tuple(CommandSchema().fields)
EVERY = "*"


# The function, and the schema of its arguments.
Method = tuple[Callable[..., Any], type[Query]]


def lines() -> Iterator[str]:
    yield from (
        "Called by RPC as `<service>.<method>` with arguments by name, which are checked strictly.",
        "",
        "## 所有服务 Every service",
        "",
        "A method that changes data is a command. Besides its own arguments it has those below.",
        "Repeated with the same `command_id`, it gives the same result and has no second effect.",
        "",
        *table(ARGUMENT_HEADS, argument_rows(CommandSchema)),
    )
    common = methods(Service)
    yield from table(HEADS, [_row(EVERY, *item) for item in common.items()])
    yield from _details(EVERY, common)
    for service in sorted(NAMES):
        yield from _section(service, common)


def _section(service: str, common: dict[str, Method]) -> Iterator[str]:
    """All methods of a service, and the details of those that not every service has."""
    zh, en = NAMES[service]
    offered = methods(service_class(service))
    own = {name: method for name, method in offered.items() if method != common.get(name)}
    rows = [_row(service if name in own else EVERY, name, it) for name, it in offered.items()]
    yield from (f"## {service}：{zh} {en}", "", *table(HEADS, rows))
    yield from _details(service, own)


def methods(cls: type) -> dict[str, Method]:
    """Every RPC method by its name, in alphabetical order."""
    found = {}
    for name in sorted(dir(cls)):
        function = getattr(cls, name)
        for entrypoint in getattr(function, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, CheckedRpc) and name not in ALIASES:
                found[name] = (function, entrypoint.takes)
    return found


def _row(owner: str, name: str, method: Method) -> Row:
    function, takes = method
    changes = YES if issubclass(takes, CommandSchema) else NO
    target = f"#{anchor(_title(owner, name))}"
    return link(code(name), target), summary(function), changes


def _title(owner: str, name: str) -> str:
    return f"{owner}.{name}"


def _details(owner: str, offered: dict[str, Method]) -> Iterator[str]:
    for name, (function, takes) in offered.items():
        yield from (f"### `{_title(owner, name)}`", "", summary(function), "")
        rows = argument_rows(takes, left_out=COMMAND)
        yield from table(ARGUMENT_HEADS, rows) if rows else ("无参数 No arguments.", "")
