"""What `./warm status` shows."""

from rich.table import Table

from deploy.local import state
from deploy.local.services import health
from shared import topology
from shared.rpc_client import RpcClient

ANSWER_SECONDS = 2.0
SERVERS = ("broker", "database")


def status(stack):
    """Plain data: addresses and ports, and each service's health, queue depth and lag."""
    known = state.read(stack.home)
    if known is None:
        return {"stack": stack.home.name, "status": "down"}
    servers = {name: {"pid": stack.process(name).pid} for name in SERVERS}
    services = _services(stack, known["amqp_uri"])
    return {
        "stack": stack.home.name,
        "status": _overall(services),
        **known,
        **servers,
        "services": services,
    }


def _services(stack, amqp_uri):
    alive = [name for name in topology.SERVICES if stack.process(name).pid is not None]
    stopped = {"status": "stopped", "pid": None, "queue_depth": None, "lag": None}
    found = dict.fromkeys(topology.SERVICES, stopped)
    with RpcClient(amqp_uri) as rpc:
        for name in alive:
            found[name] = {
                "pid": stack.process(name).pid,
                **_measured(health(rpc, name, ANSWER_SECONDS)),
            }
    return found


def _measured(answer):
    """Lag: events that wait, in the outbox to be published and in the inbox to be handled."""
    depth = answer.get("inbox", {}).get("depth")
    lag = None if depth is None else depth + answer.get("pending", 0)
    return {**answer, "queue_depth": depth, "lag": lag}


def _overall(services):
    return "ready" if all(it["status"] == "ready" for it in services.values()) else "not ready"


def for_people(report):
    """The same for people: a table, or one line when there is nothing to list."""
    if "services" not in report:
        return f"{report['stack']}: {report['status']}"
    table = Table(title=f"{report['stack']}: {report['status']}", title_justify="left")
    for heading in ("service", "status", "pid"):
        table.add_column(heading)
    for heading in ("queue depth", "lag", "parked"):
        table.add_column(heading, justify="right")
    for name, it in report.get("services", {}).items():
        cells = (_status(it), it["pid"], it["queue_depth"], it["lag"], it.get("parked"))
        table.add_row(name, *("-" if cell is None else str(cell) for cell in cells))
    return table


def _status(service):
    """With the checks that failed, such as "starting (registry)"."""
    failed = _failed(service)
    return f"{service['status']} ({', '.join(failed)})" if failed else service["status"]


def _failed(service):
    return [name for name, passed in service.get("checks", {}).items() if not passed]


def hints(report):
    """What the reader can do about services that wait, a line each."""
    services = report.get("services", {}).values()
    if any("registry" in _failed(service) for service in services):
        yield "registry: no org units are known yet: ./warm import orgunits"
