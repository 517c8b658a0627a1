"""The Python client beside a bare nameko ClusterRpcProxy: the same method, the same service."""

import threading
import uuid
from contextlib import ExitStack

from nameko.standalone.rpc import ClusterRpcProxy

from tests.bench.report import against
from tests.bench.rpc import CALLERS, TIME, bare
from tests.bench.stage import timed
from warm_client import RpcClient

CALLS = {1: 300, 50: 3000}
# A command with its work in the service, and a method that does nothing: what the clients cost.
METHODS = {"command": ("relief", "record_visits"), "nothing": ("bare", "nothing")}


def run(stage, rounds, say):
    """Calls a second, for one caller and for fifty at once, who share one connection in the client
    and have a proxy each in nameko."""
    found = {}
    stage.empty("supervision", "relief")
    # A bare proxy doesn't name its user.
    with stage.services("supervision", "relief", WARM_CALLERS="any"), bare(stage):
        stage.stack.stop_services(["supervision"])
        for number in range(rounds):
            for name, called in METHODS.items():
                for callers in CALLERS:
                    # Who goes first changes from round to round.
                    sides = [("limit_rate", proxies), ("rate", clients)]
                    rates = {
                        side: rate(stage, callers, called, make)
                        for side, make in (sides if number % 2 else reversed(sides))
                    }
                    own, limit = rates["rate"], rates["limit_rate"]
                    say(f"client {name}, {callers} at once: {own:.0f}/s of {limit:.0f}/s")
                    found.setdefault(f"{name} {callers}", []).append(rates)
    return {name: against(rows, "rate", "limit_rate") for name, rows in found.items()}


def rate(stage, callers, called, make):
    each = CALLS[callers] // callers
    with ExitStack() as stack:
        calls = list(make(stack, stage.stack.amqp_uri, callers, called))

        def work(call):
            for _ in range(each):
                call(**arguments(stage, called))

        for call in calls:
            call(**arguments(stage, called))
        threads = [threading.Thread(target=work, args=(call,)) for call in calls]

        def all_of_them():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return callers * each / timed(all_of_them)


def arguments(stage, called):
    if called == METHODS["nothing"]:
        return {}
    return {
        "command_id": str(uuid.uuid4()),
        "actor": "person:bench",
        "orgunit": stage.units[0],
        "time": TIME,
        "kind": "household",
        "visits": {"value": "3", "qualifier": "exact", "unit": "visit"},
    }


def proxies(stack, uri, callers, called):
    service, method = called
    for _ in range(callers):
        proxy = stack.enter_context(ClusterRpcProxy({"AMQP_URI": uri}, timeout=60))
        yield getattr(getattr(proxy, service), method)


def clients(stack, uri, callers, called):
    client = stack.enter_context(RpcClient(uri, seconds=60))
    for _ in range(callers):
        yield lambda **given: client.query(*called, given)
