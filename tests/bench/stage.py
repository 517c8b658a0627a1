"""The stage that all jobs play on: broker, database, and the registry of a whole district."""

import os
import signal
import time
from contextlib import contextmanager

from pymongo import MongoClient

from deploy.local import orgunit_list
from deploy.local.places import DATA, ROOT
from deploy.local.settable_clock import SettableClock
from deploy.local.stacks import named_stack
from deploy.local.waiting import wait_until
from shared.domain.periods import Week
from shared.platform.database import database_name
from shared.service.rpc_client import RpcClient
from tests.support import plain_amqp

FIRST_WEEK = Week(2017, 6)
# What supervision knows of the registry.
KEPT = ("aggregates", "log", "orgunits", "facts", "sources", "figures", "figure_rules", "levels")
DRAINED_SECONDS = 120


class Stage:
    """`units` are the codes of the district's communities."""

    def __init__(self, stack):
        self.stack = stack
        self.clock = SettableClock(stack.home / "clock")
        self.clock.set(FIRST_WEEK.cutoff)
        self.mongo = MongoClient(stack.mongodb_uri, tz_aware=True, w="majority", journal=True)
        rows = orgunit_list.read_units(DATA / "erqi_divisions.csv")
        self.units = [row["code"] for row in rows if row["level"] == "community"]
        with self.services("supervision"), RpcClient(stack.amqp_uri) as rpc:
            orgunit_list.enter_units(rpc, rows)
            self.until(lambda: self._all_known(rpc))
        self._kept = {name: list(self.service_db()[name].find()) for name in KEPT}

    @staticmethod
    def _all_known(rpc):
        health = rpc.call("supervision", "health")
        complete = health["facts"].get("supervision") == health["log_last"] > 0
        return complete and health["unfolded"] == 0

    @property
    def own_environment(self):
        """What is special about the services here."""
        # Events that a bench publishes itself aren't in the log of the service that they name.
        own = {"WARM_DRAFT_TIMER": "off", "WARM_LOG_CHECK_SECONDS": "0"}
        return {"WARM_NOW": self.clock.setting, **own}

    @property
    def environment(self):
        """For processes that are no services of the stack."""
        return {**os.environ, "PYTHONPATH": str(ROOT)}

    def service_db(self, service="supervision"):
        return self.mongo[database_name(service)]

    @contextmanager
    def services(self, *names, **environment):
        """These services run, and are ready."""
        self.stack.start_services(names, self.own_environment | environment)
        try:
            self.stack.wait_answering(names)
            yield
        finally:
            self.stack.stop_services(names)

    def kept(self, collection):
        """What supervision holds of the registry from the start."""
        return self._kept[collection]

    def ingested(self, count):
        """Are so many facts stored, and every figure that they touch folded?"""
        service_db = self.service_db()
        stored = service_db["facts"].estimated_document_count() >= count
        return stored and service_db["touched"].find_one({}, {"_id": 1}) is None

    def empty(self, *services):
        """Nothing queued, nothing stored, but that the registry is known."""
        self.stack.reset()
        for name in services:
            service_db = self.service_db(name)
            if name == "supervision":
                for collection, documents in self._kept.items():
                    if documents:
                        service_db[collection].insert_many(documents)

    def channel(self):
        return plain_amqp.channel(self.stack.amqp_uri)

    def depth(self, queue):
        with self.channel() as channel:
            return channel.queue_declare(queue, passive=True).method.message_count

    def consumers(self, queue):
        with self.channel() as channel:
            return channel.queue_declare(queue, passive=True).method.consumer_count

    @contextmanager
    def held(self, *names):
        """The processes of these names stand still inside, and go on afterwards."""
        pids = [self.stack.process(name).pid for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def until(self, condition, seconds=DRAINED_SECONDS):
        assert wait_until(condition, seconds, every=0.02), "it never came about"


def timed(work):
    """Seconds that `work()` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def stage(say, name="bench"):
    with named_stack(name, say) as stack:
        stack.start_infrastructure()
        yield Stage(stack)
