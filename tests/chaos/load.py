"""Callers that give commands without a pause, each from a seed of its own, until each command is
acknowledged: as a caller does who doesn't know whether the first attempt was heard."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from random import Random

from nameko.exceptions import RemoteError

from deploy.local.waiting import wait_until
from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.service.rpc_client import RpcClient
from tests.support.district.ledger import Command
from tests.support.district.stories import STORIES, Reported

CALLERS = 6
# Soon enough to ask again after whatever was killed has started again.
SECONDS = 1
PATIENCE = 120
# Breath for two cores on which the services have to start again meanwhile.
PAUSE = 0.1
# Of a hundred commands so many are given once more, though they were acknowledged.
REPEATED = 5


class Unanswered(Exception):
    """A command that nobody acknowledged, however often it was given."""


class Caller:
    """Lives through one story after the other."""

    def __init__(self, name, seed, district, load):
        self.name = name
        self.chance = Random(f"{seed}:{name}")
        self.district, self.load = district, load
        self.given = []

    def run(self):
        with RpcClient(self.district.stack.amqp_uri) as rpc:
            while not self.load.stopping:
                key = f"{self.name}:{len(self.given)}"
                told = Reported(key, self.chance, self.district.now_text)
                self._live(rpc, self.chance.choice(self.load.stories())(told))

    def _live(self, rpc, story):
        result = None
        with suppress(StopIteration):
            while not self.load.stopping:
                service, method, arguments = story.send(result)
                identity = f"{self.name}:{len(self.given)}"
                command = Command(identity, service, method, arguments)
                result = self._give(rpc, command)
                self.given.append(command)
                if self.chance.randrange(100) < REPEATED:
                    self._give(rpc, self.chance.choice(self.given))
                time.sleep(PAUSE)

    def _give(self, rpc, command):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                result = rpc.call(
                    command.service,
                    command.method,
                    timeout=SECONDS,
                    command_id=command.id,
                    # The figures are random, some of them unlikely.
                    confirm_unlikely=True,
                    **command.arguments,
                )
            except (DeadlineExceeded, Unavailable, RemoteError) as error:
                self.load.asked_again[_why(error)] += 1
            else:
                self.district.ledger.acknowledge(command, result)
                return result
        raise Unanswered(command, dict(self.load.asked_again))


def _why(error):
    """A service's own word where there is one, such as AutoReconnect."""
    return str(error) if isinstance(error, RemoteError) else "no answer in time"


@contextmanager
def repeatable(story):
    """Whatever fails in the block is told with `story()`: how to make it happen again."""
    try:
        yield
    except BaseException as error:
        error.add_note(story())
        raise


class Load:
    """All callers at once, while the block lasts. Raises what any of them failed on."""

    def __init__(self, district, seed, name):
        self.district = district
        self.stopping = False
        self._spared = None
        self.asked_again = Counter()
        self._callers = [Caller(f"{name}:{n}", seed, district, self) for n in range(CALLERS)]

    def __enter__(self):
        self._pool = ThreadPoolExecutor(CALLERS)
        self._running = [self._pool.submit(caller.run) for caller in self._callers]
        return self

    def __exit__(self, *_):
        self.stopping = True
        self._pool.shutdown()
        self._raise_failures()

    def stories(self):
        """What a caller may begin."""
        return [it for service in STORIES if service != self._spared for it in STORIES[service]]

    @contextmanager
    def sparing(self, service):
        """Callers begin nothing with a service that is down for long: they would all wait for it,
        and nothing would happen elsewhere."""
        self._spared = service
        yield
        self._spared = None

    def more(self, count):
        """Returns once so many more commands are acknowledged."""
        enough = len(self.district.ledger) + count
        assert wait_until(lambda: self._reached(enough), PATIENCE), self.asked_again

    def _reached(self, enough):
        self._raise_failures()
        return len(self.district.ledger) >= enough

    def _raise_failures(self):
        for caller in self._running:
            if caller.done():
                caller.result()
