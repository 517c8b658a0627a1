"""Every RPC method of every service: its arguments, its result, its errors, its former names."""

from collections.abc import Iterator

from deploy.catalogue import examples
from deploy.catalogue.field_kinds import (
    ARGUMENT_HEADS,
    NO,
    RESULT_HEADS,
    YES,
    argument_rows,
    result_about,
    result_rows,
)
from deploy.catalogue.markdown import Row, anchor, code, codes, link, summary, table
from shared.contracts.limits import (
    ANSWER_BYTES,
    ERROR_MESSAGES,
    NUMBER_CHARACTERS,
    PAGE_BYTES,
    QUERY_BYTES,
    REQUEST_BYTES,
    REQUEST_DEPTH,
    REQUEST_VALUES,
)
from shared.contracts.rpc import COMMON, DECLARED, requests
from shared.contracts.rpc.common import ALIASES
from shared.contracts.rpc.declare import EVERY_COMMAND, EVERY_METHOD, CommandSchema, Method
from shared.contracts.rpc.error_data import MORE
from shared.contracts.rpc.requests import ANSWER
from shared.domain.errors import TRY_AGAIN, NotFound, WarmError
from shared.domain.service_names import NAMES, service_class
from shared.service.base_service import Service

SIZE_HEADS = ("什么 what", "最多 at most")
SIZES = (
    ("body of a request", f"{REQUEST_BYTES:,} bytes"),
    ("elements of lists and objects in a request, all together", f"{REQUEST_VALUES:,}"),
    ("lists and objects in each other in a request", f"{REQUEST_DEPTH}"),
    ("a number in a request", f"{NUMBER_CHARACTERS} characters"),
    ("an error, or the answer of a command", f"{ANSWER_BYTES:,} bytes"),
    (
        f"the answer of a query; more is refused with the field `{ANSWER}`: ask for less",
        f"{QUERY_BYTES:,} bytes",
    ),
    (
        "`events`, `republish`, `dead_letters`, `dead_letter_audit`: they end before their `limit`",
        f"{PAGE_BYTES:,} bytes, or one entry that is larger",
    ),
)
HEADS = ("方法 method", "作用 what it does", "改变数据 changes something")
ERROR_HEADS = (
    *("错误 error", "含义 meaning", "重试是否有用 does trying again help?"),
    "JSON Schema",
)
FORMER_HEADS = ("以前的名称 former name", "现在的名称 present name")
COMMAND = tuple(CommandSchema().fields)
EVERY = "*"


def lines() -> Iterator[str]:
    yield from (
        "Called by RPC as `<service>.<method>` with arguments by name, which are checked strictly.",
        "An unknown argument is refused. Callers must ignore unknown fields of a result: later",
        "versions may add some.",
        "",
        "## 错误 Errors",
        "",
        f"Any method may raise {_names(EVERY_METHOD)}, any that changes data also",
        f"{_names(EVERY_COMMAND)}. In the answer `error` has the name in `exc_type`, the data as",
        "the only element of `exc_args`, and `try_again`. `value` is JSON text with `data` and",
        "`try_again`, because a client of nameko's sees only `exc_type` and `value` of a",
        "`RemoteError`. In `exc_args` nameko writes numbers, `true`, `false` and `null` as texts;",
        "`value` has them as they are.",
        "",
        "Any other `exc_type` is an unknown method, or a fault of the service: it has no",
        "`try_again`, and its `value` is a message.",
        "",
        *table(ERROR_HEADS, map(_error, WarmError.__subclasses__())),
        "For example:",
        "",
        *examples.block(examples.failure(NotFound)),
        "## 大小 Sizes",
        "",
        "A request over a limit is refused with `ValidationFailed`, and nothing of it is done.",
        f"Where no argument is at fault, the field is `{requests.WHOLE}`. An error names at most",
        f"{ERROR_MESSAGES} messages, and counts the others in `{MORE}`; longer texts are cut.",
        "",
        *table(SIZE_HEADS, SIZES),
        "## 所有服务 Every service",
        "",
        "A method that changes data is a command. Besides its own arguments it has those below.",
        "Repeated with the same `command_id`, it gives the same result and has no second effect.",
        "",
        *table(ARGUMENT_HEADS, argument_rows(CommandSchema)),
    )
    common = sorted(DECLARED[COMMON].items())
    yield from table(HEADS, [_row(Service, EVERY, *item) for item in common])
    yield from (
        "Renamed methods can be called by both names:",
        "",
        *table(FORMER_HEADS, [(code(old), code(new)) for old, new in ALIASES.items()]),
    )
    for name, method in common:
        yield from _details(Service, EVERY, name, method)
    for service in sorted(NAMES):
        yield from _section(service)


def _section(service: str) -> Iterator[str]:
    """All methods of a service, and the details of those that it declares itself."""
    zh, en = NAMES[service]
    cls, own = service_class(service), DECLARED[service]
    offered = sorted((DECLARED[COMMON] | own).items())
    rows = [_row(cls, service if name in own else EVERY, name, it) for name, it in offered]
    yield from (f"## {service}：{zh} {en}", "", *table(HEADS, rows))
    for name, method in sorted(own.items()):
        yield from _details(cls, service, name, method)


def _row(cls: type, owner: str, name: str, method: Method) -> Row:
    target = f"#{anchor(_title(owner, name))}"
    return link(code(name), target), _about(cls, name), YES if method.changes else NO


def _title(owner: str, name: str) -> str:
    return f"{owner}.{name}"


def _about(cls: type, name: str) -> str:
    return summary(getattr(cls, name))


def _details(cls: type, owner: str, name: str, method: Method) -> Iterator[str]:
    yield from (f"### `{_title(owner, name)}`", "", _about(cls, name), "")
    rows = argument_rows(method.arguments, left_out=COMMAND if method.changes else ())
    yield from table(ARGUMENT_HEADS, rows) if rows else ("无参数 No arguments.", "")
    yield from _result(method)
    full = f"{COMMON if owner == EVERY else owner}.{name}"
    schema = link(f"{full}.json", f"../rpc/{full}.json")
    yield from (f"错误 Errors: {_names(method.raises)}. JSON Schema: {schema}", "")
    yield from ("请求示例 Example of a request:", "", *examples.block(examples.request(full)))
    yield from ("答复示例 Its answer:", "", *examples.block(examples.answer(full)))


def _result(method: Method) -> Iterator[str]:
    yield from (f"结果 Result: {result_about(method.result)}", "")
    rows = result_rows(method.result)
    yield from table(RESULT_HEADS, rows) if rows else ()


def _names(errors: tuple[type[WarmError], ...]) -> str:
    return codes(sorted(error.__name__ for error in errors))


def _error(error: type[WarmError]) -> Row:
    return (
        code(error.__name__),
        summary(error),
        f"{code(error.try_again)}: {TRY_AGAIN[error.try_again]}",
        link(f"{error.__name__}.json", f"../errors/{error.__name__}.json"),
    )
