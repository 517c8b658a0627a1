"""The broker's alarm, a broker that hangs, and a network that swallows everything: each wait ends,
the reason is named, and nobody who was told that nothing was done finds it done."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from kombu import Producer
from typer.testing import CliRunner

from deploy.local.cli import NOT_READY, app
from deploy.local.places import ROOT
from deploy.local.services import health_by_socket, health_socket
from shared.contracts.messages import Message
from shared.domain.errors import DeadlineExceeded, Unavailable
from shared.messaging.publisher import Publisher
from shared.platform import broker
from shared.platform.broker_alarm import AlarmWatch
from shared.platform.limited_connection import BrokerAlarm
from shared.platform.topology import RPC_EXCHANGE
from shared.service import deadlines, rpc_client
from shared.service.rpc_client import RpcClient
from tests.support import plain_amqp
from tests.support.foreign import visits
from tests.support.proxy import Blackhole
from tests.support.running import COMMUNITY, PERSON, TIME
from tests.support.stack import stack_name

CALLERS = 80
SECONDS = 2
# What sets each alarm, what ends it again, and the broker's word for it.
DISK = ("set_disk_free_limit 90000GB", "set_disk_free_limit 500MB", "low on disk")
MEMORY = (
    "set_vm_memory_high_watermark absolute 1MB",
    "set_vm_memory_high_watermark 0.4",
    "low on memory",
)
# A limit is kept if the answer comes later, but not a minute later: the machine is busy.
LATER = 15
# An event isn't for anybody there.
NOWHERE = RPC_EXCHANGE
VISITS = {"value": "1", "qualifier": "exact", "unit": "visit"}


@pytest.fixture
def alarm(running):
    """`with alarm():` the broker's alarm is on, for its disk unless another is named."""
    watch = AlarmWatch(running.stack.amqp_uri)

    @contextmanager
    def on(kind=DISK):
        begin, end, word = kind
        running.stack.broker_control(*begin.split())
        try:
            running.wait(lambda: watch.alarm() == word)
            yield
        finally:
            running.stack.broker_control(*end.split())
            running.wait(lambda: watch.alarm() == "")

    yield on
    watch.close()


def named_problem(kind):
    return {"code": "broker_alarm", "detail": kind[2]}


def visit(command_id=None):
    return {
        "command_id": command_id or str(uuid.uuid4()),
        "actor": PERSON,
        "orgunit": COMMUNITY,
        "time": TIME,
        "kind": "household",
        "visits": VISITS,
    }


def outcome(rpc, command, seconds=SECONDS):
    """What a caller is told: "done", or what its error says of it."""
    began = time.monotonic()
    try:
        rpc.call("relief", "record_visits", timeout=seconds, **command)
        told = "done"
    except Unavailable as error:
        assert error.data["problem"] == "broker_alarm"
        told = "no"
    except DeadlineExceeded as error:
        told = error.data["carried_out"]
    assert time.monotonic() - began < seconds + LATER
    return told


def known(running, command):
    return running.ask("relief", "command", command_id=command["command_id"])["known"]


def effects(running, command):
    with running.service_db("relief") as database:
        return database.aggregates.count_documents({"commands.id": command["command_id"]})


def status_command(*more):
    began = time.monotonic()
    done = CliRunner().invoke(app, ["status", *more, "--stack", stack_name()])
    return done.exit_code, done.stdout, time.monotonic() - began


def container_check(running):
    done = subprocess.run(
        [sys.executable, "-m", "shared.service.health_client"],
        env=os.environ | {"WARM_HEALTH_SOCKET": health_socket(running.stack.home, "relief")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def status_at_broker(running):
    """As in a deployment, where the sockets are in the containers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMQP_URI", running.stack.amqp_uri)
        return json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)["services"]


@pytest.mark.problem("broker_alarm")
@pytest.mark.parametrize("kind", [DISK, MEMORY], ids=lambda kind: kind[2])
def test_status_and_health_name_the_alarm_at_once_and_it_ends_by_itself(running, alarm, kind):
    named = named_problem(kind)
    with alarm(kind):
        code, text, seconds = status_command()
        assert (code, seconds < 60) == (NOT_READY, True)
        assert "broker_alarm: clinics, jobfairs, relief" in text
        assert kind[2] in text
        assert kind[0].split()[0] in text
        for service in json.loads(status_command("--json")[1])["services"].values():
            assert service["problems"] == [named]
            # From the socket of its own process: the broker can't carry it.
            assert (service["status"], service["checks"]["database"]) == ("degraded", True)
        assert container_check(running) == (1, "degraded broker_alarm")
        # Without sockets, what the broker says.
        relief = status_at_broker(running)["relief"]
        assert (relief["problems"], relief["instances"], relief["queue_depth"]) == ([named], 1, 0)
        connections_stay_as_they_are(running, named)
    assert status_command()[0] == 0
    assert container_check(running) == (0, "ready")


def connections_stay_as_they_are(running, problem):
    """Those who ask or publish again use the connection that is blocked already."""

    def connections():
        return len(running.stack.broker_control("list_connections", "pid").split())

    publisher, before = Publisher(running.stack.amqp_uri), 0
    for _ in range(10):
        with pytest.raises(BrokerAlarm):
            publisher.publish(NOWHERE, [Message.of(visits())])
        [health] = health_by_socket(running.stack.home, "relief")
        assert problem in health["problems"]
        before = before or connections()
    assert connections() <= before
    publisher.close()


def test_who_publishes_goes_on_by_the_same_connection(running, alarm):
    publisher = Publisher(running.stack.amqp_uri)
    with alarm(), pytest.raises(BrokerAlarm):
        publisher.publish(NOWHERE, [Message.of(visits())])
    connection = publisher._current
    publisher.publish(NOWHERE, [Message.of(visits())])
    assert publisher._current is connection
    publisher.close()


@contextmanager
def requests_of_a_foreign_program(running, *requests):
    """Commands with their headers, sent without asking the broker first."""
    connections = [broker.connection(running.stack.amqp_uri) for _ in requests]
    for connection, (command, headers) in zip(connections, requests, strict=True):
        producer = Producer(connection.default_channel, auto_declare=False)
        body, key = {"args": [], "kwargs": command}, "relief.record_visits"
        given = {"exchange": RPC_EXCHANGE, "routing_key": key, "headers": headers}
        producer.publish(body, user_id=connection.userid, **given)
    yield
    for connection in connections:
        connection.release()


def late(running):
    """How many requests relief says that it refused as late."""
    problems = {it["code"]: it["detail"] for it in running.health("relief")["problems"]}
    return int(problems.get("late_requests", "0").split()[0])


@pytest.mark.problem("late_requests")
def test_nobody_who_gave_up_under_the_alarm_finds_the_command_done(running, alarm, monkeypatch):
    """Of 80 callers half ask the broker first, the others have sent already when it says so. What
    the broker holds back is past its deadline when the alarm ends."""
    commands = [visit() for _ in range(CALLERS)]
    clients = [RpcClient(running.stack.amqp_uri) for _ in commands]
    for client in clients:
        client.call("relief", "events", limit=1, after=0)
    monkeypatch.setattr(rpc_client, "SILENT_SECONDS", 600)
    asking = clients[::2]
    for client in asking:
        client._used = -600.0
    patient, without = visit(), visit()
    foreign = [(patient, {"deadline": deadlines.after(600)}), (without, {})]
    with ExitStack() as sent, ThreadPoolExecutor(CALLERS) as pool:
        with alarm():
            sent.enter_context(requests_of_a_foreign_program(running, *foreign))
            told = list(pool.map(outcome, clients, commands))
            assert Counter(told) == {"no": CALLERS / 2, "unknown": CALLERS / 2}
            # Who knows of the alarm sends nothing more.
            assert outcome(clients[1], visit()) == "no"
            began = time.monotonic()
            for client in asking:
                client.close()
            assert time.monotonic() - began < LATER
            time.sleep(SECONDS + deadlines.TOLERANCE.total_seconds())
        running.wait(lambda: late(running) >= CALLERS / 2)
        assert "late_requests: relief gets requests after their deadline" in status_command()[1]
        running.wait(lambda: known(running, patient) and known(running, without))
    for client in clients:
        client.close()
    for command, answer in zip(commands, told, strict=True):
        assert effects(running, command) == known(running, command) == 0, answer
    # Now they are given again, each twice.
    for command in commands:
        running.do("relief", "record_visits", **command)
        running.do("relief", "record_visits", **command)
        assert effects(running, command) == known(running, command) == 1
    # The alarm is over: it ends by itself.
    running.wait(lambda: "late_requests" not in status_command()[1])


def test_a_deadline_in_no_known_form_is_refused_by_its_name(running):
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, RPC_EXCHANGE, queue)
        given = {"reply_to": queue, "content_type": "application/json"}
        headers = {"deadline": "tomorrow"}
        request = plain_amqp.pika.BasicProperties(**given, headers=headers)
        channel.basic_publish(RPC_EXCHANGE, "relief.health", b'{"args":[],"kwargs":{}}', request)
        answers = channel.consume(queue, auto_ack=True, inactivity_timeout=LATER)
        _, _, body = next(answers)
    error = json.loads(body)["error"]
    assert error["exc_type"] == "ValidationFailed"
    assert "instant with its offset" in str(error["exc_args"])


def test_the_error_of_a_caller_with_a_slow_clock_names_the_clocks_at_once(running, monkeypatch):
    command, right = visit(), deadlines.now
    with RpcClient(running.stack.amqp_uri) as rpc, monkeypatch.context() as slow:
        slow.setattr(deadlines, "now", lambda: right() - timedelta(minutes=2))
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded) as refused:
            rpc.call("relief", "record_visits", timeout=60, **command)
    assert time.monotonic() - began < 30
    assert refused.value.data["carried_out"] == "no"
    assert "clock is 120 s ahead of the caller's" in refused.value.data["clocks"]
    assert not known(running, command)


def test_an_answer_that_the_alarm_holds_back_is_no_silence(running, alarm):
    """The service has the request when the alarm begins, and carries it out."""
    command, pid = visit(), running.stack.process("relief").pid
    with RpcClient(running.stack.amqp_uri) as rpc, ThreadPoolExecutor(1) as pool:
        rpc.call("relief", "health")
        os.kill(pid, signal.SIGSTOP)
        waiting = pool.submit(rpc.call, "relief", "record_visits", timeout=120, **command)
        try:
            running.wait(lambda: running.depth("rpc-relief") == 0)
            with alarm():
                os.kill(pid, signal.SIGCONT)
                error = waiting.exception(timeout=20)
                assert isinstance(error, DeadlineExceeded)
                assert error.data["problem"] == "broker_alarm"
                assert error.data["carried_out"] == "unknown"
                assert error.data["ask"]["command_id"] == command["command_id"]
                running.wait(lambda: effects(running, command) == 1)
        finally:
            os.kill(pid, signal.SIGCONT)
    assert known(running, command)
    # Its event was held back in the database, and goes out.
    running.settled()


@contextmanager
def hung_broker(running):
    pid = running.stack.process("broker").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_with_a_broker_that_hangs_each_wait_ends(running):
    sent, fresh = visit(), visit()
    with RpcClient(running.stack.amqp_uri) as used, RpcClient(running.stack.amqp_uri) as new:
        used.call("relief", "health")
        with hung_broker(running):
            assert outcome(used, sent) in ("no", "unknown")
            assert outcome(new, fresh) == "no"
            began = time.monotonic()
            used.close()
            assert time.monotonic() - began < LATER
            code, _, seconds = status_command()
            assert (code, seconds < 60) == (NOT_READY, True)
    running.wait(lambda: status_command()[0] == 0)
    assert not known(running, fresh)
    assert effects(running, sent) == known(running, sent)


def test_with_a_network_that_swallows_everything_each_wait_ends(running):
    uri = running.stack.amqp_uri
    port = running.stack.ports.amqp
    sent = visit()
    with Blackhole(port) as hole, RpcClient(uri.replace(f":{port}", f":{hole.port}")) as rpc:
        rpc.call("relief", "health")
        hole.swallow()
        assert outcome(rpc, sent) in ("no", "unknown")
        began = time.monotonic()
        rpc.close()
        assert time.monotonic() - began < LATER
    assert not known(running, sent)
