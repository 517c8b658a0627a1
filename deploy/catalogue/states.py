"""The state machine of every aggregate: the statuses in which an action is possible, and the next.

The rules of an action restrict it further (who, with what, how often).
"""

import re
from collections.abc import Iterator

from deploy.catalogue.field_kinds import Names, names
from deploy.catalogue.markdown import Row, code, codes, summary, table
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.events import EVENT_TYPES
from shared.contracts.events.declare import EventType
from shared.contracts.fields import Choice
from shared.domain.service_names import NAMES, service_class

HEADS = ("动作 action", "可用状态 possible from", "之后 ends in")
STATUS_HEADS = ("状态 status", "含义", "meaning")
BY_RULE = "by_rule"
BY_RULE_TEXT = "由规则决定或不变 by the rules of the action, or unchanged"


def lines() -> Iterator[str]:
    yield from (
        "An action that isn't possible in the present status is refused with a `Conflict`, which",
        f"lists the statuses in which it is. A diamond stands for: {BY_RULE_TEXT}.",
        "",
        "## 所有服务 Every service",
        "",
    )
    yield from _section("shared.")
    for service in sorted(NAMES):
        zh, en = NAMES[service]
        yield from (f"## {service}：{zh} {en}", "")
        yield from _section(f"services.{service}.")


def machines(prefix: str) -> list[type[Aggregate]]:
    """The aggregates with steps in modules that begin with `prefix`, by name."""
    for service in NAMES:
        service_class(service)
    found = [cls for cls in _kinds(Aggregate) if f"{cls.__module__}.".startswith(prefix)]
    return sorted((cls for cls in found if cls.steps), key=lambda cls: cls.__name__)


def _kinds(cls: type[Aggregate]) -> Iterator[type[Aggregate]]:
    for kind in cls.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _section(prefix: str) -> Iterator[str]:
    for cls in machines(prefix):
        named = _names(cls)
        yield from (f"### {cls.__name__}", "", summary(cls), "")
        yield from table(HEADS, [_row(*item) for item in cls.steps.items()])
        if named:
            yield from table(STATUS_HEADS, [(code(name), *pair) for name, pair in named.items()])
        yield from _diagram(cls, named)


def _row(action: str, step: Step) -> Row:
    return code(action), codes(step.before), code(step.after) if step.after else BY_RULE_TEXT


def _names(cls: type[Aggregate]) -> Names:
    """The names of the statuses, where the entity's published state declares them."""
    entity = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    for item in EVENT_TYPES.values():
        if item.routing_key.startswith(f"{entity}.") and _publishes(cls, item):
            state = item.data()
            status = state.fields.get("status")
            if isinstance(status, Choice):
                return names(status)
    return {}


def _publishes(cls: type[Aggregate], item: EventType) -> bool:
    """Whether the aggregate publishes this event; a shared aggregate does so in every service."""
    return cls.__module__.startswith(("shared.", f"services.{item.service}."))


def _diagram(cls: type[Aggregate], named: Names) -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2")
    for name in _statuses(cls):
        yield f'    state "{_label(name, named)}" as {name}'
    if any(step.after is None for step in cls.steps.values()):
        yield f"    state {BY_RULE} <<choice>>"
    first = cls._fields["status"].default
    if first:
        yield f"    [*] --> {first}"
    for action, step in cls.steps.items():
        for before in step.before:
            yield f"    {before} --> {step.after or BY_RULE}: {action}"
    yield from ("```", "")


def _statuses(cls: type[Aggregate]) -> list[str]:
    """In the order in which they occur in the steps."""
    named = (name for step in cls.steps.values() for name in (*step.before, step.after) if name)
    return list(dict.fromkeys(named))


def _label(name: str, named: Names) -> str:
    return f"{name} {named[name][0]}" if name in named else name
