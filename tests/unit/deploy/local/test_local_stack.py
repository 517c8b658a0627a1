"""Ports, secrets, locks and state of stacks, and their errors."""

import base64
import hashlib
import json
import socket
import stat

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.broker_definitions import password_hash
from deploy.local import disk, secretfiles, stack_state
from deploy.local.errors import CannotRun
from deploy.local.lock import Lock
from deploy.local.ports import HOST, require_free
from deploy.local.stacks import KINDS, named_stack


def test_stacks_never_share_a_port(monkeypatch):
    monkeypatch.setenv("WARM_PORT_BASE", "30000")
    bases = [named_stack(name).ports.base for name in KINDS]
    assert bases == [30000 + 100 * number for number in range(len(KINDS))]


@pytest.mark.parametrize("given", ["", "abc", "80", "70000", "-5"])
def test_an_unusable_port_base_is_refused_by_name(monkeypatch, given):
    monkeypatch.setenv("WARM_PORT_BASE", given)
    with pytest.raises(CannotRun, match="WARM_PORT_BASE"):
        named_stack("main")


def test_a_taken_port_is_named_with_the_setting_that_moves_it():
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotRun, match=f"{port}.*WARM_PORT_BASE"):
            require_free(port)


def test_a_full_disk_is_named_with_what_is_needed(tmp_path):
    disk.require_free(tmp_path, 1, "The broker")
    with pytest.raises(
        CannotRun, match=r"The broker needs 1,000,000,000,000 MB .* has \d[\d,]* MB"
    ):
        disk.require_free(tmp_path, 10**18, "The broker")


def test_a_secret_is_made_once_and_private(tmp_path):
    path = secretfiles.secret_file(tmp_path / "secrets" / "it", secretfiles.password)
    first = path.read_bytes()
    again = secretfiles.secret_file(path, secretfiles.password)
    assert again.read_bytes() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_are_what_the_services_read():
    Fernet(secretfiles.field_key())
    load_pem_private_key(secretfiles.signing_key(), password=None)


def test_the_broker_gets_a_salted_hash_and_no_password():
    decoded = base64.b64decode(password_hash("secret"))
    salt = decoded[:4]
    assert decoded == salt + hashlib.sha256(salt + b"secret").digest()
    assert base64.b64decode(password_hash("another"))[:4] != salt


def test_a_stack_that_is_in_use_is_refused(tmp_path):
    first, second = Lock(tmp_path / "demo.lock"), Lock(tmp_path / "demo.lock")
    first.acquire()
    with pytest.raises(CannotRun, match="demo"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_configured_servers_come_before_a_running_stack(monkeypatch, tmp_path):
    monkeypatch.setattr(stack_state, "VAR", tmp_path)
    monkeypatch.delenv("MONGODB_URI", raising=False)
    monkeypatch.setenv("AMQP_URI", "amqp://given//")
    stack_state.write(tmp_path / "main", amqp_uri="amqp://own//", mongodb_uri="mongodb://own/")
    assert stack_state.amqp_uri() == "amqp://given//"
    monkeypatch.delenv("AMQP_URI")
    assert stack_state.amqp_uri() == "amqp://own//"


def test_without_any_server_the_error_names_the_command_that_starts_one(monkeypatch, tmp_path):
    monkeypatch.setattr(stack_state, "VAR", tmp_path)
    monkeypatch.delenv("AMQP_URI", raising=False)
    monkeypatch.delenv("MONGODB_URI", raising=False)
    with pytest.raises(CannotRun, match="./warm up"):
        stack_state.amqp_uri()


def test_state_holds_passwords_and_is_private(tmp_path):
    stack_state.write(tmp_path, amqp_uri="amqp://u:p@h//")
    file = tmp_path / "stack.json"
    assert json.loads(file.read_text()) == {"amqp_uri": "amqp://u:p@h//"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stack_state.remove(tmp_path)
    assert stack_state.read(tmp_path) is None
