"""Other protocols, with real clients: what arrives where is what docs/other-protocols.md says,
rights hold, and the examples of the how-to guide run. With `--broker4` on RabbitMQ 4.0."""

import hashlib
import json
import re
import shutil
from functools import partial

import pytest

from deploy.broker_protocols import PROTOCOLS
from deploy.local import install
from deploy.local.broker import Broker
from deploy.local.console import silent
from deploy.local.places import ROOT, VAR
from deploy.local.ports import Ports
from deploy.local.processes import stop_all
from deploy.local.stacks import port_base
from shared.contracts.messages import Message
from shared.messaging.publisher import Publisher
from shared.platform.permissions import NOTICES
from shared.platform.subscribers import ARCHIVE, subscriber_queue
from tests.support import golden
from tests.support.arrivals import EXCHANGE, Arrival, table
from tests.support.protocol_clients import Clients

pytestmark = pytest.mark.long

PAGE = ROOT / "docs" / "other-protocols.md"
GUIDE = ROOT / "docs" / "how-to" / "use-another-protocol.md"
# Among those of the stack `test`, behind those of its other tests.
PORTS_ABOVE = 270
READER = ARCHIVE.name
QUEUE = f"/amq/queue/{subscriber_queue(READER)}"
# Golden examples have one id for both.
CORRELATED = {"correlationid": "0c4b2f0e-8d5f-5e0c-a7ad-6cdc2ad2b8f1"}
NOTICE = golden.example("events", "supervision.briefing.announced.1") | CORRELATED
ISSUE = golden.example("events", "supervision.briefing.published.2") | CORRELATED
ISSUE["data"]["document"] = json.dumps({"文字": "通报" * 60_000}, ensure_ascii=False)
TOPIC = "briefing/announced"
STREAM = "/amq/queue/reports"
MQTT = ("mqtt311", "mqtt5")
# As long as a client waits for what has to come, and for what mustn't.
SOON, NEVER = 30, 3


@pytest.fixture(scope="module")
def clients():
    return Clients()


@pytest.fixture(scope="module")
def broker():
    ports = Ports(port_base() + PORTS_ABOVE)
    broker = Broker(VAR / "protocols", ports, protocols=tuple(PROTOCOLS))
    stop_all(broker.processes, 10)
    shutil.rmtree(broker.home, ignore_errors=True)
    try:
        broker.launch(install.ensure_broker(silent))
        broker.await_ready()
        yield broker
    finally:
        stop_all(broker.processes, 10)


@pytest.fixture(scope="module")
def version(broker):
    """3.10 or 4.0."""
    said = broker.control(install.ensure_broker(silent), "version")
    return ".".join(said.strip().split(".")[:2])


@pytest.fixture(scope="module")
def publish(broker):
    """As supervision does."""
    publisher = Publisher(broker.uri_of("supervision"))
    yield lambda *events: publisher.publish(EXCHANGE, map(Message.of, events))
    publisher.close()


@pytest.fixture(scope="module")
def see(broker, clients):
    """`see(protocol, user, *arguments)`: what a client says that is logged in as `user`; "" is
    without any login."""

    def see(protocol, user, *arguments):
        login = (user, broker.password_of(user)) if user else ("", "")
        if protocol.startswith("mqtt"):
            first = (protocol.removeprefix("mqtt"), broker.protocol_ports["mqtt"])
            return clients.see("read_mqtt.py", *first, *login, *arguments)
        port = broker.protocol_ports.get(protocol, broker.ports.amqp)
        return clients.see(f"read_{protocol}.py", port, *login, *arguments)

    return see


@pytest.fixture(scope="module")
def arrived(see, publish):
    """Column → what was seen of an issue, or of a notice; None where nothing arrives."""
    found = {}
    for protocol in ("amqp1", "stomp"):
        publish(ISSUE)
        found[protocol] = first_message(see(protocol, READER, QUEUE, 1, SOON))
    found["stream"] = first_message(see("stream", READER, "reports", 1, SOON))
    for protocol in ("mqtt311", "mqtt5"):
        read = partial(see, protocol, NOTICES, TOPIC)
        read(1, NEVER, protocol)
        # It waits for a reader that isn't connected.
        publish(NOTICE)
        found[protocol] = first_message(read(1, NEVER, protocol))
    return found


def first_message(said):
    return next((it for it in said if "places" in it), None)


def body(event):
    return Message.of(event).text.encode()


def digest(event):
    return hashlib.sha256(body(event)).hexdigest()


def test_an_issue_of_several_hundred_kilobytes_arrives_byte_for_byte(arrived):
    issue = body(ISSUE)
    assert len(issue) > 300_000
    for protocol in ("amqp1", "stream", "stomp"):
        assert (arrived[protocol]["size"], arrived[protocol]["sha256"]) == (
            len(issue),
            digest(ISSUE),
        )


def test_a_notice_is_small_and_waits_for_a_reader_that_isnt_connected(arrived, version):
    assert len(body(NOTICE)) < 2000
    assert arrived["mqtt311"]["sha256"] == digest(NOTICE)
    # 3.10 doesn't speak MQTT 5.
    assert (arrived["mqtt5"] is None) == (version == "3.10")


def test_what_arrives_where_is_what_the_page_says(arrived, see, version):
    first = {
        "amqp1": see("amqp1", READER, STREAM, 1, NEVER, "first"),
        "stream": see("stream", READER, "reports", 1, SOON),
        "stomp": see("stomp", READER, STREAM, 1, SOON, "/", "first"),
    }
    arrivals = {
        name: seen and Arrival(NOTICE if name in MQTT else ISSUE, seen["places"])
        for name, seen in arrived.items()
    }
    manners = {
        "a stream is read from its first message": {
            name: "yes" if first_message(said) else "no" for name, said in first.items()
        },
        "what is refused": {name: answer(said) for name, said in refused(see).items()},
    }
    made = table(version, arrivals, manners)
    assert made in PAGE.read_text("utf-8"), f"put it into {PAGE.name}:\n{made}"


def refused(see):
    """What each client says that asks for what it may not read."""
    return {
        "amqp1": see("amqp1", READER, "/amq/queue/warm.log", 1, NEVER),
        "stream": see("stream", READER, "warm.log", 1, NEVER),
        "stomp": see("stomp", READER, "/amq/queue/warm.log", 1, NEVER),
        "mqtt311": see("mqtt311", NOTICES, "briefing/published", 1, NEVER, "curious"),
        "mqtt5": see("mqtt5", NOTICES, "briefing/published", 1, NEVER, "curious-5"),
    }


def answer(said):
    """How a client is refused: nothing arrives."""
    told = [it.get("refused") or it.get("subscribed") for it in said]
    why = next(filter(None, told), "closed" if {"closed": True} in said else "nothing")
    assert why not in ("nothing", "Granted QoS 1") and not first_message(said), said
    return "closed without an answer" if why == "closed" else f"`{why.split(': ')[0]}`"


@pytest.mark.parametrize(
    ("protocol", "user", "place"),
    [
        ("amqp1", READER, "/amq/queue/reports.internal"),
        ("amqp1", NOTICES, QUEUE),
        ("stream", READER, "reports.internal"),
        ("stream", NOTICES, "reports"),
        ("stomp", READER, "/amq/queue/reports.internal"),
        ("stomp", READER, "/exchange/supervision.events/briefing.announced"),
        ("stomp", NOTICES, QUEUE),
        ("stomp", NOTICES, "/exchange/supervision.events/briefing.published"),
        ("stomp", NOTICES, "/exchange/supervision.events/#"),
    ],
)
def test_the_rights_are_those_of_amqp(see, publish, arrived, protocol, user, place):
    publish(ISSUE, NOTICE)
    said = see(protocol, user, place, 1, NEVER)
    assert any("refused" in it for it in said) and not first_message(said), said


@pytest.mark.parametrize("topic", ["#", "+/+", "briefing/#", "briefing/published", "order/+"])
def test_notices_are_all_that_their_reader_hears_by_mqtt(see, publish, topic):
    answer(see("mqtt311", NOTICES, topic, 1, NEVER, f"curious-{topic.replace('/', '-')}"))


@pytest.mark.parametrize(("protocol", "user"), [("amqp1", ""), ("stomp", ""), ("mqtt311", "")])
def test_nobody_comes_in_without_a_login(see, protocol, user):
    said = see(protocol, user, TOPIC if protocol in MQTT else QUEUE, 1, NEVER, "-")
    assert not first_message(said) and not any("subscribed" in it for it in said)


def test_a_stomp_reader_of_notices_has_those_since_it_subscribed(broker, clients, publish):
    login = (NOTICES, broker.password_of(NOTICES))
    place = "/exchange/supervision.events/briefing.announced"
    port = broker.protocol_ports["stomp"]
    with clients.start("read_stomp.py", port, *login, place, 1, SOON) as reading:
        assert "subscribed" in reading.stdout.readline()
        publish(NOTICE)
        assert json.loads(reading.stdout.readline())["sha256"] == digest(NOTICE)


def test_a_stomp_client_that_names_no_virtual_host_is_refused(see):
    said = see("stomp", READER, QUEUE, 1, NEVER, "-")
    assert said == [{"refused": "Bad CONNECT: Virtual host '127.0.0.1' access denied"}]


def examples():
    """Name → program of the how-to guide."""
    text = GUIDE.read_text("utf-8")
    return dict(re.findall(r"^`(\w+\.py)`.*?```python\n(.*?)```", text, re.M | re.S))


@pytest.fixture
def example(broker, clients, tmp_path):
    """`example(name, user, *arguments)`: the program, running."""
    started = []

    def start(name, user, *arguments):
        program = tmp_path / name
        program.write_text(examples()[name])
        protocol = name.removeprefix("read_").removesuffix(".py")
        port = broker.protocol_ports.get(protocol, broker.ports.amqp)
        login = (user, broker.password_of(user))
        started.append(clients.start(program, "127.0.0.1", port, *login, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


SAID = "supervision.briefing.published 2017-W06 issue 1"


def test_the_examples_with_whole_issues_run(example, publish, arrived):
    publish(ISSUE)
    assert (
        example("read_amqp1.py", READER, subscriber_queue(READER)).stdout.readline().strip() == SAID
    )
    publish(ISSUE)
    assert (
        example("read_stomp.py", READER, subscriber_queue(READER)).stdout.readline().strip() == SAID
    )
    for offset in (0, 1):
        said = example("read_stream.py", READER, offset).stdout.readline().strip()
        assert said == f"{offset} {SAID}"


def test_the_example_with_notices_runs(example, publish):
    reading = example("read_mqtt.py", NOTICES, "phone-1")
    assert reading.stdout.readline().strip() == "waiting"
    publish(NOTICE)
    assert reading.stdout.readline().strip() == "issue 1 of 2017-W06, revision 0: final"
