"""Calls of partners while something dies, hangs or floods: an answer for each, and no growth."""

import json
import random
import uuid
from contextlib import contextmanager
from pathlib import Path

import pika
import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.service import deadlines
from tests.integration import test_partners
from tests.support import plain_amqp
from tests.support.partners import StockCaller, added, until
from tests.support.stack import stack_name

METHODS = ("relief.record_visits", "supervision.live")
# Bytes of memory, resident.
GROWTH = 60 * 1024**2
CALLS = 300
KILLS = 8


@pytest.fixture
def school(running):
    with added(running.stack, methods=METHODS, calls_per_minute=100_000) as partner:
        yield partner


class RawCaller:
    """A caller that sends many requests without waiting for an answer."""

    def __init__(self, channel):
        self.channel = channel
        self.queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(self.queue, "nameko-rpc", self.queue)

    def send(self, key, body, **more):
        given = {"content_type": "application/json", "reply_to": self.queue} | more
        properties = pika.BasicProperties(correlation_id=str(uuid.uuid4()), **given)
        self.channel.basic_publish("nameko-rpc", key, body, properties)
        return properties.correlation_id

    def answers(self, count):
        """Correlation id → answer, of so many of them."""
        found = {}

        def all_there():
            method, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            if method:
                found[properties.correlation_id] = json.loads(body)
            return len(found) >= count

        until(all_there, 120)
        return found


@contextmanager
def raw_caller(partner):
    with plain_amqp.channel(partner.uri) as channel:
        yield RawCaller(channel)


def visits(partner, **changes):
    return test_partners.visits(f"service:{partner.name}", **changes)


def body(**arguments):
    return json.dumps({"args": [], "kwargs": arguments}).encode()


@pytest.mark.long
def test_if_the_service_is_down_the_bridge_answers_at_the_deadline(running, school):
    running.stack.kill_service("relief")
    with raw_caller(school) as caller:
        given = visits(school)
        sent = caller.send(
            "relief.record_visits",
            body(**given),
            expiration="3000",
            headers={"deadline": deadlines.after(3)},
        )
        error = caller.answers(1)[sent]["error"]
    assert error["exc_type"] == "DeadlineExceeded"
    value = json.loads(error["value"])
    assert value["try_again"] == "same_id"
    assert value["data"]["carried_out"] == "unknown"
    assert value["data"]["ask"]["command_id"] == given["command_id"]


@pytest.mark.long
def test_every_call_is_answered_and_done_once_though_the_bridge_is_killed(running, school, seed):
    chance = random.Random(seed)
    before = running.counts("relief")[("relief", "aggregates")]
    with raw_caller(school) as caller:
        sent = set()
        for number in range(CALLS):
            sent.add(caller.send("relief.record_visits", body(**visits(school))))
            if number % (CALLS // KILLS) == chance.randrange(CALLS // KILLS):
                school.bridge.process.kill()
                school.bridge.start()
        answers = caller.answers(len(sent))
    assert set(answers) == sent
    assert not any(it["error"] for it in answers.values())
    assert running.counts("relief")[("relief", "aggregates")] == before + CALLS


@pytest.mark.long
def test_after_the_broker_died_under_a_call_partners_work_again(running, school):
    if not running.stack.owns_servers:
        pytest.skip("the broker isn't ours")
    running.stack.kill_service("relief")
    with StockCaller(school.uri) as caller:
        caller.send("relief", "record_visits", **visits(school))
        until(lambda: school.state["waiting"] == 1)
        running.stack.kill_broker()
        running.stack.resume_infrastructure()
        # Whatever it is, it comes.
        assert caller.answer()
    running.bring_up()
    school.bridge.await_connected(school.name)
    with StockCaller(school.uri) as caller:
        assert caller.call("relief", "record_visits", **visits(school))["result"]["id"]
    until(lambda: school.state["waiting"] == 0)


@pytest.mark.long
def test_malformed_requests_are_answered_and_the_next_one_works(running, school):
    bad = [
        (b"", {}),
        (b"{", {}),
        (b"\xff\xfe", {}),
        (b"[]", {}),
        (b'{"args": [1], "kwargs": {}}', {}),
        (body(), {"content_type": "text/plain"}),
        (body(), {"headers": {"deadline": "soon"}}),
        (body(), {"headers": {"deadline": 5}}),
        (body(note="x" * 2**21), {}),
        (b'{"args": [], "kwargs": ' + b"[" * 10_000, {}),
    ]
    with raw_caller(school) as caller:
        sent = [caller.send("supervision.live", *it[:1], **it[1]) for it in bad]
        # Nobody can be answered, and nothing is held up by it.
        caller.send("supervision.live", body(), reply_to=None)
        caller.send("supervision.live", body(), reply_to="relief.record_visits")
        caller.send("supervision.live", body(), reply_to="#")
        good = caller.send("supervision.live", body(period="2017-W06"))
        answers = caller.answers(len(bad) + 1)
    assert {answers[it]["error"]["exc_type"] for it in sent} == {"ValidationFailed"}
    assert answers[good]["error"] is None


@pytest.mark.long
def test_a_flood_of_large_requests_doesn_t_grow_the_bridge(running, school):
    running.stack.kill_service("relief")
    large = body(**visits(school, note="x" * 900_000))
    with raw_caller(school) as caller:
        caller.send("relief.record_visits", large)
        until(lambda: school.state["waiting"] == 1)
        before = resident(school.bridge.process.pid)
        for _ in range(150):
            caller.send("relief.record_visits", large)
        until(lambda: school.state["waiting"] == 50)
        assert resident(school.bridge.process.pid) - before < GROWTH
        assert school.state["waiting"] == 50
    running.bring_up()
    until(lambda: school.state["waiting"] == 0)


def resident(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.long
def test_another_partner_s_calls_go_on_while_one_deletes_what_the_bridge_needs(running, school):
    with added(running.stack, methods=METHODS) as other, StockCaller(other.uri) as caller:
        for _ in range(5):
            with plain_amqp.channel(school.uri) as channel:
                channel.exchange_delete("nameko-rpc")
                channel.queue_delete("rpc-relief")
            assert caller.call("relief", "record_visits", **visits(other))
        until(lambda: answers_again(school))


def answers_again(partner):
    with StockCaller(partner.uri) as caller:
        answer = caller.call("supervision", "live", period="2017-W06")
        return "result" in answer


@pytest.mark.long
def test_a_broker_that_lost_everything_has_the_partners_again(running, school):
    """With the same passwords, from the definitions that are written at its start."""
    if not running.stack.owns_servers:
        pytest.skip("the broker isn't ours")
    running.stack.broker_control("delete_vhost", school.partner.account)
    running.stack.broker_control("delete_user", school.partner.account)
    running.stack.kill_broker()
    running.stack.resume_infrastructure()
    running.bring_up()
    school.bridge.await_connected(school.name)
    with StockCaller(school.uri) as caller:
        assert "result" in caller.call("supervision", "live", period="2017-W06")


def warm(*arguments):
    """The output of a command. It has to succeed."""
    done = CliRunner().invoke(app, ["partner", *arguments, "--stack", stack_name()])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.long
def test_the_commands_add_list_try_rotate_and_remove(running, school):
    name = "clinic-9"
    given = ("--methods", "supervision.live", "--actor", "person:li")
    address = warm("add", name, *given).split()[-1]
    assert "unchanged" in warm("add", name, *given)
    assert "supervision.live answers" in warm("test", name)
    first = Path(address).read_text()
    with StockCaller(first) as caller:
        assert "result" in caller.call("supervision", "live", period="2017-W06")
        warm("rotate", name, "--actor", "person:wang")
        assert "error" in caller.call("supervision", "live", period="2017-W06")
    with pytest.raises(pika.exceptions.ProbableAuthenticationError), plain_amqp.channel(first):
        pass
    assert "supervision.live answers" in warm("test", name)
    listed = json.loads(warm("list", "--json", "--changes"))
    [mine] = [it for it in listed["partners"] if it["name"] == name]
    assert (mine["connected"], mine["lag"], mine["methods"]) == (True, 0, ["supervision.live"])
    assert mine["answered"] >= 3
    done = [(it["did"], it["by"]) for it in listed["changes"] if it["name"] == name]
    assert done == [("added", "person:li"), ("rotated", "person:wang")]
    warm("remove", name)
    assert name not in warm("list")
    listed = running.stack.broker_control("list_vhosts")
    assert f"partner.{name}" not in listed
    assert f"partner.{school.name}" in listed
