"""`./warm erase`: its calls to services, its output and its exit status."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import Conflict
from shared.service.rpc_client import RpcClient
from tests.support.contract_check import check_result

ERASED = {"ground": "requested", "actor": "person:wang", "recorded": "2017-03-20T10:00:00+08:00"}
OTHER = {"id": "order-2", "orgunit": "410103005", "status": "rated", "same": ["phone"]}


class Services:
    def __init__(self):
        self.erased = []
        self.open = set()

    def call(self, service, method, timeout=0, **given):
        answer = getattr(self, method)(service, **given)
        check_result(service, method, answer)
        return answer

    def erase(self, service, command_id, actor, id, ground):
        if id in self.open:
            raise Conflict({"id": id, "status": "raised"})
        self.erased.append((service, id, ground, actor))
        status = {"relief": "rated", "volunteering": "left"}[service]
        return {"id": id, "version": 5, "status": status}

    erase_beneficiary = erase_volunteer = erase

    def erasures(self, service):
        return [ERASED | {"id": f"{service}-1"}]

    def orders_of_same_resident(self, service, id):
        return [OTHER]


@pytest.fixture
def services(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    services = Services()
    monkeypatch.setattr(RpcClient, "call", lambda _, *args, **given: services.call(*args, **given))
    return services


def warm(*arguments, answer=None):
    return CliRunner().invoke(app, ["erase", *arguments], input=answer)


def test_a_resident_is_erased_and_other_orders_are_named(services):
    who = ("--ground", "requested", "--actor", "person:wang")
    done = warm("order", "order-1", "--yes", *who)
    assert services.erased == [("relief", "order-1", "requested", "person:wang")]
    assert "same phone: order order-2 (rated)" in done.output
    assert warm("volunteer", "volunteer:1", *who, answer="y\n").exit_code == 0
    assert services.erased[1] == ("volunteering", "volunteer:1", "requested", "person:wang")


def test_nothing_is_erased_without_a_ground_or_a_yes(services):
    assert warm("order", "order-1", "--ground", "because", "--yes").exit_code == 2
    assert warm("order", "order-1", "--ground", "requested", answer="n\n").exit_code == 1
    assert services.erased == []


def test_a_list_can_be_erased_again_and_refusals_are_named(services, tmp_path):
    file = tmp_path / "erasures.jsonl"
    file.write_text(warm("list").stdout)
    assert [json.loads(line)["service"] for line in file.read_text().splitlines()] == [
        "relief",
        "volunteering",
    ]
    services.open = {"relief-1"}
    done = warm("again", str(file))
    assert done.exit_code == 4
    assert "relief relief-1: Conflict" in done.output
    assert [row[:3] for row in services.erased] == [("volunteering", "volunteering-1", "requested")]
    services.open = set()
    assert warm("again", str(file)).exit_code == 0


def test_another_file_is_refused(services, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("no list\n")
    with pytest.raises(Exception, match="isn't a list of erasures"):
        CliRunner().invoke(app, ["erase", "again", str(file)], catch_exceptions=False)


@pytest.mark.parametrize("command", ["order", "volunteer", "list", "again"])
def test_every_command_shows_an_example(command):
    done = warm(command, "--help")
    assert done.exit_code == 0
    assert f"Example: ./warm erase {command}" in done.stdout
