"""What the Node client has from the declarations: its methods with their types, and the errors."""

import json
from collections.abc import Iterable, Iterator

from deploy.catalogue.markdown import COMMAND, summary
from deploy.catalogue.typescript import COMMON as COMMON_TYPES
from deploy.catalogue.typescript import object_type, optional, result_type
from deploy.local.places import ROOT
from shared.contracts.limits import REQUEST_BYTES
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.declare import CommandSchema, Method
from shared.domain.errors import WarmError
from shared.domain.service_names import NAMES, service_class
from shared.service.base_service import Service

FOLDER = ROOT / "clients" / "node"
MADE = f"Generated from the declarations by `{COMMAND}`: change those, not this file."
# Of a command, the client makes these itself.
OF_COMMANDS = tuple(CommandSchema().fields)
COMMAND_PARTS = (
    "/** The arguments of every command. The client makes `command_id` where it isn't given, and",
    " * takes `actor` from its options. */",
    "export interface CommandParts {",
    "  command_id?: string;",
    "  actor?: string;",
    "  correlationid?: string;",
    "  causationid?: string;",
    "  confirm_unlikely?: boolean;",
    "}",
    "",
    "export interface CallOptions {",
    "  /** How long to wait for the answer. */",
    "  seconds?: number;",
    "}",
    "",
)


def files() -> dict[str, str]:
    """Path below clients/node → content of each generated file."""
    made = {
        "src/methods.js": _methods(),
        "src/errors.js": _errors(),
        "types/services.d.ts": _services(),
    }
    return {path: "\n".join((f"// {MADE}", "", *lines)) + "\n" for path, lines in made.items()}


def write() -> None:
    for path, text in files().items():
        (FOLDER / path).write_text(text, encoding="utf-8")


def _offered(service: str) -> dict[str, Method]:
    return dict(sorted((DECLARED[COMMON] | DECLARED[service]).items()))


def _methods() -> Iterator[str]:
    yield from (
        "/** The most bytes of a request that a service reads. */",
        f"export const REQUEST_BYTES = {REQUEST_BYTES};",
        "",
        "/**",
        " * Service → method → whether it is a command, which changes something.",
        " * @type {Readonly<Record<string, Readonly<Record<string, boolean>>>>}",
        " */",
        "export const SERVICES = {",
    )
    for service in sorted(NAMES):
        yield f"  {service}: {{"
        for name, method in _offered(service).items():
            yield f"    {name}: {json.dumps(method.changes)},"
        yield "  },"
    yield "};"


def _errors() -> Iterator[str]:
    """A class of each typed error, and the one for all others."""
    base = """\
/** An error that a service answered, or that the client found itself. */
export class WarmError extends Error {
  /** @type {"no" | "same_id" | "later"} whether trying again helps: not as it is; with the same
   * `command_id`; later, when what `data` names is over */
  tryAgain = "no";

  /**
   * @param {any} [data] details as JSON
   * @param {string} [commandId] that of the command, to repeat it
   */
  constructor(data = {}, commandId = undefined) {
    super(JSON.stringify(data));
    this.name = new.target.name;
    this.data = data;
    this.commandId = commandId;
  }
}

/** An error without a type of its own: `name` is that of the service's. */
export class RemoteError extends WarmError {
  /** @param {string} name @param {any} data */
  constructor(name, data) {
    super(data);
    this.name = name;
  }
}
"""
    yield from base.splitlines()
    known = WarmError.__subclasses__()
    for error in known:
        yield from ("", *_comment(summary(error)))
        yield f"export class {error.__name__} extends WarmError {{"
        yield '  /** @type {"no" | "same_id" | "later"} */'
        yield f"  tryAgain = {json.dumps(error.try_again)};"
        yield "}"
    yield from ("", "/** @type {Readonly<Record<string, new (...given: any[]) => WarmError>>} */")
    yield "export const TYPED = {"
    yield from (f"  {error.__name__}," for error in known)
    yield "};"


def _services() -> Iterator[str]:
    yield from (*COMMON_TYPES, *COMMAND_PARTS)
    yield "/** What every service has. */"
    yield from _interface("Common", Service, DECLARED[COMMON])
    for service in sorted(NAMES):
        cls, own = service_class(service), DECLARED[service]
        replaced = sorted(DECLARED[COMMON].keys() & own.keys())
        left_out = " | ".join(map(json.dumps, replaced))
        base = f"Omit<Common, {left_out}>" if replaced else "Common"
        yield from _interface(f"{service.capitalize()} extends {base}", cls, own)
    yield from (
        "/** The services, each with its methods. */",
        "export interface Services {",
        *(f"  {service}: {service.capitalize()};" for service in sorted(NAMES)),
        "}",
    )


def _interface(head: str, cls: type, methods: dict[str, Method]) -> Iterator[str]:
    yield f"export interface {head} {{"
    for name, method in sorted(methods.items()):
        about = summary(getattr(cls, name))
        raised = ", ".join(error.__name__ for error in method.raises)
        yield from _comment(f"{about} Raises {raised}.", "  ")
        yield f"  {name}({_taken(method)}): Promise<{result_type(method.result, '  ')}>;"
    yield from ("}", "")


def _taken(method: Method) -> str:
    schema = method.arguments()
    left_out = OF_COMMANDS if method.changes else ()
    own = object_type(schema, "  ", left_out)
    given = f"{own} & CommandParts" if method.changes else own
    mark = "?" if optional(schema, left_out) else ""
    return f"given{mark}: {given}, options?: CallOptions"


def _comment(text: str, indent: str = "") -> Iterable[str]:
    """A comment of lines that aren't too long."""
    lines, words = [""], text.replace("*/", "* /").split()
    for word in words:
        if len(lines[-1]) + len(word) > 90:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return (f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */")
