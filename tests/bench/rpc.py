"""RPC: a changing command, beside a bare nameko method that stores one document."""

import sys
import threading
import uuid
from contextlib import contextmanager

from deploy.local.places import ROOT
from deploy.local.processes import Process
from shared.domain.errors import DeadlineExceeded
from shared.service.rpc_client import RpcClient
from tests.bench.report import against
from tests.bench.stage import timed

CALLERS = (1, 50)
CALLS = {1: 200, 50: 2000}
TIME = "2017-02-06T09:30:00+08:00"


def run(stage, rounds, say):
    """Commands a second, for one caller and for fifty at once."""
    found = {callers: [] for callers in CALLERS}
    stage.empty("supervision", "relief")
    with stage.services("supervision", "relief"), bare(stage):
        # Relief has its registry; from here on nobody else works beside the two that are compared.
        stage.stack.stop_services(["supervision"])
        for number in range(rounds):
            for callers in CALLERS:
                limit = rate(stage, callers, "bare", "store")
                own = rate(stage, callers, "relief", "record_visits")
                say(f"rpc {number + 1}/{rounds}, {callers} at once: {own:.0f}/s of {limit:.0f}/s")
                found[callers].append({"rate": own, "limit_rate": limit})
    return {f"{callers}": against(rows, "rate", "limit_rate") for callers, rows in found.items()}


def rate(stage, callers, service, method):
    each, unit = CALLS[callers] // callers, stage.units[0]
    clients = [RpcClient(stage.stack.amqp_uri) for _ in range(callers)]
    for client in clients:
        call(client, unit, service, method)

    def work(client):
        for _ in range(each):
            call(client, unit, service, method)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]

    def all_of_them():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    seconds = timed(all_of_them)
    for client in clients:
        client.close()
    return callers * each / seconds


def call(client, unit, service, method):
    return client.call(
        service,
        method,
        timeout=60,
        command_id=str(uuid.uuid4()),
        actor="person:bench",
        orgunit=unit,
        time=TIME,
        kind="household",
        visits={"value": "3", "qualifier": "exact", "unit": "visit"},
    )


def answers(client):
    # Until its queue is there, what is asked is lost.
    try:
        return client.call("bare", "nothing", timeout=1) == {}
    except DeadlineExceeded:
        return False


@contextmanager
def bare(stage):
    """The peer's process runs and answers."""
    peer = Process("peer-rpc", stage.stack.home)
    script = ROOT / "tests" / "bench" / "peers" / "bare_nameko_rpc.py"
    uris = stage.stack.amqp_uri, stage.stack.mongodb_uri
    peer.start([sys.executable, "-W", "ignore", script, *uris], stage.environment)
    try:
        with RpcClient(stage.stack.amqp_uri) as client:
            stage.until(lambda: answers(client))
        yield
    finally:
        peer.stop(grace=2)
