"""The webhook forwarder as a process: receivers that are down, slow or refuse; itself killed."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from tests.support.foreign_packages import by_node
from tests.support.report_reader import OFFICE, Place
from tests.support.web_receiver import SECRET, Receiver, listening
from warm_webhooks.ledger import Ledger

SECONDS = 30
SOURCES = [ROOT / "clients/python/src", ROOT / "clients/webhooks/src"]
# Short pauses in place of minutes and hours.
PROGRAM = """
import sys
from pathlib import Path
from warm_client import Address, KeyRing, Options
from warm_webhooks.endpoints import read
from warm_webhooks.forwarder import Forwarder, Patience

address, keys, endpoints, store = map(Path, sys.argv[1:5])
Forwarder(
    Address.from_file(address), read(endpoints), store=store, keys=KeyRing.from_file(keys),
    options=Options(quiet_seconds=0.2), patience=Patience((0.2,), gives_up=float(sys.argv[5])),
).run()
"""


class Hooks:
    def __init__(self, place):
        self.place, self.urls = place, {}
        self.settings, self.store = place.folder / "hooks.toml", place.folder / "hooks.db"
        (place.folder / "secret").write_text(SECRET)

    def write(self, **urls):
        self.settings.write_text(
            "".join(
                f'[[endpoint]]\nname = "{name}"\nurl = "{url}"\nsecret_file = "secret"\n'
                'allow = ["127.0.0.0/8"]\n'
                for name, url in urls.items()
            )
        )

    @contextmanager
    def running(self, gives_up=600):
        place = self.place
        arguments = [place.address, place.keys, self.settings, self.store, str(gives_up)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, SOURCES))}
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], env=environment)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) in (0, -signal.SIGKILL)

    def state(self, name):
        ledger = Ledger(self.store)
        try:
            return ledger.state(name)
        finally:
            ledger.close()

    def command(self, *arguments):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, SOURCES))}
        command = [sys.executable, "-m", "warm_webhooks.cli", "--store", self.store, *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True)


@pytest.fixture
def hooks(clean_stack, tmp_path):
    return Hooks(Place(clean_stack, tmp_path))


def test_each_receiver_has_every_report_in_order_and_none_waits_for_another(hooks):
    slow, down, quick = Receiver(), Receiver(), Receiver()
    held = threading.Event()
    slow.answers = [held]
    down.answers = [500, 503, 500]
    with ExitStack() as at_end:
        urls = [at_end.enter_context(listening(it)) for it in (slow, down, quick)]
        hooks.write(**dict(zip(("slow", "down", "quick"), urls, strict=True)))
        hooks.place.publish_issues(1, 2, 3)
        at_end.enter_context(hooks.running())
        assert wait_until(lambda: quick.issues == [1, 2, 3], SECONDS)
        assert slow.issues == []
        held.set()
        assert wait_until(lambda: slow.issues == down.issues == [1, 2, 3], SECONDS)
        assert len(down.requests) == 6
        assert quick.taken[0]["data"]["document"] == OFFICE.issue(1)["document"]


def by_python(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return "refused"
    return "taken"


def by_javascript(secret, headers, body):
    given = json.dumps({"secret": secret, "headers": headers, "body": body.decode()})
    return by_node("webhook_by_node.mjs", given=given).strip()


@pytest.mark.parametrize(
    "verdict", [by_python, pytest.param(by_javascript, marks=pytest.mark.long)]
)
def test_the_schemes_own_library_takes_what_was_sent_and_nothing_else(hooks, verdict):
    receiver = Receiver()
    with listening(receiver) as url:
        hooks.write(city=url)
        hooks.place.publish_issues(1)
        with hooks.running():
            assert wait_until(lambda: receiver.issues == [1], SECONDS)
    [(headers, body)] = receiver.requests
    another = {name: it for name, it in headers.items() if not name.startswith("webhook-id")}
    assert verdict(SECRET, headers, body) == "taken"
    assert verdict(SECRET, headers, body + b" ") == "refused"
    assert verdict(SECRET, another | {"webhook-id": "another"}, body) == "refused"
    assert verdict("whsec_" + "B" * 40, headers, body) == "refused"


def test_a_forwarder_that_is_killed_goes_on_where_it_was(hooks):
    receiver = Receiver()
    with listening(receiver) as url:
        hooks.write(city=url)
        hooks.place.publish_issues(1, 2)
        with hooks.running() as process:
            assert wait_until(lambda: receiver.issues == [1, 2], SECONDS)
            process.kill()
            process.wait(SECONDS)
        hooks.place.publish_issues(3)
        with hooks.running():
            # The last one before it was killed may come twice, under the same id.
            assert wait_until(lambda: receiver.issues[-1:] == [3], SECONDS)
        assert list(dict.fromkeys(receiver.issues)) == [1, 2, 3]


def test_a_receiver_that_fails_for_long_is_disabled_enabled_and_gets_what_it_missed(hooks):
    receiver = Receiver()
    receiver.answers = [500] * 50
    with listening(receiver) as url:
        hooks.write(city=url)
        hooks.place.publish_issues(1, 2)
        with hooks.running(gives_up=1):
            assert wait_until(lambda: hooks.store.exists() and hooks.state("city"), SECONDS)
            assert wait_until(lambda: hooks.state("city").disabled, SECONDS)
            assert "disabled (HTTP 500)" in hooks.command("status").stdout
            receiver.answers = []
            hooks.command("enable", "city")
            assert wait_until(lambda: receiver.issues == [1, 2], SECONDS)
            hooks.command("replay", "city", "--from-issue", "2")
            assert wait_until(lambda: receiver.issues == [1, 2, 2], SECONDS)
