"""Who isn't the server that the address names is refused, by every library that connects.

That TLS works with real servers is seen in test_tls_servers.py.
"""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import amqp
import kombu
import pika
import pytest
from nameko.amqp.publish import get_connection
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from deploy.certificate_authority import Authority
from deploy.local.waiting import wait_until
from shared.platform import broker
from shared.service.rpc_client import RpcClient

SECONDS = 5


@contextmanager
def server(pair, folder):
    """Shakes hands with every client, with that certificate; its port and how each time ended."""
    file = folder / "server.pem"
    file.write_bytes(pair.both)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    ended = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    ended.append(_shake_hands(context, connection))

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], ended
        listener.shutdown(socket.SHUT_RDWR)


def _shake_hands(context, connection):
    connection.settimeout(SECONDS)
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            return "greeted" if secured.recv(8) else "left"
    except (OSError, ssl.SSLError):
        return "refused"


def outcome(ended):
    """How each time ended; the server may notice later than the client."""
    wait_until(lambda: ended, SECONDS)
    return set(ended)


@pytest.fixture(scope="module")
def authority():
    return Authority.new()


@pytest.fixture
def trusted(authority, tmp_path):
    file = tmp_path / "authority.pem"
    file.write_bytes(authority.pair.certificate)
    return file


def by_kombu(uri):
    broker.connection(uri, connect_timeout=SECONDS).connect()


def by_nameko(uri):
    config = broker.nameko_config(uri)
    with get_connection(config["AMQP_URI"], config["AMQP_SSL"]) as connection:
        connection.channel()


def by_pika(uri):
    parameters = broker.pika_parameters(uri)
    parameters.socket_timeout = parameters.stack_timeout = SECONDS
    pika.BlockingConnection(parameters)


def by_rpc_client(uri):
    with RpcClient(uri) as rpc:
        rpc.call("relief", "health", timeout=1)


CLIENTS = [by_kombu, by_nameko, by_pika, by_rpc_client]


@pytest.mark.parametrize("connect", CLIENTS)
def test_a_server_of_another_authority_is_refused(connect, trusted, tmp_path):
    with server(Authority.new().sign("localhost"), tmp_path) as (port, ended):
        with pytest.raises(Exception):  # noqa: B017 - each library's own
            connect(f"amqps://a:b@localhost:{port}/%2F?cacertfile={trusted}")
        assert outcome(ended) == {"refused"}


@pytest.mark.parametrize("connect", CLIENTS)
def test_a_server_of_another_name_is_refused(connect, authority, trusted, tmp_path):
    with server(authority.sign("elsewhere"), tmp_path) as (port, ended):
        with pytest.raises(Exception):  # noqa: B017
            connect(f"amqps://a:b@localhost:{port}/%2F?cacertfile={trusted}")
        assert outcome(ended) == {"refused"}


@pytest.mark.parametrize("connect", CLIENTS)
def test_an_authority_that_only_the_deployment_knows_has_to_be_named(connect, authority, tmp_path):
    with server(authority.sign("localhost"), tmp_path) as (port, ended):
        with pytest.raises(Exception):  # noqa: B017
            connect(f"amqps://a:b@localhost:{port}/%2F")
        assert outcome(ended) == {"refused"}


@pytest.mark.parametrize("connect", CLIENTS)
def test_the_right_server_is_greeted(connect, authority, trusted, tmp_path):
    with server(authority.sign("localhost", "127.0.0.1"), tmp_path) as (port, ended):
        with pytest.raises(Exception):  # noqa: B017 - it says nothing more than hello
            connect(f"amqps://a:b@localhost:{port}/%2F?cacertfile={trusted}")
        assert outcome(ended) == {"greeted"}


@pytest.fixture
def silent():
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("scheme", ["amqp", "amqps"])
def test_a_server_that_says_nothing_is_not_waited_for(silent, scheme):
    uri = f"{scheme}://a:b@localhost:{silent}/%2F"
    connecting = threading.Thread(target=_in_vain, args=[uri], daemon=True)
    connecting.start()
    connecting.join(4 * SECONDS)
    assert not connecting.is_alive()


def _in_vain(uri):
    with suppress(OSError):
        broker.connection(uri, connect_timeout=1).connect()


def by_mongodb(uri):
    with MongoClient(uri, serverSelectionTimeoutMS=1000) as client:
        client.admin.command("ping")


@pytest.mark.parametrize("names", [("elsewhere",), None])
def test_a_database_that_is_another_is_refused(names, authority, trusted, tmp_path):
    signs = authority if names else Authority.new()
    with server(signs.sign(*(names or ("localhost",))), tmp_path) as (port, ended):
        with pytest.raises(ServerSelectionTimeoutError, match="certificate verify failed"):
            by_mongodb(f"mongodb://localhost:{port}/?tls=true&tlsCAFile={trusted}")
        assert outcome(ended) == {"refused"}


def test_left_alone_the_name_is_not_checked(authority, trusted, tmp_path):
    """What makes `shared/platform/broker.py` necessary."""
    with server(authority.sign("elsewhere"), tmp_path) as (port, ended):
        with pytest.raises((OSError, amqp.AMQPError)):
            uri = f"amqps://a:b@localhost:{port}/%2F"
            kombu.Connection(uri, ssl={"ca_certs": str(trusted)}).connect()
        assert outcome(ended) == {"greeted"}


def test_no_address_is_half_heeded():
    for uri in (
        "amqps://a:b@h/%2F?verify=verify_none",
        "amqps://a:b@h/%2F?cacertfile=/a.pem&heartbeat=5",
        "amqp://a:b@h/%2F?cacertfile=/a.pem",
    ):
        with pytest.raises(ValueError):
            broker.Address(uri)
