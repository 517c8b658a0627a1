"""The services, running, with a clock that tests set and a small registry entered."""

import json
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pika
import pytest
from pymongo import MongoClient

from deploy.local import orgunit_list
from deploy.local.places import DATA
from deploy.local.settable_clock import SettableClock
from deploy.local.waiting import wait_until
from shared.domain.periods import Week
from shared.platform.database import database_name
from shared.platform.topology import SERVICES
from shared.service.rpc_client import RpcClient
from tests.support import plain_amqp
from tests.support.contract_check import checked_call
from tests.support.stack import end_services

DISTRICT = "410103"
SUBDISTRICT = "410103001"
COMMUNITY = "410103001001"
RETIRED = "410103002"
RETIRED_ON = "2017-02-01"
WEEK = Week(2017, 6)
TIME = "2017-02-06T09:30:00+08:00"
PERSON = "person:tester"
SIGNER = "person:signer"
# Only a failure waits so long, also on a machine that is busy.
SECONDS = 180
ANSWER_SECONDS = 60


def approve(do, ask, period, **more):
    """As people do: read the draft, and approve what was read. It is another person than who
    drafted it; what the timer drafted is submitted first."""
    read = json.loads(ask("supervision", "briefing", period=period))
    given = {"period": period, "content_digest": read["content_digest"]}
    if read["masthead"]["prepared_by"].startswith("service:"):
        do("supervision", "submit_briefing", **given, actor=PERSON)
    given |= {"actor": SIGNER, **more}
    return do("supervision", "approve_briefing", **given)


class Running:
    """The services of one stack, and a client of theirs."""

    # Many tests publish events of their own with a service's name: its log lacks them.
    log_check_seconds = "0"

    def __init__(self, stack, rpc):
        self.stack = stack
        self.rpc = rpc
        self.clock = SettableClock(stack.home / "clock")
        # Further settings of the services.
        self.more = {}
        self._databases = None
        self._answered = None

    @property
    def environment(self):
        """With a short deadline between services, because tests stop some of them, and without
        drafts and comparisons that nobody asked for."""
        return {
            "WARM_NOW": self.clock.setting,
            "WARM_RPC_SECONDS": "2",
            "WARM_DRAFT_TIMER": "off",
            "WARM_LOG_CHECK_SECONDS": self.log_check_seconds,
            **self.more,
        }

    def set_clock(self, instant):
        self.now = instant
        self.clock.set(instant)

    def pass_time(self, **duration):
        self.set_clock(self.now + timedelta(**duration))

    def start(self, *names):
        """Start those of `names` (all of them by default) that don't run, and wait for them."""
        self.stack.start_services(names or SERVICES, self.environment)
        self.stack.wait_answering(names or SERVICES)

    def bring_up(self):
        """Start what doesn't run. Asking five services costs a fifth of a second, so those to which
        nothing happened aren't asked again."""
        if self._answered != self._processes():
            self.start()
            self._answered = self._processes()

    def _processes(self):
        return self.pids() | self.stack.server_pids()

    def enter_registry(self):
        """A district with a sub-district, its communities, and a unit that was dissolved."""
        rows = [
            row
            for row in orgunit_list.read_units(DATA / "erqi_divisions.csv")
            if row["code"] == DISTRICT or row["code"].startswith(SUBDISTRICT)
        ]
        rows += orgunit_list.read_units(DATA / "erqi_retired.csv")
        orgunit_list.enter_units(self.rpc, rows)
        self.do("supervision", "retire_orgunit", code=RETIRED, valid_to=RETIRED_ON)
        self.wait(lambda: all(self.health(name)["orgunits"] == len(rows) for name in SERVICES))

    def ask(self, service, method, **arguments):
        """The answer, which has to be what the contract declares."""
        return checked_call(self.rpc, service, method, timeout=ANSWER_SECONDS, **arguments)

    def do(self, service, method, **arguments):
        """A command of its own, unless `command_id` says which."""
        given = {"command_id": str(uuid.uuid4()), "actor": PERSON, **arguments}
        return self.ask(service, method, **given)

    def approve(self, period, **more):
        """Approve the draft that is shown now."""
        return approve(self.do, self.ask, period, **more)

    def issue(self, period):
        """Draft, approve and publish. Returns the last answer."""
        self.do("supervision", "draft_briefing", period=period)
        self.approve(period)
        return self.do("supervision", "publish_briefing", period=period)

    def raise_order(self, **changes):
        return self.do("relief", "raise_order", **(order() | changes))

    def health(self, service):
        return self.ask(service, "health")

    def parked(self):
        """Ids of supervision's dead letters."""
        return {entry["id"] for entry in self.ask("supervision", "dead_letters", limit=1000)}

    def parked_message(self, identity):
        return self.ask("supervision", "dead_letter", id=identity)

    def dead_letters_since(self, before):
        """The dead letters since `parked` gave `before`, with bodies."""
        return [self.parked_message(identity) for identity in self.parked() - before]

    def live(self, indicator, orgunit=DISTRICT, week=WEEK):
        """The value of a cell as it stands now; None where there is no such cell."""
        cells = self.ask("supervision", "live", period=str(week))["cells"]
        found = [
            cell["value"]
            for cell in cells
            if (cell["indicator"], cell["orgunit"]) == (indicator, orgunit)
        ]
        return found[0] if found else None

    def settled(self):
        """Wait until every event that was recorded is a fact, and no inbox has work.

        Twice in a row, because an event may lead to another one in a service that was asked before.
        """
        self.wait(lambda: self._is_settled() and self._is_settled())

    def _is_settled(self):
        healths = {name: self.health(name) for name in SERVICES}
        facts = healths["supervision"]["facts"]
        return all(
            (health["pending"], health["progress"]["inbox"]["state"]) == (0, "idle")
            and facts.get(name, 0) == health["log_last"]
            for name, health in healths.items()
        )

    def depth(self, queue):
        """Messages in the queue that nobody has taken yet."""
        return self.declared(queue).message_count

    def consumers(self, queue):
        return self.declared(queue).consumer_count

    def declared(self, queue):
        """What the broker says of a queue that is there."""
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            return channel.queue_declare(queue, passive=True).method

    def publish(self, exchange, routing_key, *messages):
        """Publish as a foreign program, with confirms: bodies, or (body, properties) pairs."""
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            channel.confirm_delivery()
            for message in messages:
                body, properties = message if isinstance(message, tuple) else (message, None)
                channel.basic_publish(exchange, routing_key, body, properties, mandatory=True)

    @contextmanager
    def service_db(self, service):
        """The service's database, by one login for all tests."""
        if self._databases is None:
            self._databases = MongoClient(self.stack.mongodb_uri, tz_aware=True)
        yield self._databases[database_name(service)]

    def close(self):
        if self._databases is not None:
            self._databases.close()

    def counts(self, *services):
        """How much each service has stored, by collection."""
        found = {}
        for service in services or SERVICES:
            with self.service_db(service) as database:
                for name in ("aggregates", "log", "parked", "facts"):
                    found[service, name] = database[name].count_documents({})
        return found

    def pids(self):
        return {name: self.stack.process(name).pid for name in SERVICES}

    def wait(self, condition, timeout=SECONDS, said=()):
        """`said` is what the condition saw, for the failure."""
        assert wait_until(condition, timeout, every=0.1), list(said)[-3:]


def order():
    """Arguments of an order that is fine."""
    return {
        "orgunit": COMMUNITY,
        "time": TIME,
        "category": "daily_necessities",
        "channel": "phone",
        "items": ["大米", "食用油"],
    }


def properties(**given):
    """As our own events carry them."""
    return pika.BasicProperties(
        **{"content_type": "application/json", "content_encoding": "utf-8", **given}
    )


@pytest.fixture(scope="module")
def started(stack):
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        services = Running(stack, rpc)
        services.set_clock(WEEK.cutoff)
        services.start()
        services.enter_registry()
        yield services
        services.close()
    end_services(stack)


@pytest.fixture
def running(started):
    """All services are up, whatever the test before did to them."""
    started.bring_up()
    return started
