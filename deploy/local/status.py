"""What `./warm status` shows."""

import os

from amqp import AMQPError
from kombu.exceptions import KombuError
from rich.table import Table

from deploy.local import stack_state, status_summary
from deploy.local.services import health
from shared.platform import topology
from shared.service.rpc_client import RpcClient

# Longer than health waits for a database that is away.
ANSWER_SECONDS = 4.0
SERVERS = ("broker", "database")
# How often each instance is asked, on average, before one is taken for missing.
PATIENCE = 5
# Names the page with the broker's own figures, where there is one.
BROKER_METRICS = "WARM_BROKER_METRICS"


def status(stack):
    """Plain data: addresses and ports, and each service's health, queue depth, lag and progress."""
    known = stack_state.read(stack.home)
    if known is None:
        return {"stack": stack.home.name, "status": "down"}
    servers = {name: {"pid": stack.process(name).pid} for name in SERVERS}
    services = {
        name: {"pid": stack.process(name).pid, **answer}
        for name, answer in _services(known["amqp_uri"]).items()
    }
    return {
        "stack": stack.home.name,
        "status": _overall(services),
        **known,
        **servers,
        "services": services,
        "overview": status_summary.overview(services, None),
    }


def status_at(amqp_uri):
    """As `status`, of whatever listens at a broker: a deployment, which tells no pids."""
    services = _services(amqp_uri)
    page = os.environ.get(BROKER_METRICS)
    broker = status_summary.broker_figures(page) if page else None
    return {
        "stack": "deployment",
        "status": _overall(services),
        "services": services,
        "overview": status_summary.overview(services, broker),
    }


def _services(amqp_uri):
    with RpcClient(amqp_uri) as rpc:
        return {name: _measured(rpc, name, amqp_uri) for name in topology.SERVICES}


def _measured(rpc, name, amqp_uri):
    """What the service says; of one that says nothing, what the broker knows of its inbox."""
    instances = _asked(topology.instances, amqp_uri, name)
    if instances:
        answer = _worst(rpc, name, instances)
    else:
        answer = {"status": "stopped" if instances == 0 else "silent"}
    if "lag" not in answer:
        answer |= {"lag": {"inbox": _asked(topology.inbox_depth, amqp_uri, name)}, "progress": None}
    return {**answer, "instances": instances, "queue_depth": answer["lag"]["inbox"]}


def _worst(rpc, name, instances):
    """The answer of the instance that is worst off, with the versions of all of them.

    Requests go to one of them or another, so it is asked again until all have answered.
    """
    answers = {}
    for _ in range(instances * PATIENCE):
        answer = health(rpc, name, ANSWER_SECONDS)
        answers[answer.get("instance")] = answer
        if len(answers) == instances or "instance" not in answer:
            break
    versions = {answer["version"] for answer in answers.values() if "version" in answer}
    worst = min(answers.values(), key=lambda answer: answer["status"] == "ready")
    return worst | {"versions": sorted(versions)}


def _asked(ask, amqp_uri, name):
    """None when the broker doesn't say."""
    try:
        return ask(amqp_uri, name)
    except (OSError, AMQPError, KombuError):
        return None


def _overall(services):
    return "ready" if all(it["status"] == "ready" for it in services.values()) else "not ready"


def for_people(report):
    """The same for people: a table, or one line when there is nothing to list."""
    if "services" not in report:
        return f"{report['stack']}: {report['status']}"
    table = Table(title=f"{report['stack']}: {report['status']}", title_justify="left")
    table.add_column("service", no_wrap=True)
    for heading in ("status", "instances", "pid", "queue depth", "lag", "progress"):
        table.add_column(heading)
    table.add_column("parked", justify="right")
    for name, it in report.get("services", {}).items():
        told = (_lag(it["lag"]), _progress(it["progress"]))
        placed = (it["instances"], it.get("pid"), it["queue_depth"])
        cells = (_status(it), *placed, *told, it.get("parked"))
        table.add_row(name, *("-" if cell is None else str(cell) for cell in cells))
    return table


def _status(service):
    """With the checks that failed, such as "starting (registry)"."""
    failed = _failed(service)
    return f"{service['status']} ({', '.join(failed)})" if failed else service["status"]


def _failed(service):
    return [name for name, passed in service.get("checks", {}).items() if not passed]


def _lag(lag):
    """What waits where, such as "inbox 12, retries 3"; "?" where nobody knows."""
    behind = {part: "?" if count is None else count for part, count in lag.items() if count != 0}
    return ", ".join(f"{part} {count}" for part, count in behind.items()) or "0"


def _progress(progress):
    """The worst of its parts, such as "stalled: inbox"."""
    if progress is None:
        return None
    for worst in ("stalled", "moving"):
        parts = [part for part, it in progress.items() if it["state"] == worst]
        if parts:
            return f"{worst}: {', '.join(parts)}"
    return "idle"


def hints(report):
    """What the reader can do about services that wait, a line each."""
    services = report.get("services", {})
    if any("registry" in _failed(service) for service in services.values()):
        yield "registry: no org units are known yet: ./warm import orgunits"
    for name, service in services.items():
        if "line" in _failed(service):
            yield _line_hint(name, service["line"]["invalid_in_a_row"])
        for part, it in (service.get("progress") or {}).items():
            if it["state"] == "stalled":
                still = f"{name}'s {part} has not moved since {it['since']}"
                yield f"progress: {still}: ./warm logs {name}"


def _line_hint(name, reasons):
    told = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
    return (
        f"line: {name} stopped taking messages after too many invalid ones in a row ({told});"
        f" nothing is lost. See what they are: ./warm deadletters list --service {name};"
        f" end what sends them, or mend {name}; then: ./warm deadletters resume {name}"
    )
