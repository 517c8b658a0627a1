"""The services under chaos: clocks that tick, one for each of them, and what they are owed."""

import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta

from pika.exceptions import AMQPError
from pymongo.errors import PyMongoError

from deploy.local.settable_clock import SettableClock
from shared.domain.periods import format_instant, parse_instant
from shared.platform.topology import SERVICES
from tests.support import plain_amqp
from tests.support.district.ledger import Ledger
from tests.support.running import Running

BEGIN = parse_instant("2017-02-16T12:00:00+08:00")
TICK_SECONDS = 0.5
# Of a batch that comes again each message is taken alone, which is slow: let it be a small one.
BATCH = "50"
STOP_SECONDS = 15


class District(Running):
    def __init__(self, stack, rpc):
        super().__init__(stack, rpc)
        self.ledger = Ledger()
        # Body → reason of what faults have put among the messages that can't be handled.
        self.poison = {}
        # Whether the last test left it as it has to be.
        self.sound = True
        self.ahead = dict.fromkeys(SERVICES, timedelta(0))
        self._clocks = {name: SettableClock(stack.home / "clocks" / name) for name in SERVICES}
        self._begun = time.monotonic()
        self._ending = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def open(self):
        """Everything up, with the registry entered, and the clocks ticking."""
        self.set_clocks()
        self._ticker.start()
        self.start()
        self.enter_registry()

    def close(self):
        self._ending.set()
        self._ticker.join()
        super().close()
        self.rpc.close()

    @property
    def now(self):
        """The callers' own time."""
        return BEGIN + timedelta(seconds=time.monotonic() - self._begun)

    def now_text(self):
        return format_instant(self.now)

    def set_clocks(self):
        now = self.now
        for name, clock in self._clocks.items():
            clock.set(now + self.ahead[name])

    def _tick(self):
        while not self._ending.wait(TICK_SECONDS):
            self.set_clocks()

    def environment_of(self, name):
        own = {"WARM_NOW": self._clocks[name].setting, "WARM_BATCH": BATCH}
        return self.environment | own

    def wait(self, condition):
        """Another fault may have taken away the server that `condition` asks: it is asked again."""
        super().wait(lambda: _unless_away(condition))

    def heard(self, question):
        """What `question()` answers, asked as `wait` asks."""
        answers = []
        self.wait(lambda: answers.append(question()) or True)
        return answers[-1]

    def start(self, *names, **how):
        """Start those of `names` (all of them by default) that don't run, and wait for them; `how`
        as `Stack.start_service` takes it."""
        for name in names or SERVICES:
            more = how.pop("extra_env", {})
            self.stack.start_service(name, self.environment_of(name) | more, **how)
        self.stack.wait_answering(names or SERVICES)

    def stop(self, *names):
        """SIGTERM; returns when they have ended by themselves, in the time that they have."""
        processes = [self.stack.process(name) for name in names]
        for process in processes:
            process.ask_to_stop()
        assert all(process.wait_ended(STOP_SECONDS) for process in processes)

    @contextmanager
    def replaced(self, name, **how):
        """Another process in place of a service while the block lasts, started as `how` says."""
        self.stop(name)
        self.start(name, **how)
        yield
        self.stop(name)
        self.start(name)

    def refuse(self, queue, count):
        """Another consumer takes so many different messages and refuses them for good. (The same
        event may be there twice, when a sweeper met a relay that was about to finish.)"""
        refused = set()
        with plain_amqp.channel(self.stack.amqp_uri) as channel:
            while len(refused) < count:
                method, _, body = channel.basic_get(queue)
                if method:
                    channel.basic_nack(method.delivery_tag, requeue=False)
                    refused.add(body)

    def unhandled(self):
        """What every service has parked and not resolved, as it stands in their databases."""
        found = []
        for name in SERVICES:
            with self.service_db(name) as database:
                found += database["parked"].find({"state": {"$ne": "resolved"}})
        return found


def _unless_away(question):
    with suppress(AMQPError, PyMongoError):
        return question()
