"""What a broker is given of subscribers, and what it loses of a removed one."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy.local import admin_channels
from deploy.local.admin_channels import ComposedChannel
from deploy.local.broker_accounts import agree, definitions
from deploy.local.errors import CannotRun
from shared.platform.subscribers import event_keys

WEBSITE = {"name": "website", "status": "active", "reports": "public", "events": []}
WEBSITE |= {"password_hash": "A" * 48}


class Broker:
    """The command line of a broker that has these users, queues and policies."""

    def __init__(self, **has):
        self.has, self.asked, self.imported = has, [], None

    def __call__(self, *arguments, given=""):
        self.asked.append(arguments)
        if arguments[0] == "import_definitions":
            self.imported = json.loads(given)
        lines = {
            "list_users": [f"{name}\t[]" for name in self.has.get("users", ())],
            "list_queues": self.has.get("queues", ()),
            "list_policies": [f"/\t{name}\t^\t{{}}" for name in self.has.get("policies", ())],
        }
        return "\n".join(lines.get(arguments[0], ()))


def test_a_subscriber_has_user_rights_queues_and_limits():
    made = definitions([WEBSITE])
    [user] = made["users"]
    assert (user["name"], user["password_hash"], user["tags"]) == ("website", "A" * 48, [])
    [rights] = made["permissions"]
    assert rights["configure"] == "^$"
    queues = {it["name"] for it in made["queues"]}
    assert queues == {"sub.website.reports", "sub.website.undelivered"}
    [policy] = made["policies"]
    assert policy["definition"]["dead-letter-routing-key"] == "sub.website.undelivered"
    assert {it["destination"] for it in made["bindings"]} == {"sub.website.reports"}


def test_the_internal_edition_is_for_who_was_given_it_alone():
    def read(reports):
        [rights] = definitions([WEBSITE | {"reports": reports}])["permissions"]
        return rights["read"]

    assert "internal" not in read("public")
    assert r"reports\.internal" in read("internal")
    events = definitions([WEBSITE | {"reports": None, "events": ["relief.order.*"]}])
    [rights] = events["permissions"]
    assert rights["read"] == r"^(sub\.website\.events|keys)$"
    assert rights["write"] == r"^(supervision\.receipts)$"


def test_a_password_that_nobody_knows_is_not_taken_away():
    made = definitions([WEBSITE | {"password_hash": None}])
    assert made["users"] == made["permissions"] == []
    assert len(made["queues"]) == 2


def test_what_was_removed_loses_what_is_there_of_it_and_nothing_else():
    removed = WEBSITE | {"status": "removed", "password_hash": None}
    broker = Broker(
        users=["website", "office"],
        queues=["sub.website.reports", "sub.archive.reports"],
        policies=["sub.website.reports"],
    )
    assert agree(broker, [removed]) == []
    assert broker.imported is None
    assert [it for it in broker.asked if not it[0].startswith("list_")] == [
        ("close_all_user_connections", "website", "the password was changed"),
        ("delete_user", "website"),
        ("delete_queue", "sub.website.reports"),
        ("clear_policy", "sub.website.reports"),
    ]


def test_without_added_subscribers_the_broker_is_not_asked():
    broker = Broker()
    assert (agree(broker, []), broker.asked) == ([], [])


def test_a_pattern_stands_for_declared_events_that_are_for_all():
    orders = event_keys(["relief.order.*"])
    assert ("relief", "order.raised") in orders
    assert all(service == "relief" and key.startswith("order.") for service, key in orders)
    everything = event_keys(["supervision.*.*"])
    assert ("supervision", "finding.reported") in everything
    assert not [key for _, key in everything if key.startswith(("briefing.", "subscriber."))]


@pytest.mark.parametrize(
    ("installed", "program"),
    [("/usr/bin/docker-compose", ("docker-compose",)), (None, ("docker", "compose"))],
)
def test_a_deployment_is_asked_through_its_containers(monkeypatch, installed, program):
    commands = []
    monkeypatch.setattr(admin_channels.shutil, "which", lambda _: installed)

    def run(command, **options):
        commands.append((tuple(command), options["input"]))
        return type("Done", (), {"returncode": 0, "stdout": "[]", "stderr": ""})

    monkeypatch.setattr(admin_channels.subprocess, "run", run)
    channel = ComposedChannel()
    assert channel.call("subscribers") == []
    channel.control("import_definitions", given="{}")
    channel.control("list_users")
    (called, _), (imported, given), (controlled, _) = commands
    assert called[-3:] == ("deploy.composed.call", "subscribers", "{}")
    broker = (*program, "exec", "-T", "broker")
    assert controlled == (*broker, "rabbitmqctl", "-q", "list_users")
    assert imported[: len(broker) + 2] == (*broker, "sh", "-c")
    assert (imported[-1], given) == ("import_definitions", "{}")


def test_the_file_for_a_command_in_the_container_is_private_and_goes(tmp_path):
    """With a `rabbitmqctl` that shows what it was given."""
    fake = tmp_path / "rabbitmqctl"
    fake.write_text('#!/bin/sh\nstat -c %a "$3"; echo "$1 $2"; cat "$3"; echo "$3" >&2; exit 3\n')
    fake.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", admin_channels.WITH_A_FILE, "sh", "import_definitions"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        input="{}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "600\n-q import_definitions\n{}")
    assert not Path(done.stderr.strip()).exists()


def test_a_deployment_that_refuses_says_why(monkeypatch):
    done = type("Done", (), {"returncode": 1, "stdout": "", "stderr": "no such service: broker"})
    monkeypatch.setattr(admin_channels.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(CannotRun, match="no such service"):
        ComposedChannel().control("list_users")
