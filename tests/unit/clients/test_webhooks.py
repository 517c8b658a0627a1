"""The webhook forwarder's rules: signatures, addresses, order, patience, settings."""

import base64
import hashlib
import hmac
import ipaddress
import random
import sqlite3

import pytest

from tests.support.signed_reports import Office, body, event
from warm_client.events import read_event
from warm_client.keys import KeyRing
from warm_client.reports import read_report
from warm_webhooks import addresses
from warm_webhooks.addresses import NotAllowed, resolve
from warm_webhooks.endpoints import BadEndpoints, Endpoint, read
from warm_webhooks.forwarder import Patience, Sender
from warm_webhooks.ledger import Ledger
from warm_webhooks.sending import Outcome
from warm_webhooks.signing import Secret

KEY = bytes(range(32))
SECRET = Secret.from_text("whsec_" + base64.b64encode(KEY).decode())
OFFICE = Office()
TAKEN, DOWN, GONE = Outcome(True), Outcome(False, "HTTP 500"), Outcome(False, "HTTP 410", gone=True)


def test_a_signature_is_the_hmac_of_id_time_and_body():
    headers = SECRET.headers("e-1", 1486368000, "文".encode())
    expected = hmac.new(KEY, "e-1.1486368000.文".encode(), hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("e-1", "1486368000")


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!", "whsec_c2hvcnQ=", "whsec_" + "QUFB" * 30]
)
def test_a_secret_of_another_form_is_refused_without_being_quoted(text):
    with pytest.raises(ValueError, match="must") as refused:
        Secret.from_text(text)
    assert not text.removeprefix("whsec_") or text not in str(refused.value)


PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1"]
PRIVATE += ["::1", "fe80::1%1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_refused_unless_it_is_allowed(monkeypatch, address):
    monkeypatch.setattr(
        addresses.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 1))]
    )
    with pytest.raises(NotAllowed):
        resolve("hooks.example.org", 443, [])
    everything = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
    assert resolve("hooks.example.org", 443, everything) == address


def test_one_address_inside_among_public_ones_is_enough_to_refuse(monkeypatch):
    both = [(0, 0, 0, "", ("93.184.215.14", 1)), (0, 0, 0, "", ("10.0.0.1", 1))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(NotAllowed):
        resolve("hooks.example.org", 443, [])
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: both[:1])
    assert resolve("hooks.example.org", 443, []) == "93.184.215.14"


class Hooks:
    """A ledger with issues 1 to 3, and a receiver that answers as it is told."""

    def __init__(self, path):
        self.path, self.ledger = path, Ledger(path)
        self.now, self.answers, self.got = 1_000_000.0, [], []
        self.endpoint = Endpoint("city", "https://hooks.example.org/x", SECRET)
        self.ledger.know([self.endpoint])
        for issue in (1, 2, 3):
            self.arrive(issue)

    def arrive(self, issue, kind="published"):
        report = read_report(
            read_event(body(event(OFFICE.issue(issue), kind))), KeyRing([OFFICE.pem])
        )
        with sqlite3.connect(self.path) as db:
            Ledger.keep(db, report, f"named {issue}", f"whole {issue}")

    def step(self, **given):
        endpoint = given.pop("endpoint", self.endpoint)
        patience = Patience((10, 60), gives_up=1000, chance=random.Random(1))
        return Sender(endpoint, self.ledger, patience, lambda: self.now, self.send).step()

    def send(self, _endpoint, headers, sent):
        self.got.append(sent.decode())
        return self.answers.pop(0) if self.answers else TAKEN

    @property
    def state(self):
        return self.ledger.state("city")


@pytest.fixture
def hooks(tmp_path):
    return Hooks(tmp_path / "hooks.db")


def test_each_report_is_sent_once_and_in_order(hooks):
    while hooks.step():
        pass
    assert hooks.got == ["whole 1", "whole 2", "whole 3"]
    assert not hooks.step()


def test_a_receiver_that_refuses_gets_the_same_report_later_and_none_before_it(hooks):
    hooks.answers = [DOWN, DOWN]
    assert not hooks.step()
    assert not hooks.step()
    assert hooks.got == ["whole 1"]
    hooks.now += 11
    hooks.step()
    hooks.now += 59
    assert not hooks.step()
    hooks.now += 8
    assert hooks.step()
    assert hooks.step()
    assert hooks.got == ["whole 1"] * 3 + ["whole 2"]
    assert (hooks.state.failures, hooks.state.last_error) == (0, None)


def test_it_waits_as_long_as_the_receiver_asks(hooks):
    hooks.answers = [Outcome(False, "HTTP 503", pause=500)]
    hooks.step()
    hooks.now += 499
    assert not hooks.step()
    hooks.now += 1
    assert hooks.step()


def test_after_long_failure_it_is_disabled_until_somebody_enables_it(hooks):
    hooks.answers = [DOWN] * 100
    while not hooks.state.disabled:
        hooks.now += 70
        hooks.step()
    assert hooks.now - hooks.state.failing_since >= 1000
    count = len(hooks.got)
    hooks.now += 10_000
    assert not hooks.step()
    assert len(hooks.got) == count
    hooks.answers = []
    hooks.ledger.enable("city")
    assert hooks.step()
    assert hooks.got[-1] == "whole 1"


def test_a_receiver_that_is_gone_is_disabled_at_once(hooks):
    hooks.answers = [GONE]
    hooks.step()
    assert hooks.state.disabled == "HTTP 410"


def test_a_replay_sends_everything_from_an_issue_on(hooks):
    while hooks.step():
        pass
    assert hooks.ledger.set_back("city", 2) == 2
    while hooks.step():
        pass
    assert hooks.got[3:] == ["whole 2", "whole 3"]
    assert hooks.ledger.set_back("city", 99) == 0
    assert not hooks.step()


def test_a_replay_during_a_request_is_not_undone_by_its_answer(hooks):
    def send(*_):
        hooks.ledger.set_back("city", 1)
        return TAKEN

    hooks.step()
    Sender(hooks.endpoint, hooks.ledger, Patience(), lambda: hooks.now, send).step()
    assert hooks.ledger.waiting("city") == 3


def test_a_new_endpoint_gets_what_comes_from_then_on(hooks):
    late = Endpoint("late", "https://hooks.example.org/y", SECRET)
    hooks.ledger.know([late])
    assert not hooks.step(endpoint=late)
    hooks.arrive(4)
    assert hooks.step(endpoint=late)
    assert hooks.got == ["whole 4"]


def test_an_endpoint_gets_the_kinds_and_the_size_that_it_wants(hooks):
    hooks.arrive(5, "revised")
    small = Endpoint("city", hooks.endpoint.url, SECRET, kinds=("revised",), documents=False)
    assert hooks.step(endpoint=small)
    assert hooks.got == ["named 5"]


GOOD = """
[[endpoint]]
name = "city"
url = "https://hooks.example.org/x"
secret_file = "secret"
"""
WRONG = {
    "endpoint is missing": "x = 1",
    "url is missing": '[[endpoint]]\nname = "city"\nsecret_file = "secret"',
    "must be https://": GOOD.replace("https", "http"),
    "without user and password": GOOD.replace("https://", "https://u:p@"),
    "lower-case": GOOD.replace('"city"', '"City"'),
    "unknown speed": GOOD + "speed = 1",
    "kinds must be": GOOD + 'kinds = ["drafted"]',
    "does not appear to be": GOOD + 'allow = ["inside"]',
    "given twice": GOOD + GOOD,
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(KEY).decode())
    return tmp_path


@pytest.mark.parametrize(("said", "text"), WRONG.items(), ids=WRONG)
def test_a_mistake_in_the_file_is_named(folder, said, text):
    (folder / "hooks.toml").write_text(text)
    with pytest.raises(BadEndpoints, match=said):
        read(folder / "hooks.toml")


def test_the_file_names_endpoints(folder):
    (folder / "hooks.toml").write_text(GOOD + 'allow = ["10.0.0.0/8"]')
    [found] = read(folder / "hooks.toml")
    assert (found.name, found.secret.key, found.documents) == ("city", KEY, True)
    assert "hooks.example.org" not in repr(found)
