"""The report of `./warm status`."""

import os
from collections.abc import Callable, Iterator, Mapping

from amqp import AMQPError
from kombu.exceptions import KombuError
from rich.table import Table

from deploy.local import stack_state, status_summary
from deploy.local.services import health
from deploy.local.stack import Stack
from shared.domain.types import Json
from shared.platform import topology
from shared.service.rpc_client import RpcClient

# Longer than `health` waits for a database that doesn't answer.
ANSWER_SECONDS = 4.0
SERVERS = ("broker", "database")
# Requests for each instance, on average, before an instance counts as missing.
REQUESTS_PER_INSTANCE = 5
# The setting with the address of the broker's metrics page.
BROKER_METRICS = "WARM_BROKER_METRICS"
# Checks of `health` whose names are not clear to operators.
CHECK_NAMES = {"line": "circuit breaker"}


def status(stack: Stack) -> Json:
    """Plain data: addresses and ports; health, queue depth, lag and progress of each service."""
    state = stack_state.read(stack.home)
    if state is None:
        return {"stack": stack.home.name, "status": "down"}
    servers = {name: {"pid": stack.process(name).pid} for name in SERVERS}
    services = {
        name: {"pid": stack.process(name).pid, **answer}
        for name, answer in _services(state["amqp_uri"]).items()
    }
    return {
        "stack": stack.home.name,
        "status": _overall(services),
        **state,
        **servers,
        "services": services,
        "overview": status_summary.summary(services, None),
    }


def status_at(amqp_uri: str) -> Json:
    """The same for a deployment: the services that listen at a broker, without pids."""
    services = _services(amqp_uri)
    page = os.environ.get(BROKER_METRICS)
    broker = status_summary.broker_figures(page) if page else None
    return {
        "stack": "deployment",
        "status": _overall(services),
        "services": services,
        "overview": status_summary.summary(services, broker),
    }


def _services(amqp_uri: str) -> dict[str, Json]:
    with RpcClient(amqp_uri) as rpc:
        return {name: _service(rpc, name, amqp_uri) for name in topology.SERVICES}


def _service(rpc: RpcClient, name: str, amqp_uri: str) -> Json:
    """The health of a service. Without an answer: the depth of its inbox, from the broker."""
    instances = _from_broker(topology.instances, amqp_uri, name)
    answer: Json
    if instances:
        answer = _worst(rpc, name, instances)
    else:
        answer = {"status": "stopped" if instances == 0 else "silent"}
    if "lag" not in answer:
        depth = _from_broker(topology.inbox_depth, amqp_uri, name)
        answer |= {"lag": {"inbox": depth}, "progress": None}
    return {**answer, "instances": instances, "queue_depth": answer["lag"]["inbox"]}


def _worst(rpc: RpcClient, name: str, instances: int) -> Json:
    """The health of the worst instance, with the versions of all of them.

    The broker chooses which instance gets a request, so requests are repeated until all have
    answered.
    """
    answers: dict[str | None, Json] = {}
    for _ in range(instances * REQUESTS_PER_INSTANCE):
        answer = health(rpc, name, ANSWER_SECONDS)
        answers[answer.get("instance")] = answer
        if len(answers) == instances or "instance" not in answer:
            break
    versions = {answer["version"] for answer in answers.values() if "version" in answer}
    worst = min(answers.values(), key=lambda answer: answer["status"] == "ready")
    return worst | {"versions": sorted(versions)}


def _from_broker(read: Callable[[str, str], int], amqp_uri: str, name: str) -> int | None:
    """A number of the broker about a service; None when the broker doesn't answer."""
    try:
        return read(amqp_uri, name)
    except (OSError, AMQPError, KombuError):
        return None


def _overall(services: Mapping[str, Json]) -> str:
    return "ready" if all(it["status"] == "ready" for it in services.values()) else "not ready"


def for_people(report: Json) -> Table | str:
    """The report as a table, or as one line when the stack is down."""
    title = f"{report['stack']}: {report['status']}"
    if "services" not in report:
        return title
    table = Table(title=title, title_justify="left")
    table.add_column("service", no_wrap=True)
    for heading in ("status", "instances", "pid", "queue depth", "lag", "progress"):
        table.add_column(heading)
    table.add_column("dead letters", justify="right")
    for name, it in report["services"].items():
        cells = (
            _status(it),
            it["instances"],
            it.get("pid"),
            it["queue_depth"],
            _lag(it["lag"]),
            _progress(it["progress"]),
            it.get("parked"),
        )
        table.add_row(name, *("-" if cell is None else str(cell) for cell in cells))
    return table


def _status(service: Json) -> str:
    """The status with the failed checks, for example "starting (registry)"."""
    failed = [CHECK_NAMES.get(name, name) for name in _failed(service)]
    return f"{service['status']} ({', '.join(failed)})" if failed else str(service["status"])


def _failed(service: Json) -> list[str]:
    return [name for name, passed in service.get("checks", {}).items() if not passed]


def _lag(lag: Mapping[str, int | None]) -> str:
    """Where messages or events wait, for example "inbox 12, retries 3"; "?" where unknown."""
    behind = {part: "?" if count is None else count for part, count in lag.items() if count != 0}
    return ", ".join(f"{part} {count}" for part, count in behind.items()) or "0"


def _progress(progress: Mapping[str, Json] | None) -> str | None:
    """The worst part, for example "stalled: inbox"."""
    if progress is None:
        return None
    for worst in ("stalled", "moving"):
        parts = [part for part, it in progress.items() if it["state"] == worst]
        if parts:
            return f"{worst}: {', '.join(parts)}"
    return "idle"


def hints(report: Json) -> Iterator[str]:
    """What the reader can do about services that wait, a line each."""
    services: dict[str, Json] = report.get("services", {})
    if any("registry" in _failed(service) for service in services.values()):
        yield "registry: there are no org units yet: ./warm import orgunits"
    if services.get("supervision", {}).get("first_week", "unknown") is None:
        yield "first week: not set: WARM_PROGRAMME_FIRST_WEEK, see docs/operations.md"
    for name, service in services.items():
        if "clock" in _failed(service):
            yield f"clock: {name}'s and the database server's differ by more than a minute"
        if "line" in _failed(service):
            yield _circuit_breaker_hint(name, service["line"]["invalid_in_a_row"])
        for part, it in (service.get("progress") or {}).items():
            if it["state"] == "stalled":
                stalled = f"{name}'s {part} has not moved since {it['since']}"
                yield f"progress: {stalled}: ./warm logs {name}"


def _circuit_breaker_hint(name: str, reasons: Mapping[str, int]) -> str:
    counts = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
    return (
        f"circuit breaker: {name} stopped taking messages after too many invalid ones in a row"
        f" ({counts}); nothing is lost. List them: ./warm deadletters list --service {name};"
        f" stop their sender, or correct {name}; then: ./warm deadletters resume {name}"
    )
