"""The report of `./warm status`."""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from rich.table import Table

from deploy.local import broker_status, stack_state, status_summary
from deploy.local.services import health, health_by_socket, under_alarm
from deploy.local.stack import Stack
from shared.contracts.problems import PROBLEMS
from shared.domain.types import Json
from shared.platform import broker_alarm, topology
from shared.service.rpc_client import RpcClient

# Gives the health of all instances of a service that answer without the broker.
WithoutBroker = Callable[[str], list[Json]]

# Longer than `health` waits for a database that doesn't answer.
ANSWER_SECONDS = 4.0
SERVERS = ("broker", "database")
# Requests for each instance, on average, before an instance counts as missing.
REQUESTS_PER_INSTANCE = 5
# The setting with the address of the broker's metrics page.
BROKER_METRICS = "WARM_BROKER_METRICS"
# What is shown of a service that gives no health; also codes of problems.
NO_HEALTH = ("stopped", "silent")
# Checks of `health` whose names are not clear to operators.
CHECK_NAMES = {"line": "circuit breaker"}


def status(stack: Stack) -> Json:
    """Plain data: addresses and ports; health, queue depth, lag and progress of each service."""
    state = stack_state.read(stack.home)
    if state is None:
        return {"stack": stack.home.name, "status": "down"}
    servers = {name: {"pid": stack.process(name).pid} for name in SERVERS}
    without_broker = partial(health_by_socket, stack.home)
    with ThreadPoolExecutor(1) as beside:
        problems = beside.submit(broker_status.problems_of_stack, stack)
        services = {
            name: {"pid": stack.process(name).pid, **answer}
            for name, answer in _services(state["amqp_uri"], without_broker).items()
        }
    return {
        "stack": stack.home.name,
        "status": _overall(services),
        **state,
        **servers,
        "problems": problems.result(),
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
        "problems": broker_status.problems_at(amqp_uri),
        "services": services,
        "overview": status_summary.summary(services, broker),
    }


def _services(amqp_uri: str, without_broker: WithoutBroker = lambda _name: []) -> dict[str, Json]:
    """The health of each service. Under the broker's alarm no answer can come through it."""
    watch = broker_alarm.AlarmWatch(amqp_uri, topology.PATIENT_SECONDS)
    alarm = watch.alarm()
    watch.close()
    if alarm is None:
        return {name: _unreached(name, without_broker(name)) for name in topology.SERVICES}
    with RpcClient(amqp_uri) as rpc:

        def answer(name: str, instances: int) -> Json:
            if alarm:
                return _worst_of(without_broker(name) or [under_alarm(name, alarm)])
            return _worst(rpc, name, instances)

        undelivered = broker_status.undelivered(amqp_uri)
        return {
            name: _service(answer, name, amqp_uri) | {"undelivered": undelivered[name]}
            for name in topology.SERVICES
        }


def _unreached(name: str, answers: list[Json]) -> Json:
    """The health of a service while the broker doesn't answer, from its `answers` without it."""
    answer: Json = {"lag": {"inbox": None}, "progress": None}
    answer |= _worst_of(answers or [{"service": name, "status": "silent"}])
    return {**answer, "instances": None, "queue_depth": answer["lag"]["inbox"]}


def _service(ask: Callable[[str, int], Json], name: str, amqp_uri: str) -> Json:
    """The health of a service. Without an answer: the depth of its inbox, from the broker."""
    instances = _from_broker(topology.instances, amqp_uri, name)
    answer: Json
    if instances:
        answer = ask(name, instances)
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
    return _worst_of(list(answers.values()))


def _worst_of(answers: list[Json]) -> Json:
    versions = {answer["version"] for answer in answers if "version" in answer}
    worst = min(answers, key=lambda answer: answer["status"] == "ready")
    return worst | {"versions": sorted(versions)}


def _from_broker(read: Callable[[str, str], int], amqp_uri: str, name: str) -> int | None:
    """A number of the broker about a service; None when the broker doesn't answer."""
    try:
        return read(amqp_uri, name)
    except broker_alarm.UNREACHABLE:
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
    """Each problem with what ends it and what it costs, a line each."""
    services: dict[str, Json] = report.get("services", {})
    if services.get("supervision", {}).get("first_week", "unknown") is None:
        yield "first week: not set: WARM_PROGRAMME_FIRST_WEEK, see docs/operations.md"
    for problem in report.get("problems", ()):
        yield _hint("broker", problem["code"], problem["detail"])
    concerned: dict[tuple[str, str, str], list[str]] = {}
    for name, service in services.items():
        for code, detail in problems_of(service).items():
            # One problem of the broker is no problem for each service.
            one = "" if code == broker_alarm.CODE else name
            concerned.setdefault((one, code, detail), []).append(name)
    for (_, code, detail), names in concerned.items():
        yield _hint(", ".join(names), code, detail)


def problems_of(service: Json) -> dict[str, str]:
    """The problems of a service, code → detail. One that gives no health has a problem too."""
    counts = service.get("undelivered", {}).items()
    waiting = ", ".join(f"{queue} {count}" for queue, count in counts)
    if service["status"] in NO_HEALTH and "problems" not in service:
        return {service["status"]: "", **({"undelivered": waiting} if waiting else {})}
    # Services before 0.3 give only the checks.
    listed = service.get("problems", [{"code": it, "detail": ""} for it in _failed(service)])
    found = {it["code"]: it["detail"] for it in listed}
    if waiting:
        # Supervision itself names those of the subscribers that were added.
        found["undelivered"] = "; ".join(filter(None, (waiting, found.get("undelivered"))))
    return found


def _hint(name: str, code: str, detail: str) -> str:
    problem = PROBLEMS.get(code)
    if problem is None:
        return f"{code}: {name} {detail}".rstrip()
    details = f" ({detail})" if detail else ""
    ends = problem.ends.format(service=name)
    return f"{code}: {name} {problem.shown}{details}; {problem.costs}. To end it: {ends}"
