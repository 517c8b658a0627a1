"""During an upgrade two versions of a service work side by side on the same database and queues."""

from contextlib import contextmanager

import pytest
from nameko.exceptions import MethodNotFound

from tests.support import next_version
from tests.support.calling import assert_nothing_lost, call_more, callers, while_calling, whole_log
from tests.support.running import TIME

QUEUE = "rpc-relief"
NEXT = "relief-next"
ORDERS = 6


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    return next_version.make(tmp_path_factory.mktemp("next"))


class Upgrade:
    """Relief in both versions, started and stopped one by one; one that runs answers."""

    def __init__(self, running, newer):
        self.running, self._newer = running, newer

    def start_new(self):
        environment = self.running.environment | self._newer
        self.running.stack.start_service("relief", environment, instance="-next")
        self._consumers(2)

    def start_old(self):
        self.running.start("relief")
        self._consumers(2)

    def stop(self, name):
        process = self.running.stack.process(name)
        process.ask_to_stop()
        assert process.wait_ended(15)
        assert '"event": "stopped"' in process.log_tail()
        self._consumers(1)

    def _consumers(self, count):
        self.running.wait(lambda: self.running.consumers(QUEUE) == count)

    def versions(self):
        return {self.running.health("relief")["version"] for _ in range(20)}

    def act(self, method, order, **arguments):
        """A command on the order, given twice: the second answer is the same."""
        command = f"{order}:{method}"
        given = {"command_id": command, "id": order, "time": TIME, **arguments}
        first, again = (self.running.do("relief", method, **given) for _ in range(2))
        assert first == again
        return first

    def confirmed_order(self):
        order = self.running.raise_order()["id"]
        self.act("claim_items", order, department="civil affairs")
        self.act("deliver_order", order)
        self.act("confirm_order", order)
        return order

    def state(self, order):
        """Not checked against the contract: the next version answers more."""
        return self.running.rpc.call("relief", "order", id=order)


@pytest.fixture
def upgrade(running, newer):
    upgrade = Upgrade(running, newer)
    yield upgrade
    running.stack.stop_services([NEXT])
    running.start("relief")


@contextmanager
def counted(running, indicator, more):
    """In the end the figure is higher by so much."""
    before = int(running.live(indicator) or 0)
    yield
    running.settled()
    assert running.live(indicator) == str(before + more)


def test_both_serve_and_what_only_the_new_one_knows_outlives_the_old_one(running, upgrade):
    parked = running.parked()
    old = upgrade.versions()
    with counted(running, "relief.orders_confirmed", ORDERS):
        upgrade.start_new()
        assert upgrade.versions() == {next_version.VERSION, *old}
        orders = [upgrade.confirmed_order() for _ in range(ORDERS)]

        upgrade.stop("relief")
        assert upgrade.versions() == {next_version.VERSION}
        for order in orders:
            upgrade.act("praise_order", order)

        upgrade.start_old()
        upgrade.stop(NEXT)
        assert upgrade.versions() == old
        for order in orders:
            with pytest.raises(MethodNotFound):
                running.do("relief", "praise_order", id=order, time=TIME)
            upgrade.act("rate_order", order, rating=5)
            assert "praises" not in upgrade.state(order)

        upgrade.start_new()
        upgrade.stop("relief")
        for order in orders:
            told = upgrade.state(order)
            assert (told["praises"], told["rating"], told["status"]) == (1, 5, "rated")
    praised = [it for it in whole_log(running) if it["type"] == next_version.PRAISED]
    assert [it["subject"] for it in praised] == orders
    assert running.parked() == parked
    with running.service_db("supervision") as service_db:
        stored = service_db["facts"].distinct("_id", {"type": next_version.PRAISED})
    assert sorted(stored) == sorted(it["id"] for it in praised)


def test_an_upgrade_under_load_and_back_loses_nothing(running, upgrade):
    busy = callers(running, "upgrade")

    def there_and_back():
        for start, stop in ((upgrade.start_new, "relief"), (upgrade.start_old, NEXT)):
            call_more(busy)
            start()
            call_more(busy)
            upgrade.stop(stop)
            call_more(busy)

    while_calling(busy, there_and_back)
    assert_nothing_lost(running, busy)
