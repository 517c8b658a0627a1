"""Real servers that speak TLS and nothing else: everything works, and nothing without it."""

import json
import os
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pika
import pytest
from amqp import AMQPError
from pika.exceptions import AMQPConnectionError
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from deploy.broker_definitions import lacking
from deploy.broker_protocols import PROTOCOLS
from deploy.certificate_authority import Authority
from deploy.local.places import ROOT, VAR
from deploy.local.ports import HOST
from deploy.local.processes import Process
from deploy.local.stack import Stack
from deploy.local.stacks import port_base
from deploy.local.tls import Tls
from deploy.local.waiting import wait_until
from shared.contracts.messages import Message
from shared.messaging.publisher import Publisher
from shared.platform import broker
from shared.platform.permissions import NOTICES
from shared.platform.subscribers import ARCHIVE, subscriber_queue
from shared.service.rpc_client import RpcClient
from tests.integration.test_subscriber import issue, kept, publish
from tests.support import golden, node
from tests.support.running import WEEK, Running

HERE = Path(__file__).parent
MQTT = HERE.parent / "support" / "protocol_clients" / "read_mqtt.py"
# Among those of the stack `test`, behind the ones that it uses.
PORTS_ABOVE = 250
SECONDS = 120


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authorities")
    ours = Authority.new()
    (folder / "authority.pem").write_bytes(ours.pair.certificate)
    (folder / "another.pem").write_bytes(Authority.new().pair.certificate)
    (folder / "server.pem").write_bytes(ours.sign(HOST).both)
    return folder


@pytest.fixture(scope="module")
def secured(files):
    """Broker and database, no services yet."""
    tls = Tls(files / "authority.pem", files / "server.pem")
    base = port_base() + PORTS_ABOVE
    more = {"tls": tls, "protocols": tuple(PROTOCOLS)}
    with Stack(VAR / "tls", base, "test", keeps_data=False, **more) as stack:
        if not stack.owns_servers:
            pytest.skip("AMQP_URI and MONGODB_URI name servers whose certificates aren't ours")
        stack.start_infrastructure()
        yield stack


def program(name, *arguments):
    """What it printed, as JSON."""
    command = [sys.executable, "-W", "ignore", HERE / name, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_many_and_large_messages_arrive_as_they_were_published(secured):
    told = program("secured_traffic.py", secured.amqp_uri, "secured.queue")
    assert told == {"published": 4128, "taken": 4128, "same": True}


def test_a_client_that_waits_for_a_broker_that_hangs_gets_an_error_and_goes_on(secured):
    pid = secured.process("broker").pid
    first, waiting, next_one, seconds = program("secured_leave.py", secured.amqp_uri, pid)
    assert (first, next_one) == ("published", "published")
    assert waiting == ["NotConfirmed"] * 3
    assert seconds < 3


def test_the_check_of_policies_finds_the_listener(stack):
    assert lacking(stack.check_broker()) == ()


@pytest.fixture
def running(secured):
    with RpcClient(secured.amqp_uri) as rpc:
        services = Running(secured, rpc)
        services.set_clock(WEEK.cutoff)
        services.start()
        services.enter_registry()
        yield services
    secured.stop_services()


def test_an_order_becomes_a_fact(running):
    assert running.raise_order()["status"] == "raised"
    running.settled()
    assert running.health("supervision")["facts"]["relief"] == 1
    assert running.health("relief")["status"] == "ready"


def test_a_subscriber_gets_a_briefing(secured, tmp_path):
    publish(secured, issue("2017-W06"))
    name, out = ARCHIVE.name, tmp_path / "archive"
    (tmp_path / "uri").write_text(secured.amqp_uri_of(name) + "\n")
    command = [sys.executable, ROOT / "deploy/subscriber/subscriber.py", "--count", "1"]
    command += ["--queue", subscriber_queue(name), "--out", out, "--timeout", "30"]
    environment = {"PATH": os.environ["PATH"], "AMQP_URI_FILE": str(tmp_path / "uri")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(kept(out)) == ["2017-W06-r0.json"]


def test_other_protocols_speak_tls_and_nothing_else(secured, files):
    context = ssl.create_default_context(cafile=files / "authority.pem")
    for port in secured.protocol_ports.values():
        plain = socket.create_connection((HOST, port))
        with plain, context.wrap_socket(plain, server_hostname=HOST) as connected:
            assert connected.version() in ("TLSv1.2", "TLSv1.3")
    assert secured.protocol_ports.keys() == PROTOCOLS.keys() - {"amqp1"}


def test_a_notice_arrives_by_mqtt(secured, files):
    """With the rights of `notices` alone; other clients are tried in test_other_protocols.py."""
    notice = golden.example("events", "supervision.briefing.announced.1")
    password = unquote(urlsplit(secured.amqp_uri_of(NOTICES)).password)
    place = ("311", secured.protocol_ports["mqtt"], NOTICES, password, "briefing/announced")
    options = ("1", SECONDS, "phone-1", files / "authority.pem")
    command = [sys.executable, MQTT, *map(str, (*place, *options))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reading:
        said = (json.loads(line) for line in reading.stdout)
        assert next(said) == {"connected": "Success", "session": False}
        assert next(said) == {"subscribed": "Granted QoS 1"}
        publisher = Publisher(secured.amqp_uri_of("supervision"))
        publisher.publish("supervision.events", [Message.of(notice)])
        publisher.close()
        assert next(said)["size"] == len(Message.of(notice).text.encode())


def of_another_authority(uri):
    return uri.replace("authority.pem", "another.pem")


def of_another_name(uri):
    """The certificate is for the number only."""
    return uri.replace(HOST, "localhost")


def without_tls(uri):
    plain, _, options = uri.replace("amqps://", "amqp://").partition("?")
    kept = [it for it in options.split("&") if it and not it.startswith(("tls", "cacertfile"))]
    return "?".join([plain, *filter(None, ["&".join(kept)])])


WRONG = [of_another_authority, of_another_name, without_tls]


@pytest.mark.parametrize("wrong", WRONG)
def test_kombu_does_not_connect(secured, wrong):
    with pytest.raises((OSError, AMQPError)):
        broker.connection(wrong(secured.amqp_uri), connect_timeout=2).connect()


@pytest.mark.parametrize("wrong", WRONG)
def test_pika_does_not_connect(secured, wrong):
    with pytest.raises((OSError, AMQPConnectionError)):
        pika.BlockingConnection(broker.pika_parameters(wrong(secured.amqp_uri)))


CALL = """
import { RpcClient } from "warm-district-client";

const rpc = new RpcClient({ uri: process.argv[1], seconds: Number(process.argv[2]) });
await rpc.services.relief.order({ id: "o-1" }).catch(({ name, data }) => {
  console.log(`${name}: ${data.reason}`);
});
await rpc.close();
"""


def by_node(uri, seconds):
    """What the Node client says of an order that isn't there."""
    client = node.installed(node.CLIENT)
    return node.run("node", "--input-type=module", "-e", CALL, uri, seconds, cwd=client).stdout


@pytest.mark.long
def test_the_node_client_calls_a_method(running):
    assert by_node(running.stack.amqp_uri, "30").startswith("NotFound")


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG)
def test_the_node_client_does_not_connect(secured, wrong):
    said = by_node(wrong(secured.amqp_uri), "2")
    assert said.startswith("DeadlineExceeded: can't connect")


@pytest.mark.parametrize("wrong", WRONG)
def test_pymongo_does_not_connect(secured, wrong):
    uri = wrong(secured.mongodb_uri)
    with (
        pytest.raises(ServerSelectionTimeoutError),
        MongoClient(uri, serverSelectionTimeoutMS=1000) as client,
    ):
        client.admin.command("ping")


@contextmanager
def started(stack, tmp_path, **changes):
    """The log of a service whose addresses are changed, as it comes."""
    process = Process("relief", tmp_path)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "WARM_ENV": "test"}
    environment |= {
        "AMQP_URI": stack.amqp_uri_of("relief"),
        "MONGODB_URI": stack.mongodb_uri_of("relief"),
        "WARM_FIELD_KEY_FILE": str(stack.home / "secrets" / "field.key"),
        "PYTHONUNBUFFERED": "1",
    }
    process.start([sys.executable, "-m", "shared.service.runner", "relief"], environment | changes)
    try:
        yield process.log_file
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (of_another_authority, "SSLCertVerificationError: self-signed certificate"),
        (of_another_name, "SSLCertVerificationError: Hostname mismatch"),
        (without_tls, "broker unreachable"),
    ],
)
def test_a_service_waits_for_the_broker_that_its_address_names(secured, tmp_path, wrong, says):
    uri = wrong(secured.amqp_uri_of("relief"))
    with started(secured, tmp_path, AMQP_URI=uri) as log:
        assert wait_until(lambda: says in log.read_text(), SECONDS)
        assert "broker unreachable" in log.read_text()
        assert '"started"' not in log.read_text()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (of_another_authority, "ServerSelectionTimeoutError: certificate refused"),
        (of_another_name, "ServerSelectionTimeoutError: certificate refused"),
        (without_tls, "ServerSelectionTimeoutError"),
    ],
)
def test_a_service_waits_for_the_database_that_its_address_names(secured, tmp_path, wrong, says):
    uri = wrong(secured.mongodb_uri_of("relief"))
    with started(secured, tmp_path, MONGODB_URI=uri) as log:
        assert wait_until(lambda: says in log.read_text(), SECONDS)
        assert "database unreachable" in log.read_text()
        assert '"started"' not in log.read_text()
