"""`./warm staff`."""

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.contracts.rpc import METHODS
from shared.service.rpc_client import RpcClient

TERM = {
    "name": {"zh": "张三", "en": "Zhang San"},
    "office": {"zh": "主任"},
    "valid_from": "2017-01-01",
    "valid_to": None,
}
PERSON = {"id": "staff:zhang.san", "code": "zhang.san", "terms": [TERM], "version": 1}


@pytest.fixture
def calls(monkeypatch):
    """The commands that were sent, as the contract takes them."""
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    sent = []

    def call(_, service, method, _seconds=0, **arguments):
        METHODS[service][method].arguments().load(arguments)
        if method == "staff":
            return [] if arguments.get("after") else [PERSON]
        given = {it for it in arguments if it not in ("command_id", "actor")}
        sent.append((method, {name: arguments[name] for name in given}))
        return {"id": PERSON["id"], "version": 1}

    monkeypatch.setattr(RpcClient, "call", call)
    return sent


def warm(*arguments):
    return CliRunner().invoke(app, ["staff", *arguments])


def test_a_person_is_registered_with_name_and_office(calls):
    names = ["--name-zh", "张三", "--name-en", "Zhang San", "--office-zh", "主任"]
    done = warm("register", "zhang.san", *names, "--valid-from", "2017-01-01")
    assert done.stdout == "zhang.san  张三 Zhang San  主任  2017-01-01 –\n"
    given = {name: TERM[name] for name in ("name", "office", "valid_from")}
    assert calls == [("register_staff", {"code": "zhang.san", **given})]


def test_none_takes_the_end_of_a_term_back(calls):
    warm("correct", "zhang.san", "--valid-to", "none", "--reason", "误")
    assert calls == [("correct_staff", {"code": "zhang.san", "valid_to": None, "reason": "误"})]


def test_a_term_without_an_office_is_refused(calls):
    done = warm("register", "zhang.san", "--name-zh", "张三", "--valid-from", "2017-01-01")
    assert (done.exit_code, calls) == (2, [])


def test_the_register_is_printed(calls):
    assert warm("show").stdout.startswith("zhang.san  张三 Zhang San")
