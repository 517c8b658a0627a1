"""The secrets of a deployment: created once, each for the user who reads it."""

import json
import os
import re
import shutil
import stat
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from deploy.bridge.partners import Partner, checked
from deploy.broker_definitions import password_hash
from deploy.composed.archive import Archive
from deploy.composed.secretfolder import SERVER_USER, SERVICE_USER, SecretFolder
from deploy.local.errors import CannotRun
from shared.platform import topology
from shared.platform.broker import Address
from shared.platform.permissions import identities
from shared.platform.topology import SERVICES

# Written anew each time, for the broker alone.
DERIVED = ("definitions.json", "plugins", "protocols.conf")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="files get owners: only root may")


@pytest.fixture
def folder(tmp_path):
    made = SecretFolder(tmp_path / "secrets")
    assert all(new for _, new in made.fill())
    return made


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}


def test_running_it_again_changes_nothing(folder):
    before = contents(folder)
    assert not any(new for _, new in folder.fill())
    assert contents(folder) == before


def test_missing_secrets_are_created_and_the_others_kept(folder):
    before = contents(folder)
    (folder.path / "relief.amqp").unlink()
    assert [name for name, new in folder.fill() if new] == ["relief.amqp"]
    after = contents(folder)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"relief.amqp", "definitions.json"}


def test_only_its_reader_may_read_a_file(folder):
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    for path in folder.path.iterdir():
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o444 if path.name == "authority.pem" else 0o400)
    owners = {path.name: path.stat().st_uid for path in folder.path.iterdir()}
    assert owners["authority.key"] == 0
    assert {owners[name] for name in ("broker.pem", "database.pem", *DERIVED)} == {SERVER_USER}
    assert {owners[f"{name}.amqp"] for name in identities()} == {SERVICE_USER}


def test_no_two_passwords_are_the_same_and_the_broker_gets_their_hashes(folder):
    known = contents(folder)
    uris = {name: uri.decode() for name, uri in known.items() if name.endswith(("amqp", "mongodb"))}
    passwords = {name: urlsplit(uri).password for name, uri in uris.items()}
    assert len(set(passwords.values())) == len(passwords)
    assert all(len(password) >= 32 for password in passwords.values())
    definitions = known["definitions.json"].decode()
    # The broker would fail at its second start if it had to bind its streams.
    assert json.loads(definitions).keys().isdisjoint({"queues", "exchanges", "bindings"})
    assert json.loads(definitions)["policies"] == topology.policies()
    for user in json.loads(definitions)["users"]:
        assert user["password_hash"] == password_hash(passwords[f"{user['name']}.amqp"])
    assert not any(password in definitions for password in passwords.values())


def test_the_broker_gets_the_plugins_and_listeners_of_the_protocols_that_are_wanted(folder):
    assert contents(folder)["plugins"] == b"[rabbitmq_prometheus].\n"
    assert contents(folder)["protocols.conf"] == b""
    assert not any(new for _, new in folder.fill(["mqtt"]))
    assert contents(folder)["plugins"] == b"[rabbitmq_prometheus,rabbitmq_mqtt].\n"
    assert b"mqtt.listeners.ssl.1 = 8883" in contents(folder)["protocols.conf"]


def test_addresses_are_secured(folder):
    for name in identities():
        address = Address((folder.path / f"{name}.amqp").read_text())
        assert address.secure and address.authority == "/run/secrets/authority.pem"
    for name in SERVICES:
        uri = (folder.path / f"{name}.mongodb").read_text()
        assert re.search(r"tls=true&tlsCAFile=/run/secrets/authority\.pem$", uri)


@pytest.mark.parametrize("server", ["broker", "database"])
def test_servers_are_certified_by_the_authority_by_name(folder, server):
    authority = x509.load_pem_x509_certificate((folder.path / "authority.pem").read_bytes())
    certificate = x509.load_pem_x509_certificate((folder.path / f"{server}.pem").read_bytes())
    certificate.verify_directly_issued_by(authority)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [server, "localhost"]


def backup_of(folder, at):
    shutil.copytree(folder.path, at / "secrets")
    archive = Archive(at)
    archive.finish(taken="then")
    return archive


def test_secrets_of_a_backup_are_restored(folder, tmp_path):
    archive = backup_of(folder, tmp_path / "backup")
    other = SecretFolder(tmp_path / "other")
    other.take(archive)
    assert not any(new for _, new in other.fill())
    assert contents(other) == contents(folder)


def test_existing_secrets_are_not_replaced_by_a_backup(folder, tmp_path):
    archive = backup_of(folder, tmp_path / "backup")
    other = SecretFolder(tmp_path / "other")
    list(other.fill())
    before = contents(other)
    with pytest.raises(CannotRun, match="differs from the backup's"):
        other.take(archive)
    assert contents(other) == before


SCHOOL = checked(Partner("school", ("relief.record_visits",)))


def test_the_broker_gets_the_partners_with_their_passwords(folder):
    folder.partners.put(SCHOOL, "person:tester", datetime.now(UTC))
    folder.write_definitions()
    definitions = json.loads(contents(folder)["definitions.json"])
    assert {"name": "partner.school"} in definitions["vhosts"]
    [user] = [it for it in definitions["users"] if it["name"] == "partner.school"]
    address = urlsplit(folder.amqp_uri_of(SCHOOL))
    assert user["password_hash"] == password_hash(address.password)
    assert address.path == "/partner.school"


def test_a_restored_folder_has_the_partners_of_the_backup(folder, tmp_path):
    folder.partners.put(SCHOOL, "person:tester", datetime.now(UTC))
    archive = backup_of(folder, tmp_path / "backup")
    other = SecretFolder(tmp_path / "other")
    other.take(archive)
    assert other.partners.partners() == {"school": SCHOOL}
    assert other.amqp_uri_of(SCHOOL) == folder.amqp_uri_of(SCHOOL)
    assert other.partners.file.stat().st_mode & 0o777 == 0o644
